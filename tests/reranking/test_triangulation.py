from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from isolex import Space, align_space, load_reranked
from isolex.errors import InputError
from isolex.lexicon import Lexicon
from isolex.mapping import Mapping
from isolex.reranking import RerankedDictionary, Reranker, RerankSettings, rerank, rerank_pair
from isolex.reranking.features import Pairs
from isolex.reranking.triangulation import Surroundings, Triangles
from isolex.vectors import Vectors
from tests.spaces import gaussian, rotation

from .made_up import words

N, D, SEEDS = 420, 12, 220
# The first two are what is asked for; the others are like both of them, but clearer.
NOISE = {"aa": 0.8, "bb": 0.8, "cc": 0.15, "dd": 0.15}
SETTINGS = RerankSettings(trees=30)
WORDS = {code: words(N, seed) for seed, code in enumerate(NOISE)}
TEST = dict(zip(WORDS["aa"][SEEDS:], WORDS["bb"][SEEDS:], strict=True))


def language(code: str, seed: int) -> Vectors:
    """Word i means the same in all languages, whose orders of words have nothing in common."""
    rng = np.random.default_rng(seed)
    rows = gaussian(N, D, 0) @ rotation(D, seed) + NOISE[code] * rng.standard_normal((N, D))
    order = rng.permutation(N)
    return Vectors([WORDS[code][i] for i in order], rows[order].astype(np.float32), language=code)


VECTORS = {code: language(code, seed) for seed, code in enumerate(NOISE)}


def lexicon(first: str, second: str) -> Lexicon:
    return Lexicon(zip(WORDS[first][:SEEDS], WORDS[second][:SEEDS], strict=True))


def lexicons(*pairs: tuple[str, str]) -> dict[tuple[str, str], Lexicon]:
    return {pair: lexicon(*pair) for pair in pairs}


ALL = lexicons(("aa", "bb"), ("aa", "cc"), ("bb", "cc"), ("aa", "dd"), ("bb", "dd"), ("cc", "dd"))
STAR = lexicons(("aa", "cc"), ("bb", "cc"), ("cc", "dd"))


