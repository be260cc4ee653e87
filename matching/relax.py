"""What would have to change: each single change that would open a home, and the smallest sets of several.

For one child no solver is needed: the rules that exclude a home are what would have to change, and if each of
them is one that a person may change, those changes together open it. What may be changed, and by whom, is in
``changes.py``; the rules are in ``eligibility.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any

from matching.changes import CHANGES, PASSES_WITH_TIME, SPLIT_SIBLINGS, Change, later_start, together_with
from matching.eligibility import (
    RULES_FOR_EACH_CHILD,
    cases_of_group,
    exclusions_of_all,
    exclusions_without_siblings,
    open_but_for_company,
    open_to_company,
)
from matching.findings import Case, Exclusion, case_of
from matching.home import Home
from matching.home_list import Asked
from matching.referral import Referral

MOST_CHANGES_AT_ONCE = 3
"""A home that would take more changes than this is not named: nobody makes four changes for one bed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """One change, or the smallest set of changes, what it takes, and the homes it would open.

    Parameters
    ----------
    change
        The code of the change; of a set, the codes joined by ``+``.
    changes
        The codes one by one; all of them are needed.
    """

    change: str
    changes: tuple[str, ...]
    text: str
    homes_gained: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's relaxation; a set says its changes one by one as well."""
        one_by_one = {"changes": list(self.changes)} if len(self.changes) > 1 else {}
        return {
            "change": self.change,
            "text": self.text,
            "homes_gained": list(self.homes_gained),
            **one_by_one,
        }


def relaxations(
    case: Case, asked: Asked, exclusions: Sequence[tuple[Exclusion, ...]]
) -> tuple[Relaxation, ...]:
    """Return each smallest set of changes that opens at least one home: fewest changes, then most homes first.

    A home is named under every set that opens it and of which no part opens it. A later start also names the
    homes that an earlier one opens.

    Parameters
    ----------
    case
        The child.
    asked
        Every home that may not be offered.
    exclusions
        What excludes each of them.
    """
    gained: dict[tuple[Change, ...], list[str]] = {}
    for home_id, changes in _smallest_sets(case, asked, exclusions):
        gained.setdefault(changes, []).append(home_id)
    _add_earlier_starts(gained)
    found = [_relaxation(changes, ids) for changes, ids in gained.items()]
    return tuple(sorted(found, key=lambda one: (len(one.changes), -len(one.homes_gained), one.change)))


def _relaxation(changes: tuple[Change, ...], ids: Iterable[str]) -> Relaxation:
    texts = " ".join(change.text for change in changes)
    together = {1: "", 2: "Both are needed. "}.get(len(changes), "All of these are needed. ")
    codes = tuple(change.code for change in changes)
    return Relaxation(
        change="+".join(codes), changes=codes, text=together + texts, homes_gained=tuple(sorted(set(ids)))
    )


def _add_earlier_starts(gained: dict[tuple[Change, ...], list[str]]) -> None:
    """Add to each later start alone the homes that an earlier start opens."""
    so_far: list[str] = []
    starts = [
        changes for changes in gained if len(changes) == 1 and changes[0].code.startswith("later_start:")
    ]
    for changes in sorted(starts, key=lambda changes: changes[0].code):
        so_far += gained[changes]
        gained[changes] = list(so_far)


Openings = dict[str, list[tuple[Change, ...]]]
"""By the id of a home: sets of changes, each of which opens it."""


def _smallest_sets(
    case: Case, asked: Asked, exclusions: Sequence[tuple[Exclusion, ...]]
) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Yield each home's id with each smallest set of changes that opens it."""
    sets = _openings(_Movers(case, cases_of_group(case)), asked, exclusions)
    if case.group:
        for home_id, split in _apart(case, asked, exclusions).items():
            sets[home_id] = [*sets.get(home_id, ()), *split]
    for home_id, found in sets.items():
        for changes in found:
            smaller = any(set(other) < set(changes) for other in found)
            if len(changes) <= MOST_CHANGES_AT_ONCE and not smaller:
                yield home_id, changes


@dataclass(frozen=True, slots=True)
class _Movers:
    """The child, and the brothers and sisters who must come too."""

    case: Case
    members: tuple[Case, ...]

    @property
    def cases(self) -> tuple[Case, ...]:
        return (self.case, *self.members)

    def starting(self, on: date) -> _Movers:
        later = _starting(self.case, on)
        return _Movers(later, cases_of_group(later))


def _openings(movers: _Movers, asked: Asked, excluded: Sequence[tuple[Exclusion, ...]]) -> Openings:
    """Return, by home, the sets of changes that undo what excludes it, where all of that may be undone."""
    found: Openings = {}
    until_later = []
    for index, exclusions in enumerate(excluded):
        rules = {exclusion.rule for exclusion in exclusions}
        if not rules or not rules <= _MAY_BE_UNDONE:
            continue
        if rules & PASSES_WITH_TIME:
            until_later.append(index)
            continue
        home = asked.homes[index]
        if named := _named(movers.cases, home, exclusions):
            found[home.home_id] = named
    return found | _with_a_later_start(movers, asked.some(until_later))


