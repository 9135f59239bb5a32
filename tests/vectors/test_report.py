from isolex.vectors.report import DUPLICATE, TOO_SHORT, ReadReport, Skip


def test_nothing_wrong_has_no_summary():
    report = ReadReport("GloVe text", 5, zero_rows=0)
    assert report.summary() is None
    assert report.notes == ()


def test_summary_counts_every_reason_in_one_line():
    skipped = {TOO_SHORT: Skip(2, 17), DUPLICATE: Skip(1, 90)}
    assert ReadReport("word2vec text", 40_000, skipped).summary() == (
        "skipped 3 of 40,000 rows: 2 too short (first at line 17), 1 duplicate word (first at line 90)"
    )


def test_summary_names_what_the_header_claims():
    report = ReadReport("word2vec text", 4, header="the header says 5 rows, the file has 4")
    assert report.summary() == "the header says 5 rows, the file has 4"
    assert report.notes == (report.header,)


def test_zero_vectors_are_a_note_and_no_warning():
    report = ReadReport("word2vec text", 40_000, zero_rows=1_200)
    assert report.notes == ("1,200 zero vectors kept",)
    assert report.summary() is None


def test_binary_files_count_rows():
    assert "first at row 3" in ReadReport("word2vec binary", 9, {TOO_SHORT: Skip(1, 3)}, unit="row").summary()
