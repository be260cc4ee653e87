"""Which children of the waiting list to look at, and in what order: a choice that stands whole in a page's address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from reference_data.vocabulary import Urgency

if TYPE_CHECKING:
    from api.services.waiting_list import WaitingEntry


class Only(StrEnum):
    """What a child must be to be shown."""

    NO_HOME = "no_home"
    LATE = "late"
    NOTICE = "notice"
    TOGETHER = "together"


class Order(StrEnum):
    """What comes first."""

    URGENT = "urgent"
    SOONEST = "soonest"
    LONGEST = "longest"
    FEWEST_HOMES = "fewest_homes"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingChoice:
    """A choice of children and their order; by default everybody, the most urgent first.

    Parameters
    ----------
    urgency
        Only children of this urgency.
    only
        Only children of whom this is true.
    """

    urgency: Urgency | None = None
    only: Only | None = None
    order: Order = Order.URGENT

    def of(self, entries: Sequence[WaitingEntry], as_of: date) -> tuple[WaitingEntry, ...]:
        """Return the children chosen, in the order chosen; those alike in it stay in the order they came in.

        Brothers and sisters are those of whose group more than one child is on the whole list.
        """
        groups = Counter(one.sibling_group for one in entries if one.sibling_group)
        found = [
            one
            for one in entries
            if self.urgency in (None, one.urgency)
            and self._is(one, as_of, groups[one.sibling_group or ""] > 1)
        ]
        if self.order is Order.SOONEST:
            found.sort(key=lambda one: one.needed_by or date.max)
        elif self.order is Order.LONGEST:
            found.sort(key=lambda one: -(one.days_waiting or 0))
        elif self.order is Order.FEWEST_HOMES:
            found.sort(key=lambda one: (one.options is None, one.options or 0))
        return tuple(found)

    def _is(self, one: WaitingEntry, as_of: date, in_group: bool) -> bool:
        if self.only is Only.NO_HOME:
            return one.options == 0
        if self.only is Only.LATE:
            return one.needed_by is not None and one.needed_by < as_of
        if self.only is Only.NOTICE:
            return one.notice_ends_on is not None
        return in_group if self.only is Only.TOGETHER else True


EVERYBODY = WaitingChoice()