_MAY_BE_UNDONE = PASSES_WITH_TIME | CHANGES.keys()


def _apart(case: Case, asked: Asked, exclusions: Sequence[tuple[Exclusion, ...]]) -> Openings:
    """Return, by home, the sets of which placing brothers and sisters apart is one."""
    alone = replace(case, group=(), referral=replace(case.referral, siblings_together=None))
    barred = exclusions_without_siblings(alone, asked, exclusions)
    open_alone = asked.some([index for index, exclusions in enumerate(barred) if not exclusions])
    found: Openings = {home.home_id: [(SPLIT_SIBLINGS,)] for home in open_alone.homes}
    for home_id, sets in _openings(_Movers(alone, ()), asked, barred).items():
        found[home_id] = [(SPLIT_SIBLINGS, *changes) for changes in sets]
    for home_id, changes in _some_together(case, open_alone).items():
        found[home_id] += [(change,) for change in changes]
    return found


def _some_together(case: Case, asked: Asked) -> dict[str, list[Change]]:
    """Return, for homes that could take the child alone, with which of the brothers and sisters each could at most.

    Every largest company is named: two together of four is a gain that "placed apart" would hide.
    """
    found: dict[str, list[Change]] = {}
    open_to_member = {
        member.referral.child_id: set(open_but_for_company(member, asked)) for member in cases_of_group(case)
    }
    for size in range(len(case.group) - 1, 0, -1):
        homes = asked.homes
        left = {index for index, home in enumerate(homes) if home.home_id not in found}
        for company in combinations(case.group, size):
            change = together_with([member.child_id for member in company], _left_out(case, company))
            each = sorted(left.intersection(*(open_to_member[member.child_id] for member in company)))
            for index in open_to_company(replace(case, group=company), asked.some(each)):
                found.setdefault(homes[each[index]].home_id, []).append(change)
    return found


def _left_out(case: Case, company: tuple[Referral, ...]) -> list[str]:
    return [member.child_id for member in case.group if member not in company]


def _named(cases: tuple[Case, ...], home: Home, exclusions: Iterable[Exclusion]) -> list[tuple[Change, ...]]:
    """Return the one set of changes that undoes these exclusions; none where one of them stands.

    Parameters
    ----------
    cases
        The child, and the brothers and sisters who must come too: a change has to serve each of them.
    """
    changes: set[Change] = set()
    for exclusion in exclusions:
        if exclusion.rule not in CHANGES:
            return []
        rule = _OF_EACH_CHILD.get(exclusion.rule)
        for case in cases:
            if rule is not None and len(cases) > 1 and not isinstance(rule(case, home), Exclusion):
                continue
            named = CHANGES[exclusion.rule](case, home)
            if named is None:
                return []
            changes.add(named)
            if rule is None:
                break
    return [tuple(sorted(changes))]


_OF_EACH_CHILD = {rule.__name__: rule for rule in RULES_FOR_EACH_CHILD}


def _with_a_later_start(movers: _Movers, asked: Asked) -> Openings:
    """Return, by home, the sets of which a later start is one, the earliest that works."""
    # A child with nowhere to sleep tonight does not wait for a bed.
    if movers.case.is_urgent or (movers.case.urgency is None and movers.case.needed_at_once):
        return {}
    homes = asked.homes
    by_date: dict[date, list[int]] = {}
    for index, home in enumerate(homes):
        for on in _later_dates(movers.case, home):
            by_date.setdefault(on, []).append(index)
    found: Openings = {}
    for on in sorted(by_date):
        later, start = movers.starting(on), later_start(movers.case, on)
        left = [index for index in by_date[on] if homes[index].home_id not in found]
        barred = exclusions_of_all(later.case, asked.some(left), later.members)
        for home, exclusions in zip([homes[index] for index in left], barred, strict=True):
            if not exclusions:
                found[home.home_id] = [(start,)]
            elif named := _named(later.cases, home, exclusions):
                found[home.home_id] = [(start, *changes) for changes in named]
    return found


def _later_dates(case: Case, home: Home) -> list[date]:
    dates = [home.opens_on, *(bed.available_from for bed in home.beds or () if bed.held_for is None)]
    return sorted({on for on in dates if on is not None and on > case.start})


def _starting(case: Case, on: date) -> Case:
    """Return the case with everybody in it starting no earlier than a date."""

    def later(needed_by: date | None) -> date:
        return on if needed_by is None else max(on, needed_by)

    others = tuple(
        replace(other, needed_by=later(other.needed_by)) if other in case.group else other
        for other in case.context.others
    )
    referral = replace(case.referral, needed_by=later(case.referral.needed_by))
    moved = case_of(referral, replace(case.context, others=others))
    return moved if case.group else replace(moved, group=())
