"""A list of homes, kept ready for the rules: homes that are alike in what a rule looks at share one answer.

Most rules look at two or three facts of a home, and thousands of homes have but a few values of them. So a rule is
asked of one home of each kind, and its finding holds for all of that kind. What the list can say of all homes is worked
out once, and kept while the same records are ranked for child after child.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.fingerprints import fingerprint
from matching.home import Home, is_fostering
from reference_data.evidence import input_hash
from reference_data.problems import InvalidInput
from reference_data.vocabulary import NeedDomain

Places = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNKNOWN = -1

WORKED_OUT: Mapping[str, tuple[Callable[[Home], Hashable], str]] = {
    "resident_count": (lambda home: len(home.residents or ()), "residents"),
}
"""Facts that are no field of a home, each with the field it is worked out from."""


class HomeList:
    """Homes in order of id, with what is worked out once for all children.

    Raises
    ------
    InvalidInput
        If two homes share an id.
    """

    def __init__(self, homes: Iterable[Home]) -> None:
        """Put the homes in order."""
        self.homes: tuple[Home, ...] = tuple(sorted(homes, key=lambda home: home.home_id))
        self.place_of = {home.home_id: place for place, home in enumerate(self.homes)}
        if len(self.place_of) != len(self.homes):
            raise InvalidInput("duplicate_home", "Two homes share an id; give each its own.")
        self._kinds: dict[tuple[str, ...], Places] = {}
        self.kinds_of_all: dict[tuple[str, ...], Sequence[Sequence[int]]] = {}

    @cached_property
    def fingerprint(self) -> str:
        """Return a SHA-256 of the homes' content, in order of id."""
        return input_hash(fingerprint(home) for home in self.homes)

    @cached_property
    def places_lived_in(self) -> dict[str, tuple[int, ...]]:
        """Return by child id the places in the list of the homes that list the child as a resident."""
        found: dict[str, tuple[int, ...]] = {}
        for place, home in enumerate(self.homes):
            for resident in home.residents or ():
                if resident.child_id is not None:
                    found[resident.child_id] = (*found.get(resident.child_id, ()), place)
        return found

    @cached_property
    def resident_counts(self) -> Places:
        """Return how many residents each home lists; -1 where they are unknown. Shape (homes,)."""
        return np.array(
            [UNKNOWN if home.residents is None else len(home.residents) for home in self.homes],
            dtype=np.int64,
        )

    @cached_property
    def fostering(self) -> Flags:
        """Say which homes are foster homes. Shape (homes,)."""
        return np.array([is_fostering(home) for home in self.homes], dtype=np.bool_)

    @cached_property
    def able(self) -> Places:
        """Return the points of 100 each home says it can meet; -1 where it has not. Shape (homes, domains)."""
        able = [home.can_meet.get(domain, UNKNOWN) for home in self.homes for domain in NeedDomain]
        return np.array(able, dtype=np.int64).reshape(len(self.homes), len(NeedDomain))

    def kinds(self, facts: tuple[str, ...]) -> Places:
        """Return a number for each home, the same where homes are alike in some facts. Shape (homes,).

        Parameters
        ----------
        facts
            Fields of a home, or names of ``WORKED_OUT``.
        """
        found = self._kinds.get(facts)
        if found is None:
            numbers: dict[Any, int] = {}
            of_home = [numbers.setdefault(values, len(numbers)) for values in self._values(facts)]
            found = self._kinds[facts] = np.array(of_home, dtype=np.int64)
        return found

    def _values(self, facts: tuple[str, ...]) -> Iterable[Any]:
        if not facts:
            return [()] * len(self.homes)
        columns = [
            map(WORKED_OUT[name][0] if name in WORKED_OUT else operator.attrgetter(name), self.homes)
            for name in facts
        ]
        return zip(*columns, strict=True)


@dataclass(frozen=True)
class Asked:
    """Some homes of a list, in its order, that are asked about together.

    Parameters
    ----------
    places
        Where they stand in the list. Shape (n,).
    instead
        By place in the list, the record to ask in place of the listed one, such as a home where a child of the
        waiting list lives whom the home does not list.
    """

    listed: HomeList
    places: Places
    instead: Mapping[int, Home] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many homes are asked about."""
        return len(self.places)

    def indices_of(self, places: Collection[int]) -> list[int]:
        """Return where homes of the list stand among those asked; those not asked about are left out."""
        if not places or not len(self.places):
            return []
        wanted = np.array(list(places), dtype=np.int64)
        index = np.minimum(np.searchsorted(self.places, wanted), len(self.places) - 1)
        found: list[int] = index[self.places[index] == wanted].tolist()
        return found

    def kinds(self, facts: tuple[str, ...]) -> Sequence[Sequence[int]]:
        """Return the indices of the homes that are alike in some facts, kind by kind."""
        found = self._kinds.get(facts)
        if found is None:
            groups: dict[int, list[int]] = {}
            for index, kind in enumerate(self.listed.kinds(facts)[self.places].tolist()):
                groups.setdefault(kind, []).append(index)
            found = self._kinds[facts] = list(groups.values())
        return found

    @cached_property
    def _kinds(self) -> dict[tuple[str, ...], Sequence[Sequence[int]]]:
        # All homes of a list are the same for every child, so their kinds are kept with the list.
        everybody = len(self.places) == len(self.listed.homes)
        return self.listed.kinds_of_all if everybody else {}

    @cached_property
    def homes(self) -> list[Home]:
        """Return the homes."""
        listed = self.listed.homes
        if not self.instead:
            return [listed[place] for place in self.places.tolist()]
        return [self.instead.get(place) or listed[place] for place in self.places.tolist()]

    def some(self, indices: Sequence[int]) -> Asked:
        """Return those of the homes that stand at these indices among them."""
        return Asked(self.listed, self.places[np.array(indices, dtype=np.int64)], self.instead)


def all_of(listed: HomeList, instead: Mapping[int, Home] | None = None) -> Asked:
    """Return the question about every home of a list."""
    return Asked(listed, np.arange(len(listed.homes), dtype=np.int64), instead or {})


class _TheSame:
    """Homes that are equal to others only where each is the very same record: quicker than by value."""

    __slots__ = ("homes",)

    def __init__(self, homes: tuple[Home, ...]) -> None:
        self.homes = homes

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.homes)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _TheSame)
            and len(self.homes) == len(other.homes)
            and all(map(operator.is_, self.homes, other.homes))
        )


def home_list(homes: Iterable[Home]) -> HomeList:
    """Return the list of these homes, the same one while the same records are given in the same order."""
    return _kept(_TheSame(tuple(homes)))


@lru_cache(maxsize=8)
def _kept(same: _TheSame) -> HomeList:
    return HomeList(same.homes)
