import json
import math

import pytest

from isolex.cli.console import emit


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_printed_is_json_for_everybody(capsys, value):
    emit(True, {"score": value, "rows": [(1.5, value)], "word": "été"}, lambda _: None)
    made = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert made == {"score": None, "rows": [[1.5, None]], "word": "été"}
