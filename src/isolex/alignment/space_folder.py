"""The folder of a saved space, with files for each language and for pairs that have data of their own.

card.json                       how the space was made, how good each pair is, digests of the files below
space.safetensors               the part of the joint solution that all maps share
es.vectors.safetensors          the vectors of a language
es.map.safetensors              the map of a language, its place in the space, the data of its normaliser
en--es.pair.safetensors         the CSLS neighbourhoods of two languages
en--es.seeds.tsv                the lexicon of two languages

A language that is added later adds files and changes no file of the other languages.
"""

from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from isolex.alignment.artefact import pack_normalizer, unpack_normalizer
from isolex.alignment.side import Side
from isolex.alignment.space import FEW_LANGUAGES, Lazy, Link, Space
from isolex.arrays import pick_device
from isolex.cards.alignment_folder import (
    CARD,
    NEIGHBOURHOODS,
    SIDES,
    check_digest,
    fitted_arrays,
    read_card,
    read_seeds,
)
from isolex.cards.card import is_alignment
from isolex.cards.space_card import SpaceCard, check_language
from isolex.cards.space_folder import BESIDE, SHARED, SPACE_FIX, pair_file, seeds_file
from isolex.errors import FormatError, InputError
from isolex.files import atomic_folder, check_folder, check_not_input, digest, steady
from isolex.lexicon import Lexicon
from isolex.mapping import JointMapping, Placement
from isolex.progress import track
from isolex.saved import (
    Array,
    UnsoundError,
    json_text,
    parse_arrays,
    read_json,
    read_saved,
    sound,
)
from isolex.vectors import Vectors

_PLACEMENT = {
    "moments": Array("d d", types=("F64",)),
    "rotation": Array("d p", types=("F64",)),
    "map": Array("d p"),
}


def check_space_output(path: str | Path) -> None:
    """Raise `InputError` unless a space can be saved at `path`: ask before long work, not after."""
    check_folder(path, contents=(CARD,), also=_belongs)


def save_space(space: Space, path: str | Path) -> None:
    """Write the folder; see `Space.save`."""
    languages = space.languages
    for code in languages:
        check_language(code)
    few = len(languages) <= FEW_LANGUAGES
    for pair in track(list(combinations(languages, 2)), "neighbourhoods"):
        if few or len(space.link(*pair).seeds):
            space.aligned(*pair).neighbourhoods  # noqa: B018 - makes them
    for code in languages:
        origin = space.sides[code].vectors.path
        if origin is not None and origin.parent != Path(path).resolve():
            check_not_input(path, origin, whole=True)
    links = list(space.links())
    card = space.card.to_dict()
    # Whoever gets the folder need not learn where its maker keeps files.
    for known in card["languages"].values():
        known["vectors"]["path"] = Path(known["vectors"]["path"] or "").name or None
    files = _shared_file(space) | _language_files(space, card)
    files |= {pair_file(*pair): save(tensors) for pair, link in links if (tensors := _pair_tensors(link))}
    card["files"] = {name: digest(data) for name, data in files.items()}
    with atomic_folder(path, contents=(CARD,), also=_belongs) as folder:
        for name, data in files.items():
            # Not `save_file`, which makes a file that nobody else may read.
            (folder / name).write_bytes(data)
        for code in languages:
            space.sides[code].vectors.write(folder / f"{code}.vectors.safetensors")
        for pair, link in links:
            if len(link.seeds):
                file = folder / seeds_file(*pair)
                link.seeds.write(file)
                card["files"][file.name] = digest(file.read_bytes())
        (folder / CARD).write_text(json_text(card, indent=2) + "\n", encoding="utf-8")


def _shared_file(space: Space) -> dict[str, bytes]:
    """What all maps share, if there is a joint solution."""
    joint = space.joint
    if joint is None:
        return {}
    shared = {"strengths": joint.strengths, "scaling": joint.scaling}
    return {SHARED: save({name: tensor.cpu().contiguous() for name, tensor in shared.items()})}


def _language_files(space: Space, card: dict[str, Any]) -> dict[str, bytes]:
    """The map of each language; what the card says of its normaliser goes into the card."""
    card["normalizers"], files, joint = {}, {}, space.joint
    for place, code in enumerate(space.languages):
        side = space.sides[code]
        tensors: dict[str, Tensor] = {"map": side.matrix}
        if joint is not None:
            placement = joint.placements[place]
            tensors |= {"moments": placement.moments, "rotation": placement.rotation}
        tensors = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
        card["normalizers"][code] = pack_normalizer(side.normalizer, "side", tensors)
        files[f"{code}.map.safetensors"] = save(tensors)
    return files


def _pair_tensors(link: Link) -> dict[str, Tensor]:
    """What two languages have of their own."""
    if link.neighbourhoods is None:
        return {}
    names = (f"neighbourhoods.{side}" for side in SIDES)
    made = zip(names, link.neighbourhoods, strict=True)
    return {name: tensor.cpu().contiguous() for name, tensor in made}


