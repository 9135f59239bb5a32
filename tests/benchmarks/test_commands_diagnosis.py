def test_json(lab, here):
    result = lab("diagnosis", "--data", "data", "--json")
    report = result.json
    assert report["benchmark"] == "diagnosis"
    assert [row["pair"] for row in report["hubness"]] == ["aa-bb"]
    assert -1 <= report["correlation"]["held_out"] <= 1
    assert report["correlation_unsupervised"] == {}
    assert len(report["cases"]) == 8
    # One language pair cannot be predicted from others.
    assert report["prediction"] == {}


def test_text(lab, here):
    result = lab("diagnosis", "--data", "data", "--pairs", "aa-bb")
    assert "hubs of Procrustes" in result.out
    assert "Spearman's correlation with P@1" in result.out


def test_no_such_pair(lab, here):
    lab("diagnosis", "--data", "data", "--pairs", "aa-cc").fails("unknown language pair")
