"""Zero-shot classification: learn from texts of one language, classify texts of another."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from isolex.errors import InputError, MissingExtraError
from isolex.transfer.encoder import TextEncoder
from isolex.transfer.text_files import LabelledText

try:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
except ImportError as error:
    raise MissingExtraError("classifying texts", "scikit-learn", "transfer") from error

# Inverse strengths of the regularisation that are tried on held-out folds.
_STRENGTHS = (0.1, 1.0, 10.0, 100.0)
_FOLDS = 5


@dataclass(frozen=True)
class TopicResult:
    """How well classes carry over to another language. Rates from 0 to 1.

    Attributes:
        accuracy: Accuracy of a classifier that was trained on the other language only.
        ceiling: Accuracy of one trained on the test language; None if there were no such texts.
        majority: Accuracy of always answering the most frequent class of the training texts.
        n: Number of test texts.
        predicted: The class given to each test text.
    """

    accuracy: float
    ceiling: float | None
    majority: float
    n: int
    predicted: tuple[str, ...] = field(repr=False)

    def to_dict(self) -> dict[str, float | int | None]:
        """The figures."""
        rounded = None if self.ceiling is None else round(self.ceiling, 4)
        return {
            "accuracy": round(self.accuracy, 4),
            "ceiling": rounded,
            "majority": round(self.majority, 4),
            "n": self.n,
        }


class TopicClassifier:
    """Multinomial logistic regression on encoded texts, its regularisation tuned on held-out folds.

    Args:
        train: Labelled texts.
        encoder: Fitted encoder of their language.
        seed: Seed of the folds.

    Raises:
        InputError: Fewer than two classes.
    """

    def __init__(self, train: Sequence[LabelledText], encoder: TextEncoder, *, seed: int = 0) -> None:
        check_classes(train, where="training texts")
        labels = [one.label for one in train]
        classes = Counter(labels)
        model = LogisticRegression(max_iter=1000)
        if min(classes.values()) >= 2:
            folds = StratifiedKFold(min(_FOLDS, *classes.values()), shuffle=True, random_state=seed)
            model = GridSearchCV(model, {"C": _STRENGTHS}, cv=folds)
        self._model = model.fit(encoder.transform([one.text for one in train]), labels)

    @property
    def classes(self) -> list[str]:
        """The classes, in the order of `probabilities`."""
        return [str(name) for name in self._model.classes_]

    def probabilities(self, texts: Sequence[str], encoder: TextEncoder) -> Float[np.ndarray, "n c"]:
        """`[n, c]` probability of each class for texts of the encoder's language."""
        if not texts:
            return np.empty((0, len(self.classes)))
        made: np.ndarray = self._model.predict_proba(encoder.transform(texts))
        return made

    def predict(self, texts: Sequence[str], encoder: TextEncoder) -> list[str]:
        """The most probable class of each text."""
        classes = self.classes
        return [classes[place] for place in self.probabilities(texts, encoder).argmax(axis=1)]


def check_classes(texts: Sequence[LabelledText], *, where: object) -> None:
    """Raise `InputError` unless there are at least two classes to learn."""
    classes = {one.label for one in texts}
    if len(classes) < 2:
        found = f"only the class {min(classes)!r}" if classes else "no classes"
        raise InputError(
            f"has {found}, expected at least 2 to learn", where=where, fix="add texts of other classes"
        )


def evaluate_topics(
    train: Sequence[LabelledText],
    test: Sequence[LabelledText],
    encoders: tuple[TextEncoder, TextEncoder],
    *,
    own: Sequence[LabelledText] = (),
    seed: int = 0,
) -> TopicResult:
    """Train on one language, test on the other.

    Args:
        train: Labelled texts of the first language.
        test: Labelled texts of the second one.
        encoders: Fitted encoders of the first and of the second language.
        own: Labelled texts of the second language, to train a classifier on them for comparison.
        seed: Seed of tuning.

    Raises:
        InputError: No test texts, or fewer than two classes to learn.
    """
    if not test:
        raise InputError("there are no test texts", where="test texts")
    source, target = encoders
    texts, labels = [one.text for one in test], np.array([one.label for one in test])
    predicted = TopicClassifier(train, source, seed=seed).predict(texts, target)
    ceiling = None
    if own:
        reached = TopicClassifier(own, target, seed=seed).predict(texts, target)
        ceiling = float(np.mean(labels == np.array(reached)))
    common = Counter(one.label for one in train).most_common(1)[0][0]
    return TopicResult(
        float(np.mean(labels == np.array(predicted))),
        ceiling,
        float(np.mean(labels == common)),
        len(test),
        tuple(predicted),
    )
