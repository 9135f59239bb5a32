import math
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolex.errors import InputError, IsolexWarning
from isolex.lexicon import Lexicon
from isolex.vectors import Vectors

from .strategies import pairs, words

MANY = [("cat", "gato"), ("cat", "gata"), ("dog", "perro"), ("cat", "gato"), ("kitty", "gato")]


def test_pairs_are_unique_and_in_order_of_first_appearance() -> None:
    lexicon = Lexicon(MANY, [5, 4, 3, 2, 1])
    assert lexicon.pairs == (MANY[0], MANY[1], MANY[2], MANY[4])
    assert lexicon.weights == (5, 4, 3, 1)
    assert lexicon.sources == ("cat", "dog", "kitty")
    assert dict(lexicon.targets_of) == {"cat": ("gato", "gata"), "dog": ("perro",), "kitty": ("gato",)}
    assert list(lexicon) == list(lexicon.pairs)
    assert len(lexicon) == 4
    assert ("cat", "gata") in lexicon
    assert ("gata", "cat") not in lexicon
    assert "cat" not in lexicon


def test_repr() -> None:
    assert repr(Lexicon(MANY)) == "<Lexicon: 4 pairs, 3 source words>"
    assert repr(Lexicon([("a", "b")], [1])) == "<Lexicon: 1 weighted pair, 1 source word>"


def test_equality() -> None:
    assert Lexicon(MANY) == Lexicon(MANY)
    assert Lexicon(MANY) != Lexicon(MANY[1:])
    assert Lexicon(MANY) != Lexicon(MANY, [1] * 5)
    assert Lexicon(MANY) != Lexicon(MANY, case="lower")


def test_immutable() -> None:
    lexicon = Lexicon(MANY)
    with pytest.raises(FrozenInstanceError):
        lexicon.pairs = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        lexicon.targets_of["cat"] = ()  # type: ignore[index]


def test_letter_case_merges_pairs() -> None:
    mixed = [("Cat", "Gato"), ("cat", "gato"), ("Straße", "Calle")]
    assert Lexicon(mixed).pairs == tuple(mixed)
    assert Lexicon(mixed, [1, 2, 3], case="lower").pairs == (("cat", "gato"), ("straße", "calle"))
    assert Lexicon(mixed, [1, 2, 3], case="lower").weights == (1, 3)
    assert Lexicon(mixed, case="fold").sources == ("cat", "strasse")


NFC, NFD = "caf\u00e9", "cafe\u0301"


def test_words_are_brought_to_nfc_unless_told_otherwise() -> None:
    assert Lexicon([("coffee", NFD), ("coffee", NFC)], [1, 2]) == Lexicon([("coffee", NFC)], [1])
    kept = Lexicon([("coffee", NFD), ("x", "y")], unicode="keep")
    assert kept.pairs[0] == ("coffee", NFD)
    # Whatever is made from it keeps it, too.
    assert kept.reversed().pairs[0] == (NFD, "coffee")
    assert (NFD, "coffee") in [pair for part in kept.reversed().split(0.5, seed=0) for pair in part]
    assert kept.cased("fold").pairs[0][1] == NFD.casefold()
    with pytest.raises(InputError, match="unicode: got 'nfd', expected one of 'nfc', 'keep'"):
        Lexicon([], unicode="nfd")  # type: ignore[arg-type]


def test_words_of_vocabularies_are_paired_as_they_are() -> None:
    vectors = Vectors([NFD, "1"], np.eye(2))
    word = vectors.words[0]
    assert Lexicon.identical(vectors, vectors).pairs[0] == (word, word)


SHOUTED = [("İSTANBUL", "ISTANBUL"), ("ILIK", "WARM"), ("I\u0307Z", "İ")]


@pytest.mark.parametrize("language", ["tr", "az", "tur", "TR-tr", "az_Latn_AZ"])
@pytest.mark.parametrize("case", ["lower", "fold"])
def test_letter_case_of_turkish(case, language) -> None:
    lexicon = Lexicon(SHOUTED[:2], case=case, languages=(language, "en"))
    assert lexicon.pairs == (("istanbul", "istanbul"), ("ılık", "warm"))
    assert lexicon.languages == (language, "en")
    turned = lexicon.reversed()
    assert turned.languages == ("en", language)
    assert turned.pairs[1] == ("warm", "ılık")


def test_other_languages_follow_the_standard(recwarn) -> None:
    lexicon = Lexicon(SHOUTED, case="lower", unicode="keep", languages=("tr", "en"))
    assert lexicon.pairs[2] == ("iz", "i\u0307")
    assert Lexicon(SHOUTED).cased("lower", languages=("az", "de")).pairs == lexicon.pairs
    assert Lexicon(SHOUTED[1:2], case="lower").pairs == (("ilik", "warm"),)
    assert Lexicon(SHOUTED).pairs[0] == SHOUTED[0]
    assert not recwarn.list


def test_a_dotted_capital_of_an_unknown_language_is_told() -> None:
    told = "'İSTANBUL' holds the letter İ, .* tell the language of the source words"
    with pytest.warns(IsolexWarning, match=told):
        Lexicon(SHOUTED[:2], case="lower", languages=(None, "en"))
    with pytest.warns(IsolexWarning, match="of the target words, such as tr"):
        Lexicon(SHOUTED[2:], case="fold", languages=("tr", None))


