"""What is offered is what there is."""

import pytest

from isolex import choices
from isolex.evaluation import PROTOCOLS
from isolex.evaluation.analogy import _METHODS
from isolex.interchange import EXPORT_FORMATS
from isolex.recipes import METHODS
from isolex.recipes.spaces import JOINT_METHODS
from isolex.reranking.entry_files import _WRITERS
from isolex.training import TRAINERS


@pytest.mark.parametrize(
    ("offered", "made"),
    [
        (choices.METHOD_NAMES, METHODS),
        (choices.SPACE_METHODS, JOINT_METHODS),
        (choices.TRAINER_NAMES, TRAINERS),
        (choices.PROTOCOL_NAMES, PROTOCOLS),
        (choices.ANALOGY_METHODS, _METHODS),
        (choices.EXPORT_NAMES, EXPORT_FORMATS),
        (choices.TRUSTED_FORMATS, _WRITERS),
    ],
)
def test_names_in_their_order(offered, made):
    assert offered == tuple(made)
