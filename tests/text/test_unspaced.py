import time

import pytest

from isolex.text.unspaced import cut_unspaced, has_unspaced


def test_scripts_without_spaces_are_told():
    assert all(map(has_unspaced, ["a 東", "ก", "ກ", "က", "ក", "あ", "ア", "ｱ", "𠀋"]))
    assert not any(map(has_unspaced, ["", "abc", "서울", "हिन्दी", "’—…。", "😀"]))


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("飲みました", "飲み ました"),
        ("買って", "買って"),
        ("住んでいる", "住んで いる"),
        ("駅の前に", "駅 の 前 に"),
        ("行きたくない", "行き たく ない"),
        ("コーヒーとケーキ", "コーヒー と ケーキ"),
        ("リンゴ・ミカン", "リンゴ ミカン"),
        ("汉字", "汉字"),
    ],
)
def test_japanese_and_chinese(run, words):
    assert cut_unspaced([run]) == words.split()


def test_a_long_word_takes_no_time_for_each_of_its_pieces():
    def seconds(length):
        start = time.process_time()
        assert cut_unspaced(["東" + "っ" * length]) == ["東" + "っ" * length]
        return time.process_time() - start

    # Where each piece copied all before it, it took some sixteen times as long.
    assert seconds(400_000) < 8 * max(seconds(100_000), 0.05)


def test_other_tokens_stay():
    assert cut_unspaced(["tokyo", "東京", "’s"]) == ["tokyo", "東京", "’s"]
