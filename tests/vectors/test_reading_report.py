from isolex.vectors.reading_report import DUPLICATE, TOO_SHORT, ReadReport, Skip


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


def test_zero_vectors_are_told():
    report = ReadReport("word2vec text", 40_000, zero_rows=1_200)
    assert report.notes == ("1,200 words have a zero vector and will be left out",)
    assert report.summary() == report.notes[0]
    coarse = ReadReport("word2vec text", 40_000, zero_rows=1, underflowed=1)
    assert coarse.summary() == (
        "1 word has a zero vector (1 only in float16, which is too coarse) and will be left out"
    )


def test_words_that_are_not_there_are_told_by_name():
    report = ReadReport("word2vec text", 9, wanted=7, missing=("a", "b"))
    assert report.summary() == "2 of the 7 words asked for are not among the rows read ('a', 'b')"
    many = ReadReport("word2vec text", 9, wanted=7, missing=tuple("abcdef"))
    assert many.summary().startswith("6 of the 7 words")
    assert many.summary().endswith("('a', 'b', 'c', 'd', 'e', …)")


def test_binary_files_count_rows():
    assert "first at row 3" in ReadReport("word2vec binary", 9, {TOO_SHORT: Skip(1, 3)}, unit="row").summary()
