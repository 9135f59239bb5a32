import json

from isolex.files import json_text


def test_letters_stay_and_lone_surrogates_are_escaped():
    data = {"name": "été \udcff 𐌰"}
    text = json_text(data)
    assert text == '{"name": "été \\udcff 𐌰"}'
    assert json.loads(text.encode().decode()) == data
