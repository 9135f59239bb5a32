from isolex.text.latin import latin_forms


def test_forms_are_in_one_script() -> None:
    assert latin_forms(["Москва", "Élève", "東", "x-1"]) == ["moskva", "eleve", "dong", "x-1"]