@steady
def load_space(path: str | Path, *, device: str | torch.device | None = None) -> Space:
    """Read a saved space; a language is read only when it is first needed.

    A saved alignment is read as a space of its two languages.

    Args:
        path: The folder.
        device: Where to compute; by default a GPU if there is one.

    Raises:
        InputError: There is no such folder.
        FormatError: The folder is neither, or is damaged. Damage to the files of a language is found when the
            language is first needed.
        MismatchError: The vectors that an alignment refers to are not those that it was made for.

    Warns:
        IsolexWarning: The vectors that an alignment refers to are read from outside the folder.
    """
    folder = Path(path)
    data = read_card(path, "space", called="folder of a space", command="isolex space", fix=SPACE_FIX)
    if is_alignment(data):
        from isolex.alignment.loading import load  # noqa: PLC0415 - it loads spaces, too

        return Space.of(load(path, device=device))
    card = SpaceCard.from_dict(data, where=folder / CARD)
    with sound(folder / CARD, SPACE_FIX):
        beside = BESIDE(data)
        if beside["normalizers"].keys() != card.languages.keys():
            raise UnsoundError("has normalisers of other languages", ("normalizers",))
    made = _Reader(folder, card, beside, pick_device(device))
    names = beside["files"]
    pairs = [
        pair
        for pair in combinations(card.languages, 2)
        if pair_file(*pair) in names or card.pair(*pair).seeds
    ]
    return Space(
        Lazy({code: partial(made.side, code) for code in card.languages}),
        Lazy({pair: partial(made.link, *pair) for pair in pairs}),
        card,
        joint=cache(made.joint) if SHARED in names else None,
    )


@dataclass(frozen=True, eq=False)
class _Reader:
    """Reads parts of a saved space when they are asked for, each against the card that was read first.

    Attributes:
        folder: The folder.
        card: Its card.
        beside: What else the card's file holds.
        device: Where to compute.
    """

    folder: Path
    card: SpaceCard
    beside: dict[str, Any]
    device: torch.device

    def side(self, code: str) -> Side:
        """One language."""
        known, normalizer = self.card.languages[code].vectors, self.beside["normalizers"][code]
        declared = {"map": Array("d p")} | fitted_arrays(normalizer, "side", "d")
        tensors = self._tensors(f"{code}.map.safetensors", declared, {"d": known.dimension})
        file = self._file(f"{code}.vectors.safetensors")
        vectors = Vectors.read(file, unicode="keep")
        with sound(file, SPACE_FIX):
            if (vectors.dimension, vectors.fingerprint) != (known.dimension, known.fingerprint):
                raise UnsoundError(f"and {CARD} do not belong together")
        fitted = unpack_normalizer(normalizer, "side", tensors)
        return Side(vectors, normalizer=fitted, matrix=tensors["map"], device=self.device)

    def link(self, first: str, second: str) -> Link:
        """What is kept of two languages."""
        count = self.card.pair(first, second).seeds
        seeds = self._seeds(seeds_file(first, second), count) if count else Lexicon([])
        name = pair_file(first, second)
        if name not in self.beside["files"]:
            return Link(seeds)
        cards = [self.card.languages[code].vectors for code in (first, second)]
        sizes = {"n": cards[0].words, "m": cards[1].words}
        tensors = self._tensors(name, NEIGHBOURHOODS, sizes)
        near = [tensors[f"neighbourhoods.{side}"] for side in SIDES]
        return Link(seeds, (near[0], near[1]))

    def _seeds(self, name: str, count: int) -> Lexicon:
        return read_seeds(self._file(name), count, self.beside["files"].get(name, ""), fix=SPACE_FIX)

    def joint(self) -> JointMapping:
        """The joint solution."""
        shared = self._tensors(
            SHARED, {"strengths": Array("p", 0, types=("F64",)), "scaling": Array("p p", types=("F64",))}, {}
        )
        sizes = {"p": len(shared["strengths"])}
        placements = []
        for code, known in self.card.languages.items():
            tensors = self._tensors(
                f"{code}.map.safetensors", _PLACEMENT, sizes | {"d": known.vectors.dimension}
            )
            placements.append(Placement(**tensors))
        return JointMapping(tuple(placements), shared["strengths"], shared["scaling"])

    def _file(self, name: str) -> Path:
        """The path of a file that must be there."""
        if not (self.folder / name).is_file():
            raise FormatError(f"is a damaged space: it holds no {name}", where=self.folder, fix=SPACE_FIX)
        return self.folder / name

    def _data(self, file: Path) -> bytes:
        """The bytes of a file, which must be those that the card knows."""
        with sound(file, SPACE_FIX):
            data = read_saved(file, SPACE_FIX)
            check_digest(data, self.beside["files"].get(file.name, ""))
        return data

    def _tensors(self, name: str, declared: dict[str, Array], sizes: dict[str, int]) -> dict[str, Tensor]:
        """The tensors of a file that is the card's."""
        file = self._file(name)
        data = self._data(file)
        with sound(file, SPACE_FIX):
            arrays = parse_arrays(data, declared, sizes)
        return {one: torch.from_numpy(array.copy()).to(self.device) for one, array in arrays.items()}


def _belongs(entry: Path) -> bool:
    """Whether an entry of a folder is a file of the space whose card stands there."""
    try:
        data = read_json(entry.with_name(CARD), SPACE_FIX)
        card = SpaceCard.from_dict(data, where=entry)
    except (InputError, FormatError):
        return False
    own = {f"{code}.vectors.safetensors" for code in card.languages}
    own |= {seeds_file(*pair) for pair in card.pairs}
    return entry.is_file() and (entry.name in own or entry.name in data.get("files", {}))
