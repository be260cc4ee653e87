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
from matching.eligibility import RULES_FOR_EACH_CHILD, assess_all, cases_of_group
from matching.findings import Assessment, Case, Exclusion, case_of
from matching.home import Home
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


def relaxations(case: Case, assessed: Iterable[tuple[Home, Assessment]]) -> tuple[Relaxation, ...]:
    """Return each smallest set of changes that opens at least one home: fewest changes, then most homes first.

    A home is named under every set that opens it and of which no part opens it. A later start also names the
    homes that an earlier one opens.

    Parameters
    ----------
    case
        The child.
    assessed
        Every home with what the rules found about it.
    """
    excluded = [(home, found.exclusions) for home, found in assessed if found.exclusions]
    gained: dict[tuple[Change, ...], list[str]] = {}
    for home_id, changes in _smallest_sets(case, excluded):
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


def _smallest_sets(
    case: Case, excluded: Sequence[tuple[Home, tuple[Exclusion, ...]]]
) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Yield each home's id with each smallest set of changes that opens it."""
    sets: dict[str, list[tuple[Change, ...]]] = {}
    members = cases_of_group(case)
    for home, exclusions in excluded:
        sets.setdefault(home.home_id, []).extend(_named((case, *members), home, exclusions))
        sets[home.home_id] += _with_a_later_start(case, home, exclusions)
    if case.group:
        alone = replace(case, group=(), referral=replace(case.referral, siblings_together=None))
        homes = [home for home, _ in excluded]
        for home, found in zip(homes, assess_all(alone, homes), strict=True):
            if not found.exclusions:
                sets[home.home_id].append((SPLIT_SIBLINGS,))
                sets[home.home_id] += [(change,) for change in _some_together(case, home)]
                continue
            more = (
                *_named((alone,), home, found.exclusions),
                *_with_a_later_start(alone, home, found.exclusions),
            )
            sets[home.home_id] += [(SPLIT_SIBLINGS, *changes) for changes in more]
    for home_id, found_sets in sets.items():
        for changes in found_sets:
            smaller = any(set(other) < set(changes) for other in found_sets)
            if len(changes) <= MOST_CHANGES_AT_ONCE and not smaller:
                yield home_id, changes


def _some_together(case: Case, home: Home) -> list[Change]:
    """Return, for a home that could take the child alone, with which of the brothers and sisters it could at most.

    Every largest company is named: two together of four is a gain that "placed apart" would hide.
    """
    for size in range(len(case.group) - 1, 0, -1):
        found = [
            together_with([member.child_id for member in company], _left_out(case, company))
            for company in combinations(case.group, size)
            if not assess_all(replace(case, group=company), (home,))[0].exclusions
        ]
        if found:
            return found
    return []


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


def _with_a_later_start(
    case: Case, home: Home, exclusions: tuple[Exclusion, ...]
) -> list[tuple[Change, ...]]:
    """Return the sets of which a later start is one, the earliest that works."""
    # A child with nowhere to sleep tonight does not wait for a bed.
    if case.is_urgent or not any(one.rule in PASSES_WITH_TIME for one in exclusions):
        return []
    if not all(one.rule in PASSES_WITH_TIME or one.rule in CHANGES for one in exclusions):
        return []
    for on in _later_dates(case, home):
        later = _starting(case, on)
        members = cases_of_group(later)
        left = assess_all(later, (home,), members)[0].exclusions
        if not left:
            return [(later_start(case, on),)]
        named = _named((later, *members), home, left)
        if named:
            return [(later_start(case, on), *changes) for changes in named]
    return []


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
