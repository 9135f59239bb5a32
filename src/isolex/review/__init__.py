"""Reviewing a dictionary without the web: a queue of words, a log of decisions, and learning from them."""

from isolex.review.additions import Added, Overridden
from isolex.review.decisions import KINDS, Contradiction, Decision, ItemKind, Judgements, WordJudgement
from isolex.review.learning import Lessons, learn, what_changed
from isolex.review.log import DecisionLog, Generation, ReviewItem, logged_decisions
from isolex.review.precision import Agreement, Comparison, Precision, agreement, precision
from isolex.review.progress import Progress
from isolex.review.proposals import Proposals, ProposedWord
from isolex.review.queues import MIX, Queue
from isolex.review.review import LEARN_EVERY, Review, Task
from isolex.review.suspects import suspect_pairs
from isolex.review.tables import read_decisions, write_decisions

__all__ = [
    "KINDS",
    "LEARN_EVERY",
    "MIX",
    "Added",
    "Agreement",
    "Comparison",
    "Contradiction",
    "Decision",
    "DecisionLog",
    "Generation",
    "ItemKind",
    "Judgements",
    "Lessons",
    "Overridden",
    "Precision",
    "Progress",
    "Proposals",
    "ProposedWord",
    "Queue",
    "Review",
    "ReviewItem",
    "Task",
    "WordJudgement",
    "agreement",
    "learn",
    "logged_decisions",
    "precision",
    "read_decisions",
    "suspect_pairs",
    "what_changed",
    "write_decisions",
]
