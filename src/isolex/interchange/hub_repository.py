"""A repository for the Hugging Face hub: the alignment, its vectors for anybody, and a model card."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isolex.alignment import Alignment, Side
from isolex.interchange.model_card import Folder, example_pair, model_card
from isolex.interchange.places import export_folder
from isolex.interchange.sides import sides_of, stem_of


def write(alignment: Alignment, folder: str | Path) -> tuple[Path, ...]:
    """Write a folder to upload.

    It is the folder of `Alignment.save`, so `isolex.load` reads it. Beside that it holds, for either side,
    the vectors in the shared space (`en.aligned.safetensors`, a store whose tensor `matrix` any safetensors
    library reads) and a JSON list of the words (`en.words.json`); a config.json that names these files; and
    a model card.

    Raises:
        InputError: The folder holds anything but an unchanged export like this, or cannot be written.
    """
    sides = sides_of(alignment)
    with export_folder(alignment, folder, "huggingface") as temporary:
        alignment.save(temporary)
        for name, side in sides.items():
            side.aligned().write(temporary / _vectors(name))
            _write_json(temporary / _words(name), list(side.vectors.words))
        _write_json(temporary / "config.json", _config(alignment, sides))
        card = model_card(alignment, _described(alignment, sides))
        (temporary / "README.md").write_text(card, encoding="utf-8")
    return (Path(folder),)


def _vectors(name: str) -> str:
    return f"{stem_of(name)}.safetensors"


def _words(name: str) -> str:
    return f"{name}.words.json"


def _config(alignment: Alignment, sides: Mapping[str, Side]) -> dict[str, Any]:
    return {
        "model_type": "isolex",
        "method": alignment.card.method,
        "status": alignment.card.status,
        "dimension": alignment.sides[0].matrix.shape[1],
        **{
            place: {
                "language": side.vectors.language,
                "size": len(side.vectors),
                "vectors": _vectors(name),
                "words": _words(name),
            }
            for place, (name, side) in zip(("source", "target"), sides.items(), strict=True)
        },
    }


def _write_json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _described(alignment: Alignment, sides: Mapping[str, Side]) -> Folder:
    source, target = sides
    word, _ = example_pair(alignment)
    usage = f"""
With isolex, you can search by CSLS, map more words and make dictionaries:

```python
import isolex
from huggingface_hub import snapshot_download

folder = snapshot_download("USER/NAME")
alignment = isolex.load(folder)
print(alignment.translate({word!r}))
```

Without isolex, the tensor `matrix` of `{_vectors(source)}` and `{_vectors(target)}` holds the vectors in
the shared space. `{_words(source)}` and `{_words(target)}` list their words. The vectors have unit length,
so an inner product is a cosine.

```python
import json
from collections.abc import Mapping
from pathlib import Path

from safetensors.numpy import load_file

source = load_file(f"{{folder}}/{_vectors(source)}")["matrix"]
target = load_file(f"{{folder}}/{_vectors(target)}")["matrix"]
source_words = json.loads(Path(folder, "{_words(source)}").read_text(encoding="utf-8"))
target_words = json.loads(Path(folder, "{_words(target)}").read_text(encoding="utf-8"))
cosines = target @ source[source_words.index({word!r})]
print(target_words[cosines.argmax()])
```
"""
    return Folder("Aligned word vectors", "isolex", usage)
