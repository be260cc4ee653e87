"""What this server keeps in memory between requests, so that the same question is not worked out twice.

Every key names whose records were read and a digest of their content, so that nothing is ever shown from other
records than the reader's own, nor from records that have changed since. Keeping saves time and decides nothing:
an answer that is not kept is worked out again. The plans people asked for are kept in the database, not here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from api.database.records import Records
    from matching.equality import EqualityReport
    from matching.home import Home
    from matching.rank import Ranking
    from matching.referral import Referral

Answer = TypeVar("Answer")


class LastUsed(Generic[Answer]):
    """At most so many answers; the one that was not asked for longest is dropped first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, key: Hashable, work_out: Callable[[], Answer]) -> Answer:
        """Return what is kept under a key, or work it out and keep it.

        Two requests at the same moment may both work it out; nobody waits for somebody else's request.
        """
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        found = work_out()
        with self._lock:
            self._answers[key] = found
            self._answers.move_to_end(key)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The waiting list and the homes of one reader's councils, as the records stood when they were read.

    Homes are in the order of their ids, as the engine takes them. ``version`` differs whenever anything in the
    records, whose records they are, or what of them the reader may see, differs. ``withheld`` are the children
    left out because they are restricted.
    """

    version: str
    referrals: tuple[Referral, ...]
    homes: tuple[Home, ...]
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Kept:
    """One server's memory: lists as they were read, rankings lately looked at, counts of options, equality reports."""

    lists: LastUsed[Lists] = field(default_factory=lambda: LastUsed(4))
    rankings: LastUsed[Ranking] = field(default_factory=lambda: LastUsed(16))
    option_counts: LastUsed[int] = field(default_factory=lambda: LastUsed(20_000))
    equality: LastUsed[EqualityReport] = field(default_factory=lambda: LastUsed(4))

    def lists_of(self, records: Records) -> Lists:
        """Return the lists that a reader may see, read again only when a record of theirs has changed."""
        version = records.version()
        lists = self.lists.answer(version, lambda: _read(records, version))
        records.seen.withheld |= lists.withheld
        return lists


def _read(records: Records, version: str) -> Lists:
    referrals = records.referrals()
    withheld = frozenset(records.seen.withheld)
    homes = tuple(sorted(records.homes(), key=lambda home: home.home_id))
    return Lists(version=version, referrals=referrals, homes=homes, withheld=withheld)
