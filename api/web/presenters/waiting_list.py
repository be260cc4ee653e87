"""The waiting list: who needs a home, by when, how soon, and how many homes could take each child now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.services.waiting_list import WaitingEntry, WaitingListView
from api.web.presenters.parts import Part, in_parts
from api.web.words import UNKNOWN, british_date, capital, counted, days_from, joined, urgency_words
from reference_data.vocabulary import URGENCY_ORDER

TOGETHER = {
    "must": "Must stay with",
    "prefer": "Preferably with",
    "no": "Brother or sister of",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """One line of the list."""

    referral_id: str
    child_id: str
    age: str
    urgency: str
    urgency_words: str
    needed_by: str
    needed_in: str
    overdue: bool
    siblings: str
    options: str
    no_options: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingListPage:
    """Everything the waiting list shows."""

    as_of: str
    rows: tuple[WaitingRow, ...]
    parts: tuple[Part, ...]
    in_brief: str


ROWS_SHOWN = 100
"""Children on one page; each part of a longer list has its address."""


def rows_of(part: int) -> range:
    """Return the places in the list, from 0, that a part would show."""
    return range((max(part, 1) - 1) * ROWS_SHOWN, max(part, 1) * ROWS_SHOWN)


def present_waiting_list(waiting: WaitingListView, part: int = 1) -> WaitingListPage:
    """Return a part of the list in the order the service gives it: the most urgent first."""
    groups: dict[str, list[str]] = {}
    for entry in waiting.entries:
        if entry.sibling_group:
            groups.setdefault(entry.sibling_group, []).append(entry.child_id)
    shown = in_parts(waiting.entries, part, most=ROWS_SHOWN)
    counts = [
        (sum(1 for one in waiting.entries if one.urgency == urgency), urgency_words(urgency).lower())
        for urgency in URGENCY_ORDER
    ]
    brief = joined(f"{count} {words}" for count, words in counts if count)
    total = capital(counted(len(waiting.entries), "child waits", "children wait"))
    return WaitingListPage(
        as_of=british_date(waiting.as_of),
        rows=tuple(_row(entry, groups, waiting.as_of) for entry in shown.items),
        parts=shown.links,
        in_brief=f"{total}: {brief}." if brief else f"{total}.",
    )


def _row(child: WaitingEntry, groups: dict[str, list[str]], as_of: date) -> WaitingRow:
    others = [one for one in groups.get(child.sibling_group or "", []) if one != child.child_id]
    if others:
        together = TOGETHER.get(child.siblings_together or "", TOGETHER["no"])
        siblings = f"{together} {joined(others)}"
    else:
        siblings = f"Group {child.sibling_group}" if child.sibling_group else "None"
    options = "Not assessed" if child.options is None else capital(counted(child.options, "home"))
    return WaitingRow(
        referral_id=child.referral_id,
        child_id=child.child_id,
        age=UNKNOWN if child.age_years is None else str(child.age_years),
        urgency=child.urgency or "",
        urgency_words=urgency_words(child.urgency) if child.urgency else "Not known",
        needed_by=british_date(child.needed_by),
        needed_in=days_from(as_of, child.needed_by),
        overdue=child.needed_by is not None and child.needed_by < as_of,
        siblings=siblings,
        options=options,
        no_options=child.options == 0,
    )