@pytest.fixture(scope="module", autouse=True)
def quick():
    """For as few words as here self-learning would take hundreds of rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("isolex.mapping.annealing._MOST_ROUNDS", 20)
        yield


@pytest.fixture(scope="module")
def space():
    return align_space(VECTORS, ALL, device="cpu")


@pytest.fixture(scope="module")
def made(space) -> RerankedDictionary:
    return rerank_pair(space, "aa", "bb", settings=SETTINGS)


@pytest.fixture(scope="module")
def alone() -> RerankedDictionary:
    return rerank(VECTORS["aa"], VECTORS["bb"], ALL["aa", "bb"], settings=SETTINGS, check=False)


def first_answers(dictionary: RerankedDictionary) -> tuple[np.ndarray, np.ndarray]:
    """Whether the first answers to test words are right, and their confidences."""
    found = [answers[0] for answers in dictionary.translate(list(TEST), k=1)]
    right = [word == gold for (word, _), gold in zip(found, TEST.values(), strict=True)]
    return np.array(right), np.array([confidence for _, confidence in found])


def of_right_answers(dictionary: RerankedDictionary) -> float:
    """The mean probability that is given to the right answers to test words."""
    found = dictionary.translate(list(TEST), k=5)
    return float(np.mean([dict(one).get(gold, 0.0) for one, gold in zip(found, TEST.values(), strict=True)]))


class TestRerankPair:
    def test_third_languages_find_what_the_pair_alone_does_not(self, made, alone):
        assert made.learnt
        assert first_answers(made)[0].mean() > first_answers(alone)[0].mean() + 0.02

    def test_triangulation_is_what_it_gained_by(self, made):
        assert isinstance(made.ranker, Reranker)
        blind = replace(made, ranker=made.ranker.without("triangulation"))
        assert of_right_answers(made) > of_right_answers(blind) + 0.03

    def test_confidences_are_those_of_words_in_no_lexicon(self, made):
        right, confidence = first_answers(made)
        # Shares of 220 seed words and of 200 test words differ by as much by chance in one case of seventy.
        assert abs(confidence.mean() - right.mean()) < 0.12

    def test_the_alignment_is_that_of_the_space(self, space, made):
        assert made.alignment is space.pair("aa", "bb")
        assert made.reason.startswith("learnt from 220 seed words")

    def test_the_other_way_round(self, space):
        turned = rerank_pair(space, "bb", "aa", settings=SETTINGS)
        gold = {target: source for source, target in TEST.items()}
        found = [answers[0][0] for answers in turned.translate(list(gold), k=1)]
        assert np.mean([word == gold[asked] for asked, word in zip(gold, found, strict=True)]) > 0.45

    def test_answers_are_kept_with_the_alignment(self, made, tmp_path):
        made.alignment.save(tmp_path / "pair")
        made.save(tmp_path / "pair")
        kept, fresh = load_reranked(tmp_path / "pair").entries()[0], made.entries()[0]
        assert (kept.source, kept.target) == (fresh.source, fresh.target)
        assert kept.evidence["triangulation"] == pytest.approx(fresh.evidence["triangulation"], abs=1e-3)

    def test_without_a_lexicon_pairs_are_composed(self):
        found = rerank_pair(align_space(VECTORS, STAR, device="cpu"), "aa", "bb", settings=SETTINGS)
        assert found.learnt
        assert found.reason.startswith("learnt from 220 seed words, composed through cc")
        assert first_answers(found)[0].mean() > 0.45

    def test_a_failed_pair_is_not_reranked(self, space):
        pairs = {pair: replace(card, status="failed") for pair, card in space.card.pairs.items()}
        failed = Space(space.sides, dict(space.links()), replace(space.card, pairs=pairs), joint=space.joint)
        found = rerank_pair(failed, "aa", "bb", settings=SETTINGS)
        assert not found.learnt
        assert found.reason.startswith("the alignment failed")

    def test_two_languages_are_too_few(self):
        two = align_space({code: VECTORS[code] for code in ("aa", "bb")}, lexicons(("aa", "bb")), check=False)
        with pytest.raises(InputError, match="has no third language"):
            rerank_pair(two, "aa", "bb")

    def test_a_language_must_be_there(self, space):
        with pytest.raises(InputError, match="language of the space"):
            rerank_pair(space, "aa", "xx")

    def test_rerank_has_no_triangulation(self, alone):
        assert "triangulation" not in alone.groups


class TestSurroundings:
    @pytest.fixture
    def others(self, space) -> Surroundings:
        return Surroundings.of(space, "aa", "bb", SETTINGS)

    def test_the_most_trusted_languages_are_asked(self, space, others):
        assert set(others.thirds) == {"cc", "dd"}
        one = Surroundings.of(space, "aa", "bb", replace(SETTINGS, languages=1))
        worth = {code: min(space.card.pair(end, code).trust for end in ("aa", "bb")) for code in ("cc", "dd")}
        assert list(one.thirds) == [max(worth, key=worth.__getitem__)]
        assert len(one.rows) == 3

    def test_other_languages_come_in_where_the_pair_hangs_together_by_them(self):
        chain = align_space(VECTORS, lexicons(("aa", "cc"), ("cc", "dd"), ("dd", "bb")), check=False)
        one = Surroundings.of(chain, "aa", "bb", replace(SETTINGS, languages=1))
        assert len(one.thirds) == 1
        assert len(one.rows) == 4

    def test_no_lexicon_tells_of_unseen_words(self, others):
        """Whatever the lexicons say of words of unseen pairs, the features are the same, bit by bit."""
        unseen = others.lexicons[0, 1].pairs[:40]
        wrong = dict(others.lexicons)
        for pair, problem in others.lexicons.items():
            if pair[0] in (0, 1):
                ids = problem.pairs.clone()
                of_unseen = torch.isin(ids[:, 0], unseen[:, pair[0]]).nonzero()[:, 0]
                assert len(of_unseen) == 40
                ids[of_unseen, 1] = ids[of_unseen.roll(7), 1]
                wrong[pair] = replace(problem, pairs=ids)
        unseen = unseen.numpy()
        told, lied = others.without(unseen), replace(others, lexicons=wrong).without(unseen)
        for code in others.thirds:
            assert (told.there[code] != lied.there[code]).nnz == 0
            assert (told.back[code] != lied.back[code]).nnz == 0
        assert torch.equal(told.maps.source, lied.maps.source)
        seen = others.without(unseen[:0])
        assert (told.there["cc"] != seen.there["cc"]).nnz > 0

    def test_an_induced_lexicon_is_nothing_to_learn_from(self, others):
        none = replace(others, given=frozenset())
        pairs, origin = none.seeds()
        assert pairs.shape == (0, 2)
        assert origin is None

    def test_weight_zero_is_no_seed(self):
        weighted = Lexicon(ALL["aa", "bb"].pairs, [0.0] * 20 + [1.0] * (SEEDS - 20))
        some = align_space(VECTORS, ALL | {("aa", "bb"): weighted}, check=False)
        pairs, _ = Surroundings.of(some, "aa", "bb", SETTINGS).seeds()
        assert len(pairs) == SEEDS - 20


class TestTriangles:
    """Two source words, three target words, two third languages."""

    STEPS = (
        np.array([[0.6, 0.4, 0.0], [0.0, 0.0, 1.0]], dtype=np.float32),
        np.array([[0.0, 0.9, 0.1], [0.0, 0.5, 0.5]], dtype=np.float32),
    )

    @pytest.fixture
    def triangles(self) -> Triangles:
        there = {code: csr_matrix(steps) for code, steps in zip(("cc", "dd"), self.STEPS, strict=True)}
        back = {code: csr_matrix(steps.T) for code, steps in zip(("cc", "dd"), self.STEPS, strict=True)}
        return Triangles(Mapping(torch.eye(2), torch.eye(2)), there, back)

    def test_proposes_what_all_lead_to_most(self, triangles):
        rows, keys = triangles.proposed(np.array([0, 1]), 1)
        assert rows.tolist() == [0, 1]
        assert keys.tolist() == [1, 2]
        rows, keys = triangles.proposed(np.array([1]), 3)
        assert keys.tolist() == [2, 1]

    def test_signals(self, triangles):
        pairs = Pairs(np.repeat([0, 1], 3), np.tile([0, 1, 2], 2))
        found = triangles.signals(pairs)
        assert found["cc.share"] == pytest.approx(self.STEPS[0].ravel())
        assert found["dd.share_back"] == pytest.approx(self.STEPS[1].ravel())
        assert found["share"] == pytest.approx([0.3, 0.65, 0.05, 0, 0.25, 0.75])
        assert found["behind"] == pytest.approx([0.35, 0, 0.6, 0.75, 0.5, 0])
        assert found["languages"].tolist() == [1, 2, 1, 0, 1, 2]
        assert found["firsts"].tolist() == [1, 1, 0, 0, 1, 2]
        assert found["firsts_back"].tolist() == [1, 2, 0, 0, 0, 2]
        assert found["rank"].tolist() == [0, 0, 1, 1, 0, 0]
