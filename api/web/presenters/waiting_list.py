"""The waiting list: who needs a home, by when, how soon, and how many homes could take each child now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from api.services.waiting_choice import EVERYBODY, Only, Order, WaitingChoice
from api.services.waiting_list import WaitingEntry, WaitingListView
from api.web.presenters.parts import Part, in_parts
from api.web.words import UNKNOWN, british_date, capital, counted, days_from, joined, urgency_words
from reference_data.vocabulary import URGENCY_ORDER, Urgency

TOGETHER = {
    "must": "Must stay with",
    "prefer": "Preferably with",
    "no": "Brother or sister of",
}

ONLY_WORDS = {
    Only.NO_HOME: "No home possible",
    Only.LATE: "Needed before today",
    Only.NOTICE: "Notice runs where they live",
    Only.TOGETHER: "Brothers and sisters",
}
ORDER_WORDS = {
    Order.URGENT: "Most urgent first",
    Order.SOONEST: "Needed soonest first",
    Order.LONGEST: "Waiting longest first",
    Order.FEWEST_HOMES: "Fewest homes first",
}
VIEWS = {
    "Everybody": EVERYBODY,
    "Tonight": WaitingChoice(urgency=Urgency.CRISIS),
    "No home possible": WaitingChoice(only=Only.NO_HOME),
    "Late": WaitingChoice(only=Only.LATE),
    "Notice runs": WaitingChoice(only=Only.NOTICE),
    "Brothers and sisters": WaitingChoice(only=Only.TOGETHER),
    "Waiting longest": WaitingChoice(order=Order.LONGEST),
}
"""Choices that are often wanted, by what their links say."""


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
    notice_ends: str
    notice_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A choice that is often wanted: its words, its address, and whether it is the one shown."""

    words: str
    address: str
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingListPage:
    """Everything the waiting list shows.

    Parameters
    ----------
    waiting
        Children on the whole list, shown or not.
    chosen
        How many of them are shown or in what order, in words; empty where nothing is chosen.
    partly
        Whether only some of them are chosen.
    asked
        The choice as it stands in an address, after a question mark or an ampersand; empty where nothing is chosen.
    urgencies, kinds, orders
        Values and words of the form's lists.
    """

    as_of: str
    rows: tuple[WaitingRow, ...]
    parts: tuple[Part, ...]
    in_brief: str
    waiting: int
    chosen: str
    partly: bool
    views: tuple[View, ...]
    choice: WaitingChoice
    asked: str
    urgencies: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    orders: tuple[tuple[str, str], ...]


ROWS_SHOWN = 100
"""Children on one page; each part of a longer list has its address."""


def rows_of(part: int) -> range:
    """Return the places in the list, from 0, that a part would show."""
    return range((max(part, 1) - 1) * ROWS_SHOWN, max(part, 1) * ROWS_SHOWN)


def present_waiting_list(
    waiting: WaitingListView, part: int = 1, choice: WaitingChoice = EVERYBODY
) -> WaitingListPage:
    """Return a part of the list, of the children chosen and in the order chosen: by default the most urgent first."""
    groups: dict[str, list[str]] = {}
    for entry in waiting.entries:
        if entry.sibling_group:
            groups.setdefault(entry.sibling_group, []).append(entry.child_id)
    chosen = choice.of(waiting.entries, waiting.as_of)
    shown = in_parts(chosen, part, most=ROWS_SHOWN)
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
        waiting=len(waiting.entries),
        chosen=_chosen(choice, len(chosen)),
        partly=bool(choice.urgency or choice.only),
        views=tuple(
            View(words=words, address=f"/waiting-list{_address(one, '?')}", shown=one == choice)
            for words, one in VIEWS.items()
        ),
        choice=choice,
        asked=_address(choice, "&"),
        urgencies=(("", "Any"), *((str(one), urgency_words(one)) for one in URGENCY_ORDER)),
        kinds=(("", "Everybody"), *((str(one), words) for one, words in ONLY_WORDS.items())),
        orders=tuple((str(one), words) for one, words in ORDER_WORDS.items()),
    )


def _chosen(choice: WaitingChoice, children: int) -> str:
    if choice == EVERYBODY:
        return ""
    if choice == WaitingChoice(order=choice.order):
        return f"Everybody is shown: {ORDER_WORDS[choice.order].lower()}."
    return f"{capital(counted(children, 'child', 'children'))} shown."


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
        notice_ends="" if child.notice_ends_on is None else british_date(child.notice_ends_on),
        notice_late=child.notice_ends_on is not None and child.notice_ends_on < as_of,
    )


def _address(choice: WaitingChoice, before: str) -> str:
    """Return a choice as it stands in an address, with what comes before it; nothing where everybody is shown."""
    given: dict[str, object] = {"urgency": choice.urgency, "only": choice.only}
    if choice.order is not Order.URGENT:
        given["order"] = choice.order
    text = urlencode({name: str(value) for name, value in given.items() if value})
    return f"{before}{text}" if text else ""
