import pytest

from isolex.errors import MissingExtraError

from .without import hide


@pytest.mark.parametrize(
    ("package", "name", "feature"),
    [("sklearn", "scikit-learn", "encoding texts"), ("bm25s", "bm25s", "searching documents")],
)
def test_without_its_packages_the_message_says_how_to_get_them(monkeypatch, package, name, feature):
    hide(monkeypatch, package)
    message = rf"{feature} needs the package {name}; run: pip install 'isolex\[transfer\]'"
    with pytest.raises(MissingExtraError, match=message):
        import isolex.transfer  # noqa: F401