@pytest.mark.parametrize("languages", ["tr", ("tr",), ("tr", 3), None, ("tr", "en", "es")])
def test_languages_are_two(languages) -> None:
    with pytest.raises(InputError, match=r"languages: got .*, expected two codes or None"):
        Lexicon([], languages=languages)


def test_turkish_words_are_found_under_any_spelling() -> None:
    source, target = (
        Vectors(["İstanbul", "ılık", "ILIK"], np.eye(3)),
        Vectors(["Warm", "ISTANBUL"], np.eye(2)),
    )
    lexicon = Lexicon(SHOUTED[:2], case="fold", languages=("tr", "en"))
    assert lexicon.index(source, target).pairs.tolist() == [[0, 1], [1, 0]]
    assert lexicon.reversed().index(target, source).pairs.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    "bad",
    ["ab", ("a",), ("a", "b", "c"), ("a", 1), None, ("", "b"), ("a", "b\t"), ("a ", "b"), ("a", "\ud800")],
)
def test_bad_pairs(bad: object) -> None:
    with pytest.raises(InputError, match="pair 1 is"):
        Lexicon([("x", "y"), bad])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "weights", [[1], [1, 2, 3], [1, -1], [1, math.nan], [math.inf, 1], ["x", 1], [None, 1]]
)
def test_bad_weights(weights: list) -> None:
    with pytest.raises(InputError, match="weight"):
        Lexicon([("a", "b"), ("c", "d")], weights)


def test_weights_from_numpy() -> None:
    lexicon = Lexicon([("a", "b")], np.array([0.5], dtype=np.float32))
    assert lexicon.weights == (0.5,)
    assert type(lexicon.weights[0]) is float


def test_unknown_case() -> None:
    with pytest.raises(InputError, match="'upper', expected one of 'keep', 'lower', 'fold'"):
        Lexicon([], case="upper")  # type: ignore[arg-type]


@given(pairs(words, min_size=0), st.sampled_from(["keep", "lower", "fold"]))
def test_reversing_twice_is_nothing(chosen, case) -> None:
    lexicon = Lexicon(chosen, range(len(chosen)), case=case)
    assert set(lexicon.reversed()) == {(t, s) for s, t in lexicon}
    assert lexicon.reversed().reversed() == lexicon


SPLITTABLE = pairs(st.sampled_from("abcdefgh"), min_size=2, max_size=30).filter(
    lambda chosen: len({s for s, _ in chosen}) > 1
)


@given(SPLITTABLE, st.floats(0.001, 0.999), st.integers(0, 9))
def test_a_split_is_a_partition_by_source_word(chosen, held_out, seed) -> None:
    lexicon = Lexicon(chosen, range(len(chosen)))
    kept, held = lexicon.split(held_out, seed=seed)
    assert len(kept) > 0
    assert len(held) > 0
    assert not set(kept.sources) & set(held.sources)
    weight_of = dict(zip(lexicon.pairs, lexicon.weights, strict=True))
    for part in (kept, held):
        assert part.pairs == tuple(pair for pair in lexicon if pair in part)
        assert part.weights == tuple(weight_of[pair] for pair in part)
    assert len(kept) + len(held) == len(lexicon)
    assert (kept, held) == lexicon.split(held_out, seed=seed)


@given(SPLITTABLE, st.data())
def test_folds_hold_out_every_pair_once(chosen, data) -> None:
    lexicon = Lexicon(chosen, case="lower")
    k = data.draw(st.integers(2, len(lexicon.sources)))
    folds = list(lexicon.folds(k, seed=0))
    assert len(folds) == k
    assert sorted(pair for _, held in folds for pair in held) == sorted(lexicon)
    sizes = [len(held.sources) for _, held in folds]
    assert max(sizes) - min(sizes) <= 1
    for kept, held in folds:
        assert set(kept) | set(held) == set(lexicon)
        assert not set(kept.sources) & set(held.sources)
        assert kept.case == held.case == "lower"


def test_split_sizes_and_seeds() -> None:
    lexicon = Lexicon((str(n), "x") for n in range(100))
    kept, held = lexicon.split(0.2, seed=1)
    assert (len(kept), len(held)) == (80, 20)
    assert held != lexicon.split(0.2, seed=2)[1]
    assert held.sources != lexicon.sources[:20]


@pytest.mark.parametrize("share", [0, 1, -0.5, 2, math.nan])
def test_split_wants_a_share(share: float) -> None:
    with pytest.raises(InputError, match=r"0 (to|and) 1"):
        Lexicon(MANY).split(share, seed=0)


def test_too_few_source_words_to_part() -> None:
    with pytest.raises(InputError, match="1 source word, expected at least 2"):
        Lexicon(MANY[:2]).split(0.5, seed=0)
    with pytest.raises(InputError, match="3 source words, expected at least 4"):
        Lexicon(MANY).folds(4, seed=0)
    with pytest.raises(InputError, match="folds: got k = 1, expected at least 2"):
        Lexicon(MANY).folds(1, seed=0)


def test_read_and_write(tmp_path: Path) -> None:
    lexicon = Lexicon(MANY, [5, 4, 3, 2, 1])
    lexicon.write(tmp_path / "a.tsv")
    assert Lexicon.read(tmp_path / "a.tsv") == lexicon
