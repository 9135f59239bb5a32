import json

from .helpers import contents
from .pages import ask, ended, running


def test_explore_until_ctrl_c(place):
    before = contents(place)
    with running("explore", "aa-bb") as (process, told):
        address = told["addresses"][""]
        answer = ask(address, "/api/about")
        assert answer.status == 200
        about = json.loads(answer.read())
        assert (about["title"], about["review"], about["confidences"]) == ("aa-bb", None, [["aa", "bb"]])
        answer = json.loads(ask(address, "/api/word?source=aa&target=bb&word=s150").read())
        assert answer["answers"][0]["word"] == "t150"
        assert ask(address, "/").read().startswith(b"<!DOCTYPE html>")
        assert ended(process) == ["isolex: the page is closed"]
    assert contents(place) == before
