"""From texts to word vectors."""

from isolex.training.ppmi import PPMI
from isolex.training.preparing import Prepared
from isolex.training.skip_gram import SkipGram
from isolex.training.training import TRAINERS, Trainer, named_trainer, train, trainer_for, write_card

__all__ = [
    "PPMI",
    "TRAINERS",
    "Prepared",
    "SkipGram",
    "Trainer",
    "named_trainer",
    "train",
    "trainer_for",
    "write_card",
]
