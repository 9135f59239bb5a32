"""From texts to word vectors."""

from isolex.training.ppmi import PPMI
from isolex.training.preparing import Prepared
from isolex.training.skip_gram import SkipGram
from isolex.training.training import TRAINERS, Trainer, check_enough, train, trainer_for, training_card

__all__ = [
    "PPMI",
    "TRAINERS",
    "Prepared",
    "SkipGram",
    "Trainer",
    "check_enough",
    "train",
    "trainer_for",
    "training_card",
]
