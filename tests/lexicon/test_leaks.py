from isolex.lexicon import Lexicon, find_leaks

TEST = Lexicon([("cat", "gato"), ("cat", "gata"), ("dog", "perro"), ("paolo", "paolo")])


def test_same_direction() -> None:
    report = find_leaks(Lexicon([("cat", "gata"), ("dog", "can"), ("paolo", "paolo")]), TEST)
    assert report.pairs == (("cat", "gata"), ("paolo", "paolo"))
    assert report.reversed_pairs == ()
    assert report.source_words == ("cat", "dog", "paolo")
    assert not report.clean
    assert report.summary() == (
        "2 of 4 test pairs are in the training lexicon, and 0 are there reversed; "
        "3 of 3 test source words are training sources"
    )


def test_opposite_direction() -> None:
    report = find_leaks(Lexicon([("gato", "cat"), ("perro", "hound")]), TEST)
    assert (report.pairs, report.reversed_pairs, report.source_words) == ((), (("cat", "gato"),), ())
    assert not report.clean


def test_a_shared_source_word_alone_is_no_clean_test() -> None:
    assert not find_leaks(Lexicon([("dog", "can")]), TEST).clean


def test_clean() -> None:
    report = find_leaks(Lexicon([("owl", "búho")]), TEST)
    assert report.clean
    assert report.summary() == "no leaks: the training lexicon shares nothing with the 4 test pairs"
    assert find_leaks(Lexicon([]), TEST).clean


def test_a_split_leaks_nothing_by_source_word() -> None:
    kept, held = TEST.split(0.5, seed=0)
    assert find_leaks(kept, held).clean
