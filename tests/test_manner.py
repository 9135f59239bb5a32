"""One manner for all public functions: most of it is read off their signatures."""

import dataclasses
import importlib
import inspect
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np
import pytest
import torch

import isolex
from isolex.alignment import as_alignment, as_vector_space
from isolex.errors import InputError
from isolex.evaluation import AnalogySet, Question, SimilaritySet
from isolex.retrieval import CSLS, top_k
from isolex.transfer import Text, evaluate_documents, evaluate_sentences
from tests.reranking.hand_made import dictionary
from tests.spaces import alignment_of, planted

ROOMS = [importlib.import_module(room) for room in ("isolex", *(f"isolex.{room}" for room in isolex._ROOMS))]
KINDS = ("Vectors", "Lexicon", "Alignment")
# What a call is about, beside its first argument: these may stand without a name.
DATA = re.compile(
    r"Vectors|Lexicon|Alignment|Space|Tensor|Array|IndexedPairs|ndarray|Iterable\[float\]|object"
)
# Languages are, too.
LANGUAGES = {"isolex.Space.translate": "target"}
# What is made of objects in the first place, or for other rooms, which have them.
WITHIN = {
    "isolex.Alignment.__init__",
    "isolex.alignment.Card.over",
    "isolex.alignment.SideCard.of",
    "isolex.alignment.together",
    "isolex.diagnosis.as_problem",
    "isolex.lexicon.found_seeds",
    "isolex.lexicon.index_checked",
    "isolex.lexicon.warn_of_weights",
    "isolex.lexicon.weights_note",
}
# Words of a small language of declarations, in which bounds stand in order.
DECLARATIONS = {"isolex.saved.UnsoundError.__init__", "isolex.saved.number", "isolex.saved.record"}


def is_public(name: str) -> bool:
    return not name.startswith("_")


def public_names(room: ModuleType) -> list[str]:
    own = [name for name, value in vars(room).items() if getattr(value, "__module__", "") == room.__name__]
    return list(getattr(room, "__all__", filter(is_public, own)))


def parts(name: str, value: object) -> dict[str, object]:
    """A function itself; of a class its public methods and what makes it, unless that is a list of fields."""
    if not inspect.isclass(value):
        return {name: value}
    methods = {f"{name}.{own}": getattr(value, own) for own in vars(value) if is_public(own)}
    if dataclasses.is_dataclass(value) or getattr(value, "_is_protocol", False):
        return methods
    return methods | {f"{name}.__init__": vars(value).get("__init__")}


def functions() -> Iterator[tuple[str, FunctionType]]:
    seen = set()
    for room in ROOMS:
        for name in public_names(room):
            for own, part in parts(name, getattr(room, name)).items():
                function = inspect.unwrap(getattr(part, "__func__", part)) if callable(part) else None
                if isinstance(function, FunctionType) and function not in seen:
                    seen.add(function)
                    yield f"{room.__name__}.{own}", function


FUNCTIONS = dict(functions())


def kind_of(parameter: inspect.Parameter) -> str:
    """Its annotation as it is written, without the rooms that its names come from."""
    shown = parameter.annotation
    shown = shown if isinstance(shown, str) else inspect.formatannotation(shown)
    return re.sub(r"[\w.]+\.(?=\w)", "", shown)


def test_all_of_it_is_walked():
    names = ("isolex.align", "isolex.Alignment.translate", "isolex.Vectors.read", "isolex.rerank")
    assert {*names, *WITHIN, *DECLARATIONS} <= FUNCTIONS.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signature(name):
    some = inspect.signature(FUNCTIONS[name]).parameters.values()
    for place, one in enumerate(one for one in some if one.name not in ("self", "cls")):
        kind, positional = kind_of(one), one.kind is one.POSITIONAL_OR_KEYWORD
        assert one.kind is not one.VAR_KEYWORD, one
        if one.name == "device":
            assert set(kind.split(" | ")) == {"str", "device", "None"}, one
        if positional:
            assert kind != "bool", f"{one}: what is switched on is named"
        if positional and place > 0 and one.default is not one.empty and name not in DECLARATIONS:
            about = DATA.search(kind) or LANGUAGES.get(name) == one.name
            assert about, f"{one}: options are named"
        if name not in WITHIN:
            assert kind.removesuffix(" | None") not in KINDS, f"{one}: the path of it is taken, too"


def test_no_switch_changes_what_is_returned():
    for path in Path(isolex.__file__).parent.rglob("*.py"):
        assert not re.search(r"Literal\[(True|False)\]", path.read_text(encoding="utf-8")), path


