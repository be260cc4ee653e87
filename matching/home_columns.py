"""A list of homes as columns, so that what most homes pass without a word is asked of all of them at once.

A column answers only whether a rule can have anything to say of a home: the ages fit, the number fits, a place is
free, the needs are within what the home says. Where it can, the rule itself is asked, and only the rule decides. As in
``when_rules_speak.py``, a test holds that nothing here silences one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matching.findings import Case
from matching.fit import suitability_group
from matching.home import Home
from matching.when_rules_speak import rules_about
from reference_data.vocabulary import NeedDomain, Suitability

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

_UNKNOWN = -1
_NEVER_YOUNG_ENOUGH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeColumns:
    """Homes as arrays of one length, in the order of the list; -1 is unknown.

    Parameters
    ----------
    about
        For each home the rules that can find something about it, whoever the child is.
    min_age
        Registered ages; a home without a youngest age fits no age here, so that its rule is asked.
    vacancies
        Free places where they are counted as vacancies and not bed by bed.
    able
        Points of 100 the home says it can meet, by domain. Shape (n, 5).
    """

    about: tuple[frozenset[str], ...]
    kind: NDArray[np.str_]
    group: NDArray[np.str_]
    min_age: Numbers
    max_age: Numbers
    places: Numbers
    residents: Numbers
    vacancies: Numbers
    able: Numbers


@lru_cache(maxsize=16)
def columns_of(homes: tuple[Home, ...]) -> HomeColumns:
    """Return the columns of a list of homes, made once for every child who is ranked over it."""

    def numbers(values: list[int | None], unknown: int = _UNKNOWN) -> Numbers:
        return np.array([unknown if value is None else value for value in values], dtype=np.int64)

    able = [home.can_meet.get(domain) for home in homes for domain in NeedDomain]
    return HomeColumns(
        about=tuple(rules_about(home) for home in homes),
        kind=np.array([home.type.value for home in homes], dtype=np.str_),
        group=np.array([suitability_group(home) or "" for home in homes], dtype=np.str_),
        min_age=numbers([home.min_age for home in homes], _NEVER_YOUNG_ENOUGH),
        max_age=numbers([home.max_age for home in homes]),
        places=numbers([home.places for home in homes]),
        residents=numbers([len(home.residents or ()) for home in homes]),
        vacancies=numbers([home.vacancies if home.beds is None else None for home in homes]),
        able=numbers(able).reshape(len(homes), len(NeedDomain)),
    )


def _registered_age(case: Case, homes: HomeColumns) -> Flags:
    if case.age is None:
        return np.ones(len(homes.about), dtype=np.bool_)
    return (homes.min_age > case.age) | (homes.max_age < case.age)


def _type_acceptable(case: Case, homes: HomeColumns) -> Flags:
    return ~np.isin(homes.kind, [kind.value for kind in case.referral.acceptable_types or ()])


def _type_suitable(case: Case, homes: HomeColumns) -> Flags:
    views = case.referral.suitability
    return np.isin(homes.group, [group for group, view in views.items() if view is Suitability.UNSUITABLE])


def _need_gap(case: Case, homes: HomeColumns) -> Flags:
    speaks = np.zeros(len(homes.about), dtype=np.bool_)
    for column, (_, need, tolerance) in zip(homes.able.T, case.scored, strict=True):
        if need is None:
            return np.ones(len(homes.about), dtype=np.bool_)
        speaks |= (need - column > tolerance) | ((column == _UNKNOWN) & (need > 0))
    return speaks


def _registered_number(case: Case, homes: HomeColumns) -> Flags:
    return homes.residents + len(case.child_ids) > homes.places


def _place_free(case: Case, homes: HomeColumns) -> Flags:
    return homes.vacancies < len(case.starts)


MAY_SPEAK: dict[str, Callable[[Case, HomeColumns], Flags]] = {
    "registered_age": _registered_age,
    "type_acceptable": _type_acceptable,
    "type_suitable": _type_suitable,
    "need_gap": _need_gap,
    "registered_number": _registered_number,
    "place_free": _place_free,
}
"""By rule: the homes of which it can have something to say for a child."""
