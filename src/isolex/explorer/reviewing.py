"""A review as the page sees it: tasks, decisions and files as plain JSON values."""

import re
import tempfile
import time
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, cast

from isolex.errors import InputError
from isolex.explorer.concordance import Concordance
from isolex.explorer.explorer import Explorer
from isolex.lexicon.words import word_problem
from isolex.review import Decision, ProposedWord, Task, write_decisions
from isolex.review.review import QueueName
from isolex.review.tables import parse_decisions
from isolex.tables import check_utf8, split_lines

_NEAR = 5
_SHOWN = 9
_MOST_REFUSED = 100
_SHOWN_LETTERS = 40
_LISTED = 20
# Counting takes at most a twentieth of the time, unless it is a matter of milliseconds.
_SELDOM = 20
_SOON = 0.005
# SQLite has no greater ones than of 19 digits.
_NUMBER = re.compile("[0-9]{1,18}")
_ENDINGS = {"tsv": ".tsv", "jsonl": ".jsonl", "tei": ".tei.xml", "tbx": ".tbx", "omegat": ".utf8"}


class Reviewing:
    """A review, for the page.

    Args:
        explorer: What shows the alignment, with the review of it.
        reviewer: Who decides, where no secret link says it.
        codes: Of the languages, for exported files, where the explorer has none; None for an unknown one.
        examples: By language, sentences to show words in.
        keyed: Whether each reviewer has a secret link, so that nobody can import decisions of another.

    Raises:
        InputError: The explorer has no review.
    """

    def __init__(
        self,
        explorer: Explorer,
        *,
        reviewer: str = "reviewer",
        codes: tuple[str | None, str | None] | None = None,
        examples: Mapping[str, Concordance] | None = None,
        keyed: bool = False,
    ) -> None:
        if explorer.review is None or explorer.reviewed is None:
            raise InputError("the explorer has no review", where="review")
        self._explorer, self._review = explorer, explorer.review
        self.languages, self.reviewer = explorer.reviewed, reviewer
        self._codes = self.languages if codes is None else codes
        self._examples = dict(examples or {})
        self._keyed = keyed
        self._progress: dict[str, Any] = {}
        self._fresh_until = 0.0
        self._counting = Lock()

    def who(self, key: str) -> str | None:
        """The reviewer whose secret link this is."""
        return self._review.log.who(key)

    def item(self, reviewer: str, queue: str) -> dict[str, Any]:
        """The next word of a reviewer."""
        if queue not in ("main", "suspects"):
            raise InputError(f"got the queue {queue[:20]!r}, expected main or suspects", where="review")
        # Whoever loads the page again goes on with the same word.
        name = cast(QueueName, queue)
        task = self._review.current(reviewer, queue=name) or self._review.next(reviewer, queue=name)
        few = self._review.few_seeds if queue == "suspects" else None
        if task is None:
            return {"item": None, "told": "Nothing is left in this queue.", "few_seeds": few}
        return {"item": self._item(task), "few_seeds": few}

    def open(self, reviewer: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """A word that a reviewer asks for."""
        word = said.get("word")
        if not isinstance(word, str):
            raise InputError("got no word", where="review")
        return {"item": self._item(self._review.open(word, reviewer))}

    def change(self, reviewer: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """The word of an older decision again, which holds until there is another one."""
        event = _number(said.get("event"))
        if event is None:
            raise InputError("got no number of a decision", where="review")
        task = self._review.change(reviewer, event)
        if task is None:
            return {"item": None, "told": "This decision does not hold any more."}
        return {"item": self._item(task)}

    def leave(self, reviewer: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Go away from a word without a decision."""
        item = _number(said.get("id"))
        if item is None:
            raise InputError("got no item", where="review")
        self._review.leave(reviewer, item)
        return {"left": True}

    def decisions(self, reviewer: str, *, containing: str = "") -> dict[str, Any]:
        """The last decisions of a reviewer that have a text in their words or comment, newest first."""
        sought = containing.casefold()
        found = [
            one
            for one in self._review.judgements
            if one.reviewer == reviewer
            and any(
                sought in text.casefold() for text in (one.source, *one.accepted, *one.rejected, one.comment)
            )
        ]
        return {
            "found": len(found),
            "decisions": [
                {
                    "event": str(one.event),
                    "word": one.source,
                    "at": one.at,
                    **_said(one),
                }
                for one in found[: -_LISTED - 1 : -1]
            ],
        }

    def decide(self, reviewer: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Note a decision."""
        number = _number(said.get("id"))
        if number is None:
            raise InputError("got a decision on no item", where="review")
        item = self._review.log.item(number)
        if item.reviewer != reviewer:
            raise InputError("got a decision on the item of another reviewer", where="review")
        if said.get("word", item.source) != item.source:
            raise InputError(
                "got a decision on a word of another review", where="review", fix="load the page again"
            )
        comment, shown = said.get("comment", ""), said.get("proposal")
        accepted, rejected = _words(said.get("accepted")), _words(said.get("rejected"))
        decision = self._review.decide(
            number,
            accepted=accepted,
            rejected=rejected,
            comment=_tidy(comment) if isinstance(comment, str) else "",
            # What stood first on the page: a new generation may propose something else meanwhile.
            proposal=shown if isinstance(shown, str) and not word_problem(shown) else None,
        )
        ignored = self._ignored(decision, accepted, rejected)
        return {
            "event": decision.event,
            "holds": not ignored,
            "told": ignored or self._unlearnable(decision),
            "progress": self.progress(),
        }

    def _ignored(self, decision: Decision, accepted: list[str], rejected: list[str]) -> str:
        """Why what a reviewer says now does not hold; nothing if it does."""
        if decision not in self._review.judgements.of(decision.source):
            return (
                f"Your decision on {_short(decision.source)} was taken back in the meantime. "
                "Look the word up to decide again."
            )
        if ({*accepted}, {*rejected}) != ({*decision.accepted}, {*decision.rejected}):
            return f"You had already decided on {_short(decision.source)}. The earlier decision holds."
        return ""

    def _unlearnable(self, decision: Decision) -> str:
        """Which of the accepted words isolex cannot learn from; nothing if there are none."""
        target = self._review.base.target
        unknown = [_short(word) for word in decision.accepted if target.id(word) is None]
        if unknown:
            return (
                f"{', '.join(unknown)} will be in exported dictionaries. isolex cannot learn from it, "
                "since its vocabulary has no such word."
            )
        return ""

    def undo(self, reviewer: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Take a decision of a reviewer back, by its number, or the last one."""
        event = _number(said.get("event"))
        if event is None and said.get("event") is not None:
            raise InputError("got no number of a decision", where="review")
        found = self._review.undo(reviewer, event=event)
        if found is None:
            return {"undone": None, "told": "There is nothing to undo."}
        decision, task = found
        again = "" if task.replaces is None else "Your earlier decision holds again until you decide anew."
        return {
            "undone": decision.event,
            "told": again,
            "said": _said(decision),
            "item": self._item(task, decision),
            "progress": self.progress(),
        }

    def progress(self) -> dict[str, Any]:
        """How far reviewing is, what contradicts what, and how well reviewers agree.

        Where that takes long, since there are many decisions, it may be a little old, but not of an earlier
        generation.
        """
        while True:
            figures = self._figures(self._review.generation.number)
            # What is learnt is known at once, and whoever asked for it waits to see it.
            learning = self._review.learning()
            if figures["generation"] == learning["generation"]:  # none came while these were counted
                return figures | learning

    def _figures(self, generation: int) -> dict[str, Any]:
        """What was counted last, and is counted anew if it is old; of a generation, or of a later one."""
        is_of_another = self._progress.get("generation") != generation
        is_old = is_of_another or time.monotonic() >= self._fresh_until
        # Where another thread counts, old figures will do, but not those of another generation.
        if is_old and self._counting.acquire(blocking=is_of_another):
            try:
                if not is_of_another or self._progress.get("generation") != generation:
                    begun = time.monotonic()
                    self._progress = self._counted()
                    took = time.monotonic() - begun
                    self._fresh_until = begun + (_SELDOM * took if took > _SOON else 0.0)
            finally:
                self._counting.release()
        return self._progress

    def _counted(self) -> dict[str, Any]:
        return self._review.progress().to_dict() | {
            "contradictions": [
                {
                    "source": one.source,
                    "target": one.target,
                    "against": one.against,
                    "accepted": one.target in one.decision.accepted,
                    "reviewer": one.decision.reviewer,
                }
                for one in self._review.contradictions()
            ],
            "agreement": [one.to_dict() for one in self._review.agreement()],
        }

    def learn(self) -> dict[str, Any]:
        """Fit the next generation now."""
        self._review.learn()
        return {"learning": "running"}

    def suspect(self, _: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Have a pair of the lexicon looked at."""
        source, target = (said.get(name) for name in ("source", "target"))
        if not isinstance(source, str) or not isinstance(target, str):
            raise InputError("got no pair, expected a source and a target", where="review")
        self._review.suspect(source, target)
        return {"queued": True}

    def exported(self, format: str) -> tuple[str, bytes]:
        """The name and the content of a file of decisions."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "decisions"
            write_decisions(self._review.judgements, path, format=format, languages=self._codes)
            return f"decisions{_ENDINGS[format]}", path.read_bytes()

    def imported(self, reviewer: str, data: bytes) -> dict[str, Any]:
        """Take a table of decisions in."""
        lines = split_lines(data)
        check_utf8("the table", lines)
        decisions, refused = parse_decisions(
            lines, where="the table", reviewer=reviewer, vocabularies=self._review.vocabularies
        )
        if self._keyed:
            others = [one for one in decisions if one.reviewer != reviewer]
            refused += [
                f"{_short(one.source)} is decided by {_short(one.reviewer)}, who has a link" for one in others
            ]
            decisions = [one for one in decisions if one.reviewer == reviewer]
        added = self._review.add(decisions)
        told = [{"why": why} for why in refused[:_MOST_REFUSED]]
        return {
            "imported": added.new,
            "known": added.known,
            "overridden": [one.to_dict() for one in added.overridden[:_LISTED]],
            "overridden_count": len(added.overridden),
            "refused": told,
            "refused_count": len(refused),
        }

    def _item(self, task: Task, undone: Decision | None = None) -> dict[str, Any]:
        """A task, with what was said before and is to be said again with a change."""
        lookup = self._explorer.lookup(*self.languages)
        proposals = lookup.proposals or self._review.proposals
        word, known = task.item.source, task.row >= 0
        evidence = proposals.evidence(task.row) if known else {}
        first = proposals.first(task.row) if known else None
        suspect = task.item.kind == "suspect"
        before = task.replaces or undone
        return {
            "id": str(task.item.id),
            "queue": "suspects" if suspect else "main",
            "kind": task.item.kind,
            "word": word,
            "rank": task.row + 1 if known else None,
            "no_translation": round(float(proposals.ranked.none_right[task.row]), 4)
            if known and proposals.dictionary.learnt
            else None,
            "candidates": [
                {
                    "word": one.word,
                    "rank": one.rank or None,
                    "confidence": None if one.confidence is None else round(one.confidence, 4),
                    "evidence": {name: round(value, 2) for name, value in evidence.items()}
                    if one.word == first
                    else {},
                    "near": lookup.near_target(one.word, _NEAR),
                    "examples": self._sentences(1, one.word),
                }
                for one in self._candidates(task, before)
            ],
            "decided": [
                {"reviewer": one.reviewer, **_said(one)}
                for one in self._review.judgements.of(word)
                # Two judge a random word, each without knowing what the other said.
                if task.item.kind != "random" and one is not task.replaces
            ],
            "replaces": None if task.replaces is None else _said(task.replaces),
            "near": lookup.near_source(word, _NEAR),
            "seeds": lookup.seeds(word),
            "examples": self._sentences(0, word),
            "pair": {"source": word, "target": task.item.proposal} if suspect else None,
        }

    def _candidates(self, task: Task, before: Decision | None) -> list[ProposedWord]:
        """Those of the task, and words that were accepted before, such as typed ones."""
        shown = list(task.candidates[:_SHOWN])
        listed = {one.word for one in shown}
        known = {one.word: one for one in task.candidates}
        target = self._review.base.target
        for word in () if before is None else before.accepted:
            if word not in listed:
                key = target.id(word)
                rank = 0 if key is None else key + 1
                shown.append(known.get(word, ProposedWord(word, rank, None)))
        return shown

    def _sentences(self, side: int, word: str) -> list[dict[str, str]]:
        found = self._examples.get(self.languages[side])
        return [] if found is None else [example.to_dict() for example in found.of(word)]


def _said(decision: Decision) -> dict[str, Any]:
    return {
        "accepted": list(decision.accepted),
        "rejected": list(decision.rejected),
        "comment": decision.comment,
    }


def _number(given: object) -> int | None:
    """The number of an item or an event as the page sends it; None if it is none."""
    return int(given) if isinstance(given, str) and _NUMBER.fullmatch(given) else None


def _words(given: object) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
        raise InputError("got no list of words", where="review")
    return [word for word in map(_tidy, given) if word]


def _short(word: str) -> str:
    return word if len(word) <= _SHOWN_LETTERS else f"{word[:_SHOWN_LETTERS]}…"


def _tidy(text: str) -> str:
    """As vectors have words: NFC, without spaces at the ends."""
    return unicodedata.normalize("NFC", text).strip()
