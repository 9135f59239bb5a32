"""`python -m benchmarks speed`, on few words: what it prints, not how fast anything is."""

import pytest

RATIOS = {
    "nn_over_faiss",
    "csls_over_four_pass",
    "iteration_over_product",
    "read_over_gensim",
    "write_over_gensim",
    "exact_rows",
    "peak_memory_over_matrix",
}
FEW = ("speed", "--words", "1500", "--learnt", "1000", "--rows", "1000")


@pytest.fixture(autouse=True)
def few_keys(monkeypatch):
    monkeypatch.setattr("benchmarks.commands.speed._SCALING", (1_000, 11_000))


def test_json(lab):
    result = lab(*FEW, "--json")
    result.warns(None)
    report = result.json
    assert report["benchmark"] == "speed"
    assert all(report[name] > 0 for name in RATIOS - {"peak_memory_over_matrix"})
    assert report["exact_rows"] == 1
    assert [row["words"] for row in report["retrieval"]] == [1500]
    assert [row["keys"] for row in report["scaling"]] == [1_000, 11_000]
    assert report["files"][0]["peak_over_matrix"] >= 0
    assert set(report["machine"]) == {"processor", "cores", "threads"}


@pytest.mark.parametrize(("package", "extra"), [("faiss", "bench"), ("gensim", "gensim")])
def test_what_it_compares_with_must_be_there(lab, monkeypatch, package, extra):
    for module in ("speed", "files_speed"):
        monkeypatch.setattr(
            f"benchmarks.{module}.find_spec", lambda name: None if name == package else "there"
        )
    lab(*FEW).fails(rf"needs the package {package}; run: pip install 'isolex\[{extra}\]'")
