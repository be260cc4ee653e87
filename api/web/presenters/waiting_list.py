"""The waiting list: who needs a home, by when, how soon, and how many homes could take each child now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from api.web.words import UNKNOWN, british_date, capital, counted, days_from, joined, urgency_words
from reference_data.vocabulary import URGENCY_ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingChild:
    """The facts of one waiting child that the list shows; no name, birth date or address among them."""

    referral_id: str
    child_id: str
    age_years: int | None
    urgency: str | None
    needed_by: date | None
    sibling_group: str | None
    siblings_together: str | None
    live_options: int | None


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
    in_brief: str


def present_waiting_list(children: Iterable[WaitingChild], *, as_of: date) -> WaitingListPage:
    """Return the list, the most urgent first, then the earliest date, then the referral id."""
    order = {str(urgency): place for place, urgency in enumerate(URGENCY_ORDER)}
    children = sorted(
        children,
        key=lambda child: (
            order.get(str(child.urgency), len(order)),
            child.needed_by or date.max,
            child.referral_id,
        ),
    )
    groups: dict[str, list[str]] = {}
    for child in children:
        if child.sibling_group:
            groups.setdefault(child.sibling_group, []).append(child.child_id)
    rows = tuple(_row(child, groups, as_of) for child in children)
    counts = [
        (sum(1 for child in children if str(child.urgency) == urgency), urgency_words(urgency).lower())
        for urgency in URGENCY_ORDER
    ]
    brief = joined(f"{count} {words}" for count, words in counts if count)
    total = counted(len(rows), "child waits", "children wait")
    return WaitingListPage(
        as_of=british_date(as_of), rows=rows, in_brief=f"{capital(total)}: {brief}." if brief else ""
    )


def _row(child: WaitingChild, groups: dict[str, list[str]], as_of: date) -> WaitingRow:
    together = {"must": "must stay with", "prefer": "preferably with", "no": "brother or sister of"}
    others = [one for one in groups.get(child.sibling_group or "", []) if one != child.child_id]
    if others:
        siblings = capital(
            f"{together.get(str(child.siblings_together), 'brother or sister of')} {joined(others)}"
        )
    else:
        siblings = f"Group {child.sibling_group}" if child.sibling_group else "None"
    options = "Not assessed" if child.live_options is None else capital(counted(child.live_options, "home"))
    return WaitingRow(
        referral_id=child.referral_id,
        child_id=child.child_id,
        age=UNKNOWN if child.age_years is None else str(child.age_years),
        urgency=str(child.urgency or ""),
        urgency_words=urgency_words(str(child.urgency)) if child.urgency else "Not known",
        needed_by=british_date(child.needed_by),
        needed_in=days_from(as_of, child.needed_by),
        overdue=child.needed_by is not None and child.needed_by < as_of,
        siblings=siblings,
        options=options,
        no_options=child.live_options == 0,
    )
