import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_wheel_holds_the_sample_and_the_types(tmp_path):
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("isolex-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        (points,) = (name for name in sizes if name.endswith("entry_points.txt"))
        assert "isolex = isolex_command:main" in archive.read(points).decode()
    source = ROOT / "src"
    modules = [path for path in source.rglob("*.py") if "__pycache__" not in path.parts]
    samples = [
        path for path in (source / "isolex" / "samples").iterdir() if path.suffix in (".safetensors", ".tsv")
    ]
    assert len(samples) == 6
    for path in [*modules, *samples, source / "isolex" / "py.typed"]:
        assert sizes[str(path.relative_to(source))] == path.stat().st_size
    assert any(name.endswith("licenses/LICENSE") for name in sizes)
    assert any(name.endswith("licenses/NOTICE") for name in sizes)
    # Neither the tests nor the laboratory.
    assert {Path(name).parts[0] for name in sizes if name.endswith(".py")} == {"isolex", "isolex_command.py"}
    assert not {"tests", "benchmark", "benchmarks", "scripts"} & {
        part for name in sizes for part in Path(name).parts
    }
    assert wheel.stat().st_size < 20e6
