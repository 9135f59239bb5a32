"""Which words are before whom now."""

import time

from isolex.review.decisions import ItemKind
from isolex.review.log import LEASE_SECONDS, DecisionLog, ReviewItem


class Leases:
    """Words that were given out, each for ten minutes to one reviewer alone.

    Args:
        log: Where they are noted. Those of an earlier process begin anew.
    """

    def __init__(self, log: DecisionLog) -> None:
        self._log = log
        until = time.monotonic() + LEASE_SECONDS
        self._held = {item.id: (item, until) for item in log.leased()}

    def items(self) -> list[ReviewItem]:
        """Those that hold now, in the order in which they were given out."""
        now = time.monotonic()
        self._held = {key: lease for key, lease in self._held.items() if lease[1] > now}
        return [item for item, _ in self._held.values()]

    def taken(self) -> frozenset[str]:
        """Their words."""
        return frozenset(item.source for item in self.items())

    def give(
        self,
        source: str,
        kind: ItemKind,
        proposal: str | None,
        reviewer: str,
        *,
        replaces: int | None = None,
    ) -> ReviewItem:
        """Give a word out, as `DecisionLog.lease` notes it."""
        item = self._log.lease(source, kind, proposal, reviewer, replaces=replaces)
        self._held[item.id] = item, time.monotonic() + LEASE_SECONDS
        return item

    def end(self, number: int) -> None:
        """Take an item back, if it is out."""
        self._held.pop(number, None)
