from itertools import product

import numpy as np
import pytest

from isolex.errors import InputError
from isolex.transfer import LabelledText, TextEncoder, TopicClassifier, evaluate_topics
from isolex.vectors import Vectors
from tests.spaces import alignment_of, numbered

TOPICS = ("sport", "news", "food")
SIZE = 20


@pytest.fixture
def encoders() -> tuple[TextEncoder, TextEncoder]:
    """Both languages have 20 words a topic, each near the topic's own axis; si and ti are translations."""
    rng = np.random.default_rng(0)
    rows = np.repeat(np.eye(3, 8), SIZE, axis=0)
    sides = [
        Vectors(numbered(prefix, 3 * SIZE), rows + 0.1 * rng.standard_normal(rows.shape)) for prefix in "st"
    ]
    alignment = alignment_of(*sides, steps=("unit",))
    source, target = (
        TextEncoder(side, component="vocabulary").fit([]) for side in (alignment, alignment.reversed())
    )
    return source, target


def texts(prefix: str, per_topic: int, *, first: int = 0, topics=TOPICS) -> list[LabelledText]:
    return [
        LabelledText(
            f"{prefix}{SIZE * TOPICS.index(topic) + i} {prefix}{SIZE * TOPICS.index(topic) + i + 1}", topic
        )
        for topic, i in product(topics, range(first, first + per_topic))
    ]


def test_what_can_be_told_apart_is(encoders):
    train, test, own = texts("s", 8), texts("t", 7, first=9), texts("t", 8)
    result = evaluate_topics(train, test, encoders, own=own)
    assert (result.accuracy, result.ceiling, result.n) == (1, 1, 21)
    assert result.predicted == tuple(one.label for one in test)
    assert result.majority == pytest.approx(1 / 3)
    assert result.to_dict() == {"accuracy": 1.0, "ceiling": 1.0, "majority": 0.3333, "n": 21}


def test_every_figure_is_of_its_own_texts(encoders):
    """The ceiling learns from `own`, the majority is that of the training texts, not of the test texts."""
    train = texts("s", 3) + texts("s", 5, first=3, topics=("food",))
    test = texts("t", 6, first=9, topics=("sport", "news")) + texts("t", 3, first=9, topics=("food",))
    wrong = {"sport": "news", "news": "sport", "food": "food"}
    own = [LabelledText(one.text, wrong[one.label]) for one in texts("t", 8)]
    result = evaluate_topics(train, test, encoders, own=own)
    assert result.accuracy == 1
    assert result.ceiling == pytest.approx(3 / 15)
    assert result.majority == pytest.approx(3 / 15)


def test_without_own_texts_there_is_no_ceiling(encoders):
    result = evaluate_topics(texts("s", 3), texts("t", 3), encoders)
    assert result.ceiling is None
    assert result.to_dict()["ceiling"] is None


def test_labels_that_were_never_learnt_are_wrong(encoders):
    test = [*texts("t", 3, topics=("sport", "news")), LabelledText("t41", "weather")]
    assert evaluate_topics(texts("s", 4), test, encoders).accuracy == pytest.approx(6 / 7)


def test_a_class_with_a_single_text(encoders):
    """No folds can be made then; the classes are learnt all the same."""
    train = [*texts("s", 6, topics=("sport", "news")), *texts("s", 1, topics=("food",))]
    result = evaluate_topics(train, texts("t", 4, first=9), encoders)
    assert set(result.predicted) <= set(TOPICS)
    assert result.accuracy >= 2 / 3
    assert evaluate_topics(texts("s", 1), texts("t", 4, first=3), encoders).accuracy > 0.9


def test_the_same_seed_gives_the_same_classifier(encoders):
    train, asked = texts("s", 9), [one.text for one in texts("t", 5)]
    first, second = (
        TopicClassifier(train, encoders[0], seed=3).probabilities(asked, encoders[1]) for _ in range(2)
    )
    assert (first == second).all()


class TestClassifier:
    def test_probabilities(self, encoders):
        classifier = TopicClassifier(texts("s", 8), encoders[0])
        asked = [one.text for one in texts("t", 3)]
        made = classifier.probabilities(asked, encoders[1])
        assert classifier.classes == sorted(TOPICS)
        assert made.shape == (9, 3)
        assert made.sum(axis=1) == pytest.approx(np.ones(9))
        assert classifier.predict(asked, encoders[1]) == [classifier.classes[i] for i in made.argmax(axis=1)]

    def test_no_texts(self, encoders):
        classifier = TopicClassifier(texts("s", 8), encoders[0])
        assert classifier.probabilities([], encoders[1]).shape == (0, 3)
        assert classifier.predict([], encoders[1]) == []

    def test_texts_without_any_known_word_have_an_answer(self, encoders):
        assert TopicClassifier(texts("s", 8), encoders[0]).predict(["nothing here"], encoders[1])[0] in TOPICS


def test_what_cannot_be_learnt(encoders):
    for found, train in (("only the class 'news'", texts("s", 4, topics=("news",))), ("no classes", [])):
        with pytest.raises(InputError, match=f"training texts: has {found}, expected at least 2 to learn"):
            evaluate_topics(train, texts("t", 2), encoders)
    with pytest.raises(InputError, match="has only the class 'food', expected at least 2"):
        evaluate_topics(texts("s", 4), texts("t", 2), encoders, own=texts("t", 2, topics=("food",)))
    with pytest.raises(InputError, match="there are no test texts"):
        evaluate_topics(texts("s", 4), [], encoders)
