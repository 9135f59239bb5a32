"""What the benchmark of the diagnosis makes of its rows."""

import json
import math

import pytest

from benchmarks import diagnosis as module
from benchmarks.diagnosis import (
    DiagnosisRow,
    as_case,
    correlations,
    hubness_rows,
    prediction,
    run_diagnosis,
    unsupervised_measures,
)
from benchmarks.spaces import SpacePair
from isolex.errors import FormatError
from tests.planted import planted
from tests.shaped import write_data


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("diagnosis"))


@pytest.fixture(scope="module")
def rows(data):
    return list(run_diagnosis(data))


def row(pair: str, held_out: float, p1: float) -> DiagnosisRow:
    return DiagnosisRow(pair, "all words", {"held_out": held_out}, p1)


class TestRows:
    def test_every_pair_has_every_case(self, rows) -> None:
        names = [one.spaces for one in rows if one.pair == "xx-yy"]
        assert len(set(names)) == len(names) == 8
        assert [one.spaces for one in rows if one.pair == "yy-xx"] == names

    def test_claims_are_told_of_all_words(self, rows) -> None:
        assert [one.claims is not None for one in rows] == [one.spaces == "all words" for one in rows]
        claims = rows[0].claims
        assert claims.p1.keys() == {(m, c) for m in module.METHODS for c in module.CRITERIA}
        assert [point.pairs for point in claims.curve] == [25, 50, 100, 160]

    def test_noise_and_few_pairs_do_harm(self, rows) -> None:
        p1 = {one.spaces: one.p1 for one in rows if one.pair == "xx-yy"}
        assert p1["all words"] > p1["10,000 words, noise to cosine 0.7"]
        held_out = {one.spaces: one.measures["held_out"] for one in rows if one.pair == "xx-yy"}
        assert held_out["all words"] > held_out["10,000 words, noise to cosine 0.7"]
        assert rows[5].measures["pairs"] == 100

    def test_rows_for_hubs(self, rows) -> None:
        made = hubness_rows(rows)
        assert [one["pair"] for one in made] == ["xx-yy", "yy-xx"]
        expected = {"robin_hood", "skewness", "p1"}
        assert made[0].keys() == {"pair", *(f"{figure}_{c}" for figure in expected for c in ("nn", "csls"))}
        assert made[0]["robin_hood_csls"] < made[0]["robin_hood_nn"]

    def test_a_case_belongs_to_both_directions(self) -> None:
        assert as_case(row("de-en", 10, 10)).group == as_case(row("en-de", 10, 10)).group == "de-en"


class TestNonLinear:
    def test_it_learns_its_own_words_by_heart(self) -> None:
        problem, pairs, _ = planted(400, 40, seeds=40, noise=0.1)
        train, test = module.non_linear(problem, pairs[40:])
        assert train > 90
        assert test < train - 15


class TestCorrelations:
    def test_up_and_down(self) -> None:
        measured = [({"up": value, "down": -value, "flat": 1.0}, value) for value in (1.0, 5.0, 2.0)]
        assert correlations(measured) == {"up": 1.0, "down": -1.0}

    def test_a_measure_that_some_cases_lack(self) -> None:
        measured = [({"all": 1.0}, 1.0), ({"all": 2.0, "some": 1.0}, 2.0), ({"all": 3.0, "some": 0.0}, 3.0)]
        assert correlations(measured) == {"all": 1.0, "some": -1.0}


class TestPrediction:
    def test_a_measure_that_knows_makes_narrow_intervals(self) -> None:
        known = [row(f"g{g}-xx", value, value) for g in range(6) for value in range(2, 90, 8)]
        made = prediction(known, ("held_out",))
        assert made["cases"] == 66
        assert made["coverage"] > 0.8
        assert made["median_width"] < 0.2 * made["constant_width"]
        assert made["median_error"] < 2

    def test_one_that_knows_nothing_does_not(self) -> None:
        known = [row(f"g{g}-xx", (37 * value) % 90 + 1, value) for g in range(6) for value in range(2, 90, 8)]
        made = prediction(known, ("held_out",))
        assert made["median_width"] > 0.7 * made["constant_width"]

    def test_too_few_language_pairs(self) -> None:
        assert (
            prediction([row("xx-yy", 10, 10), row("yy-xx", 10, 10), row("xx-zz", 9, 9)], ("held_out",)) == {}
        )


def test_unsupervised_runs_are_measured_where_they_were_run(data, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(
        module,
        "cases",
        lambda: [SpacePair("xx-yy", f"{words} words, as they are", words) for words in (250, 100)],
    )
    report = tmp_path / "verdict.json"
    run = {"vectors": "novels", "pair": "xx-yy", "spaces": "250 words, as they are", "forward": 12.5}
    others = [run | {"supervision": name, "forward": 50.0} for name in ("words written alike", "25 pairs")]
    report.write_text(json.dumps({"runs": [run | {"supervision": "none"}, *others]}))
    ((measures, percent),) = unsupervised_measures(data, [report])
    assert percent == 12.5
    assert all(math.isfinite(value) for value in measures.values())
    assert "relational_similarity" not in measures


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"runs": 1}',
        '{"runs": [{"pair": "xx-yy", "spaces": "as they are"}]}',
        '{"runs": [{"pair": "xx-yy", "spaces": "all", "supervision": "none", "forward": "12"}]}',
        '{"runs": [{"pair": "xx-yy", "spaces": "all", "supervision": "none", "forward": NaN}]}',
        '{"runs": [{"vectors": "web", "pair": "a-b", "spaces": "a", "supervision": "none", "forward": 12}]}',
    ],
)
def test_a_report_of_something_else_is_told(data, tmp_path, text) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(
        FormatError, match=r"report\.json: is damaged .*; give what .* verdict --json printed"
    ):
        list(unsupervised_measures(data, [tmp_path / "report.json"]))
