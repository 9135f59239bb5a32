import pytest

from isolex.errors import FormatError
from isolex.text.json_lines import holds_text, layout_of, text_object


@pytest.mark.parametrize(
    ("name", "layout"), [("a.jsonl", ".jsonl"), ("a.jsonl.gz", ".jsonl"), ("a.gz", ""), ("a.b.txt", ".txt")]
)
def test_the_layout_is_told_by_the_name(name, layout):
    assert layout_of(name) == layout


def test_lines_that_hold_a_text():
    assert holds_text('{"text": "one"}', field="text")
    assert holds_text('{"body": 1}', field="body")
    for line in ('{"text": "one"}', "body", "[]", '"body"', '{"body"', '{"a":' * 99_999):
        assert not holds_text(line, field="body")


def test_the_object_of_a_line():
    assert text_object('{"a": "x", "b": 1}', field="a", where="f", fix="fix") == {"a": "x", "b": 1}
    for line in ("x", "[1]", '{"b": "x"}', '{"a": null}', '{"a": 3}', '{"a":' * 99_999):
        with pytest.raises(FormatError, match='f, line 3: is no object with a "a"; fix it'):
            text_object(line, field="a", where="f, line 3", fix="fix it")
