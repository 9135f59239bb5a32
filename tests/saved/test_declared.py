import pytest

from isolex.saved import (
    UnsoundError,
    by_name,
    date,
    flag,
    many,
    maybe,
    number,
    one_of,
    place,
    plain,
    record,
    text,
    whole,
)

GOOD = [
    (whole(0, 10), 0, 0),
    (whole(0, 10), 10, 10),
    (number(), -1.5, -1.5),
    (number(0, 1), 1, 1),
    (flag, False, False),
    (text, "", ""),
    (text, "été 𐌰", "été 𐌰"),
    (maybe(text), None, None),
    (maybe(text), "a", "a"),
    (one_of("a", "b"), "b", "b"),
    (many(whole(0, 9)), [1, 2], (1, 2)),
    (by_name(flag), {"a": True}, {"a": True}),
    (record({"a": text}, {"b": flag}), {"a": "x"}, {"a": "x"}),
    (record({"a": text}, {"b": flag}), {"a": "x", "b": True, "later": []}, {"a": "x", "b": True}),
    (record({"a": text}, others=plain), {"a": "x", "more": [1]}, {"a": "x", "more": [1]}),
    (plain, {"a": [None, True, 1, 0.5, "x"]}, {"a": [None, True, 1, 0.5, "x"]}),
    (place, "/data/a\udcff", "/data/a\udcff"),
    (date, "2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00+00:00"),
]


@pytest.mark.parametrize(("check", "value", "made"), GOOD)
def test_what_was_declared_passes(check, value, made):
    found = check(value)
    assert found == made
    assert type(found) is type(made)


BAD = [
    (whole(0, 10), 11, "it is 11, expected a whole number from 0 to 10"),
    (whole(0, 10), -1, "it is -1"),
    (whole(0, 10), True, "it is true"),
    (whole(0, 10), 1.0, "it is 1.0"),
    (whole(0, 10), "1", 'it is "1"'),
    (whole(0, 10), None, "it is null"),
    (whole(0, 10), 10**90, "it is 1000.*…, expected"),
    (number(), True, "it is true, expected a number$"),
    (number(), float("nan"), "it is nan"),
    (number(0, 1), 1.5, "it is 1.5, expected a number from 0 to 1"),
    (number(0), -1, "expected a number of at least 0"),
    (flag, 1, "it is 1, expected true or false"),
    (text, 1, "it is 1, expected text"),
    (text, "\ud800", "it is not valid Unicode"),
    (place, "", 'it is "", expected a path'),
    (place, "a\0b", "expected a path"),
    (place, "\ud800", "it is no path"),
    (date, "yesterday", "expected a date in ISO 8601"),
    (date, 20260131, "it is 20260131, expected a date"),
    (one_of("a", "b"), "c", 'it is "c", expected a or b'),
    (one_of("a", "b"), ["a"], "it is a list, expected a or b"),
    (many(text), "ab", "expected a list"),
    (many(text), {"a": 1}, "it is an object, expected a list"),
    (many(text), ["a", 1], "1 is 1, expected text"),
    (many(text, least=1), [], "it has 0 items, expected at least 1"),
    (many(text, least=2, most=2), ["a"], "it has 1 items, expected 2$"),
    (by_name(flag), {"a": 0}, "a is 0"),
    (by_name(flag), {"a" * 10_000: 0}, "aaa… is 0"),
    (by_name(flag), {"\ud800": True}, "it is not valid Unicode"),
    (record({"a": text}), {}, "it lacks 'a'"),
    (record({"a": record({"b": text})}), {"a": {}}, "a lacks 'b'"),
    (record({"a": record({"b": text})}), {"a": {"b": 1}}, "a.b is 1"),
    (record({"a": text}), ["a"], "it is a list, expected an object"),
    (plain, {"a": [1, float("inf")]}, "a.1 is inf"),
    (plain, {"\ud800": 1}, "not valid Unicode"),
    (plain, {1, 2}, "expected a number"),
]


@pytest.mark.parametrize(("check", "value", "problem"), BAD)
def test_what_was_not_declared_is_told_with_its_place(check, value, problem):
    with pytest.raises(UnsoundError, match=problem) as caught:
        check(value)
    assert len(str(caught.value)) < 120
