import pytest

from isolex.errors import InputError
from isolex.reranking import RerankSettings


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"folds": 1}, "got folds 1, expected at least 2"),
        ({"candidates": 0}, "got candidates 0, expected at least 1"),
        ({"alternatives": 0}, "got alternatives 0, expected at least 1"),
        ({"learning_rate": 0.0}, "got learning rate 0.0, expected over 0"),
        ({"groups": ()}, "got no feature groups"),
        ({"softmax": 0}, "got softmax 0, expected at least 1"),
        ({"alignments": ()}, "got no alignments"),
        ({"alignments": ("vecmap", "rcsl")}, "unknown alignment to rerank by 'rcsl'"),
        ({"groups": ("hubnes",)}, "unknown feature group 'hubnes'"),
    ],
)
def test_out_of_range(changed, message):
    with pytest.raises(InputError, match=message):
        RerankSettings(**changed)
