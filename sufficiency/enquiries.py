"""Enquiries made of homes, and what they show: what children needed beside what they got, who said no and why.

903 shows what children got. Only searches show what they needed, and which homes would not have them. Each table tells
how much of it is missing. Beds we can use are in ``capacity.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from matching.home import Home
from matching.referral import Referral
from reference_data.problems import ImportIssue
from reference_data.tables import RecordTable, read_records, records_from_values
from reference_data.vocabulary import Urgency
from sufficiency.capacity_account import OWN_CONTRACTS

NOT_RECORDED = "not recorded"
OPEN = "still looking"
FEWEST_ANSWERS = 20
"""Answers of shared homes below this number say too little about how often we get a place. Policy default."""
NEW_SEARCH_DAYS = 90
"""After so many days without an enquiry a child's next one belongs to another search. Policy default."""
_ANSWERS = ("offered", "declined", "no_answer", "withdrawn")
_FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """One home asked for one child. ``None`` means not recorded; types are the contract's words.

    Parameters
    ----------
    answer
        ``offered``, ``declined``, ``no_answer`` or ``withdrawn``.
    reason
        Why a home declined, in the words of the field table.
    """

    enquiry_id: str
    child_id: str
    home_id: str
    asked_on: date
    referral_id: str | None = None
    type_of_home: str | None = None
    type_needed: str | None = None
    type_got: str | None = None
    answer: str | None = None
    answered_on: date | None = None
    reason: str | None = None
    placed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementMade:
    """A placement that ended a search, and how urgent the search was; ``None`` where it is not recorded."""

    child_id: str
    on: date
    urgency: Urgency | None


def placements_made(enquiries: Iterable[Enquiry], referrals: Iterable[Referral]) -> tuple[PlacementMade, ...]:
    """Return the placements that searches ended with, each with the urgency of its referral.

    A search that no longer names its referral has that of the child's own, where the child has one.
    """
    by_id: dict[str, Urgency | None] = {}
    by_child: dict[str, Urgency | None] = {}
    for referral in referrals:
        by_id[referral.referral_id] = by_child[referral.child_id] = referral.urgency
    return tuple(
        PlacementMade(
            child_id=one.child_id,
            on=one.answered_on or one.asked_on,
            urgency=by_id.get(one.referral_id or "", by_child.get(one.child_id)),
        )
        for search in searches(enquiries)
        for one in search
        if one.placed
    )


def read_enquiries(path: str | Path) -> tuple[tuple[Enquiry, ...], tuple[ImportIssue, ...]]:
    """Return the enquiries of a CSV, XLSX or JSON file, and what was noticed but did no harm.

    Raises
    ------
    ImportRejected
        If anything cannot be used: every problem is listed and nothing is returned.
    """
    return _enquiries(read_records(path, "enquiry"))


def enquiries_from_values(
    records: Iterable[Mapping[str, object]], file: str = "enquiries"
) -> tuple[tuple[Enquiry, ...], tuple[ImportIssue, ...]]:
    """Return enquiries from JSON-like mappings, by the same rules as a file."""
    return _enquiries(records_from_values(file, records, "enquiry"))


def _enquiries(table: RecordTable) -> tuple[tuple[Enquiry, ...], tuple[ImportIssue, ...]]:
    names = Enquiry.__dataclass_fields__
    return (
        tuple(Enquiry(**{k: v for k, v in row.values.items() if k in names}) for row in table.rows),
        table.warnings,
    )


def searches(enquiries: Iterable[Enquiry]) -> tuple[tuple[Enquiry, ...], ...]:
    """Return the enquiries of each search, in order of time: one child, one referral, no long pause."""
    by_child: dict[tuple[str, str], list[Enquiry]] = {}
    for enquiry in enquiries:
        by_child.setdefault((enquiry.child_id, enquiry.referral_id or ""), []).append(enquiry)
    found: list[tuple[Enquiry, ...]] = []
    for own in by_child.values():
        own.sort(key=lambda one: (one.asked_on, one.enquiry_id))
        start = 0
        for n in range(1, len(own) + 1):
            if n == len(own) or (own[n].asked_on - own[n - 1].asked_on).days > NEW_SEARCH_DAYS:
                found.append(tuple(own[start:n]))
                start = n
    return tuple(sorted(found, key=lambda search: (search[0].asked_on, search[0].enquiry_id)))


def needed_and_got(enquiries: Iterable[Enquiry]) -> dict[str, Any]:
    """Return what type of home each search was for, beside the type the child got.

    Returns
    -------
    ``matrix``: rows of ``needed``, ``got`` and ``searches``; ``searches`` in all; ``got_what_was_needed``: of the
    searches that ended with both known, the share with the same type; ``missing``: the share without a needed type, or
    ended without a type got. A search without an answer that placed anybody is ``still looking``.
    """
    table: Counter[tuple[str, str]] = Counter()
    missing = 0
    for search in searches(enquiries):
        needed = _last(one.type_needed for one in search)
        got = _last(one.type_got for one in search)
        ended = got is not None or any(one.placed for one in search)
        missing += needed is None or (ended and got is None)
        table[needed or NOT_RECORDED, got or (NOT_RECORDED if ended else OPEN)] += 1
    total = sum(table.values())
    known = {k: n for k, n in table.items() if NOT_RECORDED not in k and k[1] != OPEN}
    same = sum(n for (needed, got), n in known.items() if needed == got)
    return {
        "matrix": [{"needed": a, "got": b, "searches": n} for (a, b), n in sorted(table.items())],
        "searches": total,
        "got_what_was_needed": round(same / sum(known.values()), 4) if known else None,
        "missing": round(missing / total, 4) if total else None,
    }


def answers_by_type(enquiries: Iterable[Enquiry]) -> tuple[dict[str, Any], ...]:
    """Return, by type of home asked, how many offered, declined and why, and how many never answered.

    Returns
    -------
    Rows of ``type``, ``asked``, each answer's number, ``not_recorded`` and ``reasons`` (number by reason, most first).
    """
    by_type: dict[str, list[Enquiry]] = {}
    for enquiry in enquiries:
        by_type.setdefault(enquiry.type_of_home or NOT_RECORDED, []).append(enquiry)
    rows = []
    for kind, own in sorted(by_type.items()):
        answers = Counter(one.answer for one in own)
        reasons = Counter(one.reason or NOT_RECORDED for one in own if one.answer == "declined")
        rows.append(
            {
                "type": kind,
                "asked": len(own),
                **{answer: answers[answer] for answer in _ANSWERS},
                "not_recorded": answers[None],
                "reasons": dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
            }
        )
    return tuple(rows)


def observed_share(enquiries: Iterable[Enquiry], homes: Sequence[Home]) -> float | None:
    """Return how often a shared home that was not full offered us its place, or ``None`` where too few answered.

    It is what ``usable_capacity`` takes as the share of confirmed vacancies that our children get. Silence counts as no;
    an offer withdrawn later was no place for us.

    Parameters
    ----------
    homes
        Every home known; those in-house or in a block contract are ours and not counted.
    """
    shared = {home.home_id for home in homes if home.contract not in OWN_CONTRACTS}
    told = [
        one
        for one in enquiries
        if one.home_id in shared
        and one.answer is not None
        and not (one.answer == "declined" and one.reason == _FULL)
    ]
    if len(told) < FEWEST_ANSWERS:
        return None
    return round(sum(one.answer == "offered" for one in told) / len(told), 4)


def _last(values: Iterable[str | None]) -> str | None:
    return next((value for value in reversed(list(values)) if value), None)