SOURCE, TARGET, PAIRS = planted(60)
ALIGNMENT = alignment_of(SOURCE, TARGET, seeds=PAIRS)
SIMILAR = SimilaritySet([("s1", "t1", 3.0), ("s2", "t3", 1.0), ("s4", "t5", 2.0)])
QUESTIONS = AnalogySet([Question("s1", "s2", "t1", "t2")])
TEXTS = [[Text(str(n), f"{side}{n} {side}{n + 1}") for n in range(25)] for side in "st"]
RELEVANT = {str(n): [str(n)] for n in range(25)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("manner")
    ALIGNMENT.save(folder / "alignment")
    SOURCE.write(folder / "source.safetensors")
    TARGET.write(folder / "target.safetensors")
    PAIRS.write(folder / "pairs.tsv")
    for side, texts in zip("st", TEXTS, strict=True):
        lines = (f"{text.id}\t{text.text}\n" for text in texts)
        (folder / f"{side}.tsv").write_text("".join(lines))
    (folder / "relevant.tsv").write_text("".join(f"{n}\t{n}\n" for n in RELEVANT))
    return folder


def of_all(alignment, source, target, pairs, *, texts, relevant) -> dict[str, object]:
    """What the functions give, whatever they are given the data as."""
    return {
        "evaluate": isolex.evaluate(alignment, pairs, train=pairs).to_dict(),
        "similarity": isolex.evaluate_similarity(alignment, SIMILAR).to_dict(),
        "similarity of vectors": isolex.evaluate_similarity(
            source, SimilaritySet([("s1", "s2", 1.0), ("s3", "s4", 2.0)])
        ).to_dict(),
        "analogies": isolex.evaluate_analogies(alignment, QUESTIONS).to_dict(),
        "diagnose": isolex.diagnose(source, target, pairs, alignment=alignment).to_dict() | {"seconds": 0},
        "align": isolex.align(source, target, pairs, check=False, method="procrustes").translate("s1"),
        "identical": isolex.Lexicon.identical(source, source).pairs,
        "numerals": isolex.Lexicon.numerals(source, target).pairs,
        "index": isolex.Lexicon(PAIRS.pairs).index(source, target).pairs.tolist(),
        "leaks": isolex.find_leaks(pairs, pairs).to_dict(),
        "bind": ALIGNMENT.bind(source, target).translate("s1"),
        "encoder": isolex.TextEncoder(alignment).fit(["s1 s2"] * 20).transform(["s3 s4"]).tolist(),
        "sentences": evaluate_sentences(alignment, *texts).to_dict(),
        "documents": evaluate_documents(alignment, *texts, relevant).to_dict(),
    }


def test_paths_stand_for_what_they_hold(folder, tmp_path):
    given = of_all(ALIGNMENT, SOURCE, TARGET, PAIRS, texts=TEXTS, relevant=RELEVANT)
    named = ("alignment", "source.safetensors", "target.safetensors", "pairs.tsv")
    texts = [folder / "s.tsv", str(folder / "t.tsv")]
    read = of_all(*(folder / name for name in named), texts=texts, relevant=folder / "relevant.tsv")
    for name, value in given.items():
        assert read[name] == value, name
    exported = [isolex.export(one, tmp_path / "out") for one in (ALIGNMENT, folder / "alignment")]
    assert exported[0] == exported[1]
    bound = isolex.load(folder / "alignment", source=str(folder / "source.safetensors"))
    assert bound.translate("s1") == ALIGNMENT.translate("s1")


def test_what_is_neither():
    with pytest.raises(InputError, match=r"^alignment: got list, expected Alignment or a path; make one"):
        as_alignment([])
    with pytest.raises(InputError, match=r"^source: got list, expected Vectors or a path; make Vectors"):
        isolex.align([], TARGET)
    with pytest.raises(InputError, match=r"^space: got int, expected Vectors, an Alignment or a path$"):
        as_vector_space(3)
    with pytest.raises(InputError, match=r"^texts: got something else than Text\(id, text\) or the path"):
        evaluate_sentences(ALIGNMENT, ["one"], ["uno"])


def results() -> list[object]:
    evaluated = isolex.evaluate(ALIGNMENT, PAIRS)
    sentences = evaluate_sentences(ALIGNMENT, *TEXTS)
    reranked = dictionary()
    return [
        ALIGNMENT.card,
        evaluated,
        evaluated.leaks,
        evaluated.compare(evaluated),
        isolex.evaluate_similarity(ALIGNMENT, SIMILAR),
        isolex.evaluate_analogies(ALIGNMENT, QUESTIONS),
        isolex.diagnose(SOURCE, TARGET, PAIRS),
        ALIGNMENT.induce(),
        ALIGNMENT.induce().entries[0],
        reranked,
        reranked.entries()[0],
        dataclasses.replace(reranked.entries()[0], confidence=math.nan, no_translation=math.nan),
        sentences,
        sentences.forward,
        sentences.forward.compare(sentences.backward),
        sentences.coverage["source"],
        evaluate_documents(ALIGNMENT, *TEXTS, RELEVANT),
        isolex.DocumentIndex(TEXTS[1], ALIGNMENT).search("s1")[0],
    ]


@pytest.mark.parametrize("result", results(), ids=lambda one: type(one).__name__)
def test_results(result):
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert type(result).__name__ in repr(result)
    assert len(repr(result)) < 1000


WHOLE = {
    "translate": lambda k: ALIGNMENT.translate("s1", k=k),
    "induce": lambda k: ALIGNMENT.induce(k=k),
    "search": lambda k: top_k(torch.eye(3), torch.eye(3), k),
    "CSLS": lambda k: CSLS(k=k),
    "head": SOURCE.head,
    "alignment's head": ALIGNMENT.head,
    "precision": lambda k: isolex.evaluate(ALIGNMENT, PAIRS).precision(k),
    "RCSLS": lambda k: isolex.RCSLS(k=k),
    "Annealing": lambda k: isolex.Annealing(vocabulary=k),
    "folds": lambda k: PAIRS.folds(k, seed=0),
    "documents": lambda k: isolex.DocumentIndex(TEXTS[1], ALIGNMENT).search("s1", k=k),
    "reranked": lambda k: dictionary().translate("one", k=k),
    "entries": lambda k: dictionary().entries(k=k),
    "diagnose": lambda k: isolex.diagnose(SOURCE, TARGET, words=k),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("k", [1.5, 0, -3, "3", None, True, math.nan])
def test_whole_numbers(name, k):
    with pytest.raises(InputError, match=r"got \w+ = \S+, expected (a whole number|at least \d)"):
        WHOLE[name](k)


NUMBERS = {
    "ridge": lambda value: isolex.LeastSquares(ridge=value),
    "ratio": lambda value: isolex.CCA(ratio=value),
    "reweight_source": lambda value: isolex.VecMap(reweight_source=value),
    "learning_rate": lambda value: isolex.RCSLS(learning_rate=value),
    "tolerance": lambda value: isolex.SelfLearning(tolerance=value),
    "epsilon": lambda value: isolex.WassersteinProcrustes(epsilon=value),
    "smoothing": lambda value: isolex.Adversarial(smoothing=value),
}


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["3", None, True, [1.0]])
def test_numbers(name, value):
    with pytest.raises(InputError, match=rf"^\w+: got {name} = .*, expected a number$"):
        NUMBERS[name](value)


@pytest.mark.parametrize(
    "method", ["RCSLS", "Annealing", "SelfLearning", "Adversarial", "WassersteinProcrustes"]
)
def test_seeds(method):
    with pytest.raises(InputError, match=rf"^{method}: got seed = '0', expected a whole number$"):
        getattr(isolex, method)(seed="0")


def test_whole_numbers_of_other_libraries():
    for k in (np.int64(2), torch.tensor(2)):
        assert ALIGNMENT.translate("s1", k=k) == ALIGNMENT.translate("s1", k=2)


@pytest.mark.parametrize("confidence", [math.nan, -0.1, 1.1, "0.5", None, True])
def test_confidences(confidence):
    with pytest.raises(InputError, match=r"got confidence = .*, expected a number from 0 to 1"):
        dictionary().entries(confidence)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: ALIGNMENT.translate(3), "words: got int, expected one word or several"),
        (lambda: ALIGNMENT.translate(["s1", 3]), "words: got 3 among them, expected strings"),
        (lambda: ALIGNMENT.translate("s1", criterion=3), "criterion: got 3, expected a name"),
        (lambda: isolex.evaluate(ALIGNMENT, PAIRS, protocol=3), "protocol: got 3, expected a name"),
        (lambda: isolex.evaluate(ALIGNMENT, PAIRS, direction=None), "direction: got None, expected a name"),
        (lambda: ALIGNMENT.induce(None), "direction: got None, expected a name"),
        (lambda: isolex.align(SOURCE, TARGET, PAIRS, method=3), "method: got 3, expected a name"),
        (lambda: isolex.align(SOURCE, TARGET, PAIRS, device=3.5), "device '3.5' is not available here"),
        (lambda: PAIRS.split(0.5, seed=1.5), "random numbers: got seed = 1.5, expected a whole number"),
    ],
)
def test_names(call, told):
    with pytest.raises(InputError, match=f"^{told}"):
        call()
