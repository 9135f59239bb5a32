"""A sentence-transformers model: both vocabularies in one `StaticEmbedding`."""

import json
from pathlib import Path

import torch
from safetensors.torch import save

from isolex.alignment import Alignment
from isolex.interchange.model_card import Folder, example_pair, model_card
from isolex.interchange.places import export_folder
from isolex.interchange.sides import side_names, sides_of
from isolex.interchange.tokenizing import lookup_of

_MODULE = "0_StaticEmbedding"


def write(alignment: Alignment, folder: str | Path) -> tuple[Path, ...]:
    """Write a model folder for `sentence_transformers.SentenceTransformer`.

    The vector of a text is the mean of its words' rows. A string that both languages have gets a vector
    halfway between its two, unless `encode(..., prompt_name="es")` names one; see
    `isolex.interchange.tokenizing`.

    Raises:
        InputError: The folder holds anything but an unchanged export like this, or cannot be written.
        MissingExtraError: The package tokenizers is not there.
    """
    lookup = lookup_of({name: side.aligned() for name, side in sides_of(alignment).items()})
    modules = [
        {"idx": 0, "name": "0", "path": _MODULE, "type": "sentence_transformers.models.StaticEmbedding"}
    ]
    config = {
        "model_type": "SentenceTransformer",
        "prompts": lookup.tags,
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    with export_folder(alignment, folder, "sentence-transformers") as temporary:
        module = temporary / _MODULE
        module.mkdir()
        (module / "model.safetensors").write_bytes(save({"embedding.weight": torch.from_numpy(lookup.rows)}))
        (module / "tokenizer.json").write_text(lookup.tokenizer.to_str(), encoding="utf-8")
        for name, data in (("modules.json", modules), ("config_sentence_transformers.json", config)):
            (temporary / name).write_text(json.dumps(data, ensure_ascii=False, indent=2), encoding="utf-8")
        (temporary / "README.md").write_text(model_card(alignment, _described(alignment)), encoding="utf-8")
    return (Path(folder),)


def _described(alignment: Alignment) -> Folder:
    (source, target), words = side_names(alignment), example_pair(alignment)
    usage = f"""
```python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("USER/NAME")
here = model.encode([{words[0]!r}], prompt_name={source!r})
there = model.encode([{words[1]!r}], prompt_name={target!r})
print(model.similarity(here, there))
```

The vector of a text is the mean of its words' vectors; unknown words are ignored. Give the language of a text
as `prompt_name`. Without it, a string that both languages have gets a vector halfway between its two vectors.
"""
    limits = (
        "With the `prompt_name` of a language, words that only the other one has keep their vectors.",
        "Texts are split into words at spaces and punctuation. For other scripts, add spaces yourself.",
    )
    return Folder("Sentence vectors", "sentence-transformers", usage, "sentence-similarity", limits)
