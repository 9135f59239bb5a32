"""What is said of a command line that cannot be understood, in one line."""

import re
from pathlib import Path

import click

_NO_COMMAND = re.compile("No such command '([^']+)'")
# Options of MUSE and of VecMap that people type by habit.
_ELSEWHERE = {
    **dict.fromkeys(("--src_emb", "--tgt_emb"), "give the two files of vectors without an option"),
    **dict.fromkeys(("--src_lang", "--tgt_lang"), "it is --source-language and --target-language here"),
    "--dico_train": "it is --lexicon FILE here, or --identical",
    "--dico_eval": "score afterwards, by isolex evaluate bli DIR TEST",
    "--n_refinement": "it is --method muse-supervised here, or --method procrustes without refinement",
    "--max_vocab": "it is --vocab N here",
    "--normalize_embeddings": "it is --normalize here",
    "--cuda": "it is --device cuda here",
    "--supervised": "it is --lexicon FILE --method vecmap here",
    "--semi_supervised": "it is --lexicon FILE --method vecmap-semi here",
    "--init_identical": "it is --identical here",
    "--init_numerals": "it is --numerals here",
    "--dictionary": "it is --lexicon FILE here",
    "--retrieval": "it is --criterion here",
    "--dico_method": "it is --criterion here",
    "--dico_build": "it is --direction here",
}


def told_of_usage(error: click.ClickException) -> str:
    """What was wrong, what is expected, and where help is."""
    message = " ".join(error.format_message().split()).rstrip(".")
    usage = error.ctx if isinstance(error, click.UsageError) else None
    if usage is None:
        return message
    if isinstance(error, click.NoSuchOption) and (instead := _ELSEWHERE.get(error.option_name)):
        message = f"No such option {error.option_name!r}; {instead}"
    elif _is_about_arguments(error):
        message = f"{message}; expected: {_pattern(usage)}"
    elif (unknown := _NO_COMMAND.match(message)) and Path(unknown[1]).exists():
        message = f"{message}; name a command before the files"
    return f"{message}; see: {usage.command_path} --help"


def _is_about_arguments(error: click.ClickException) -> bool:
    missing = isinstance(error, click.MissingParameter) and isinstance(error.param, click.Argument)
    return missing or error.message.startswith("Got unexpected extra argument")


def _pattern(context: click.Context) -> str:
    """The command with its arguments and the options that it needs."""
    needed = [
        f"{max(option.opts, key=len)} {option.make_metavar(context)}"
        for option in context.command.params
        if isinstance(option, click.Option) and option.required
    ]
    arguments = [piece for piece in context.command.collect_usage_pieces(context) if piece != "[OPTIONS]"]
    return " ".join([context.command_path, *arguments, *needed])
