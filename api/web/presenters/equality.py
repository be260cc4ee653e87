"""The equality page: what each group of children is offered, and how often people chose another home than the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.web.presenters.evidence import EvidenceView, present_evidence
from api.web.words import british_date, capital, counted, group_words, plain
from matching.small_numbers import SUPPRESSED
from reference_data.codelists import codes

BY_WORDS = {
    "sex": "Sex",
    "ethnicity": "Ethnicity",
    "disability": "Disability",
    "distance": "Distance of the home ranked first",
}
SEX_WORDS = {"F": "Girls", "M": "Boys", "U": "Not known"}
KIND_WORDS = {"connected_carer": "Connected carer"}
COLUMNS = (
    ("children", "Children"),
    ("options_median", "Homes possible (median)"),
    ("known_to_fit", "First home known to fit"),
    ("without_option", "No home possible"),
    ("first_miles_median", "Miles to the first home (median)"),
    ("first_far", "First home over 20 miles away"),
    ("homes_asked", "A home was asked"),
    ("homes_offered", "A home offered a place"),
)
"""What is told of each group, in the order of the page and of the file."""
DECIDED = (
    ("decisions", "Decisions"),
    ("first_chosen", "First home chosen"),
    ("another_chosen", "Another home chosen"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One group of children: what it is called, its figures in the order of the columns, its first homes by kind."""

    name: str
    cells: tuple[str, ...]
    kinds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTable:
    """The groups of one characteristic."""

    heading: str
    rows: tuple[GroupRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualityPage:
    """Everything the equality page shows."""

    as_of: str
    in_brief: str
    statement: str
    columns: tuple[str, ...]
    offered: tuple[GroupTable, ...]
    decided_since: str
    decided_in_brief: str
    decided_columns: tuple[str, ...]
    decided: tuple[GroupTable, ...]
    without_reason: tuple[str, ...]
    not_an_option: tuple[str, ...]
    ethnicity_told: str
    evidence: EvidenceView


def present_equality(answer: Mapping[str, Any]) -> EqualityPage:
    """Return the page from the report for the council's own eyes."""
    day = date.fromisoformat(answer["as_of"])
    overrides = answer["overrides"]
    untold = sum(
        group["children"]
        for group in answer["groups"]
        if (group["characteristic"], group["group"]) == ("ethnicity", "not recorded")
    )
    return EqualityPage(
        as_of=british_date(day),
        in_brief=f"{capital(counted(answer['children'], 'child waits', 'children wait'))}.",
        statement=answer["statement"],
        columns=tuple(words for _, words in COLUMNS),
        offered=_tables(answer["groups"], COLUMNS, day),
        decided_since=british_date(answer["decided_since"]),
        decided_in_brief=_in_brief(overrides),
        decided_columns=tuple(words for _, words in DECIDED),
        decided=_tables(answer["decided"], DECIDED, day),
        without_reason=tuple(overrides["without_reason"]),
        not_an_option=tuple(answer["not_an_option"]),
        ethnicity_told=f"Ethnicity is read from the returns by the child’s id; of {untold} of {answer['children']} it is "
        "not recorded there. Disability is what the referral asks of a home for access or communication: that finds "
        "some disabled children and not all.",
        evidence=present_evidence(answer["evidence"]),
    )


def _in_brief(overrides: Mapping[str, Any]) -> str:
    decisions = overrides["decisions"]
    if not decisions:
        return "No decision is recorded."
    return (
        f"{capital(counted(decisions, 'decision is', 'decisions are'))} recorded. The home ranked first was chosen "
        f"{_times(overrides['first_chosen'])}, another {_times(overrides['another_chosen'])}."
    )


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _tables(
    groups: Iterable[Mapping[str, Any]], columns: Iterable[tuple[str, str]], day: date
) -> tuple[GroupTable, ...]:
    names = [name for name, _ in columns]
    found: dict[str, list[GroupRow]] = {}
    for group in groups:
        of = group["characteristic"]
        found.setdefault(of, []).append(
            GroupRow(
                name=group_name(of, group["group"], day),
                cells=tuple(cell(group[name]) for name in names),
                kinds=_kinds(group.get("first_kinds")),
            )
        )
    return tuple(GroupTable(heading=BY_WORDS[of], rows=tuple(found[of])) for of in BY_WORDS if of in found)


def _kinds(kinds: Any) -> str:
    if not isinstance(kinds, Mapping):
        return ""
    return ", ".join(f"{KIND_WORDS.get(kind) or group_words(kind)} {count}" for kind, count in kinds.items())


def group_name(characteristic: str, group: str, day: date) -> str:
    """Return what a group is called: a code of the returns by its label, anything else as it is written."""
    if characteristic == "sex":
        return SEX_WORDS.get(group) or capital(group)
    known = codes("ETHNIC", day).get(group) if characteristic == "ethnicity" else None
    return known.label if known else capital(plain(group))


def cell(value: Any) -> str:
    """Return a figure as it stands in a table; what is withheld stays the letter that says so."""
    if value is None:
        return "Not known"
    if value == SUPPRESSED:
        return SUPPRESSED
    return f"{value:g}"


def equality_rows(answer: Mapping[str, Any], in_words: Callable[[Any], str] = cell) -> list[tuple[str, ...]]:
    """Return the report as the rows of a file: first its headings, then each group, then what was decided."""
    day = date.fromisoformat(answer["as_of"])
    names = [name for name, _ in (*COLUMNS, *DECIDED)]
    rows = [("characteristic", "group", *names)]
    for group in (*answer["groups"], *answer["decided"]):
        told = [in_words(group[name]) if group.get(name) is not None else "" for name in names]
        rows.append(
            (group["characteristic"], group_name(group["characteristic"], group["group"], day), *told)
        )
    overrides = answer["overrides"]
    total = [in_words(overrides[name]) if name in overrides else "" for name in names]
    rows.append(("all decisions", f"since {answer['decided_since']}", *total))
    return rows
