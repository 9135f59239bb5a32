"""One seed gives the same bytes, whichever process it is used in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import torch

from .spaces import planted

# Without a verdict, whose restarts take most of the time; the confidences need an alignment that has one.
RUN = """
import isolex
from isolex.cli.app import run
isolex.align("s.vec", "t.vec", "seeds.tsv", method="self-learning", seed=7, check=False).save("aa-bb")
for arguments in (
    ("lexicon", "aa-bb", "-o", "plain.tsv"),
    ("lexicon", "aa-bb", "-o", "trusted.jsonl", "--min-confidence", "0"),
):
    assert run(list(arguments)) == 0, arguments
"""


def start(folder: Path, *, hash_seed: int) -> subprocess.Popen[bytes]:
    """A process that runs the commands in a folder."""
    environment = os.environ | {
        "OMP_NUM_THREADS": str(torch.get_num_threads()),
        # The order of sets, which must not show anywhere.
        "PYTHONHASHSEED": str(hash_seed),
    }
    return subprocess.Popen([sys.executable, "-c", RUN], cwd=folder, env=environment, stderr=subprocess.PIPE)


def files_in(folder: Path) -> dict[str, bytes]:
    """What is in a folder, but for the time when it was made."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    # The confidences note the digest of the card.
    for name, told in (("aa-bb/card.json", "created"), ("aa-bb/confidence.json", "alignment")):
        card = json.loads(files[name])
        del card[told]
        files[name] = json.dumps(card).encode()
    return files


def test_two_processes_write_the_same_alignment_dictionary_and_confidences(tmp_path):
    source, target, lexicon = planted(120, 8, noise=0.8)
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        source.write(folder / "s.vec")
        target.write(folder / "t.vec")
        lexicon.split(0.5, seed=0)[0].write(folder / "seeds.tsv")
    runs = [start(folder, hash_seed=number) for number, folder in enumerate(folders, start=1)]
    for run in runs:
        _, told = run.communicate()
        assert run.returncode == 0, told.decode()
    one, two = map(files_in, folders)
    assert set(one) == set(two)
    assert set(one) >= {"aa-bb/alignment.safetensors", "aa-bb/confidence.safetensors", "plain.tsv"}
    assert [name for name in one if one[name] != two[name]] == []
