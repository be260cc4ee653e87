"""The best option of each other broad kind, with what it gives up and what it gains beside the first.

A list of ten foster homes hides that a children's home would do as well: a person who decides should see one
of each kind before choosing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matching.fit import suitability_group
from matching.home import Home
from matching.option import Option
from matching.words import uncapital
from reference_data.vocabulary import PlacementType


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherKind:
    """The best option of a kind that the first option is not.

    Parameters
    ----------
    kind
        ``connected_carer``, ``fostering``, ``residential``, ``supported``, or the type of home by itself.
    gives_up, gains
        What is worse, and what is better, than in the first option, in the order of the aims.
    """

    kind: str
    home_id: str
    rank: int
    gives_up: tuple[str, ...]
    gains: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the alternative ready for JSON."""
        return {
            "kind": self.kind,
            "home_id": self.home_id,
            "rank": self.rank,
            "gives_up": list(self.gives_up),
            "gains": list(self.gains),
        }


def kind_of(home: Home) -> str:
    """Return the broad kind of a home; a connected carer is a kind of its own, as in section 22C(6)."""
    if home.type is PlacementType.CONNECTED_FOSTER_CARER:
        return "connected_carer"
    return suitability_group(home) or home.type.value


def other_kinds(options: Sequence[Option]) -> tuple[OtherKind, ...]:
    """Return the first option of every kind but that of the first option of all, in order of rank.

    Parameters
    ----------
    options
        Every option in its order, also those that are not shown.
    """
    found: dict[str, OtherKind] = {}
    for option in options:
        kind = kind_of(option.home)
        if kind != kind_of(options[0].home) and kind not in found:
            found[kind] = _beside(options[0], option, kind)
    return tuple(found.values())


def _beside(first: Option, other: Option, kind: str) -> OtherKind:
    gives_up: list[str] = []
    gains: list[str] = []
    for here, there in zip(first.terms, other.terms, strict=True):
        if there.units != here.units:
            worse = there.units > here.units
            (gives_up if worse else gains).append(f"{there.text} (the first option: {uncapital(here.text)})")
    asked, asked_first = len(other.questions), len(first.questions)
    if asked > asked_first:
        more = asked - asked_first
        gives_up.append(f"{more} more question{'' if more == 1 else 's'} to ask first")
    elif asked < asked_first:
        fewer = asked_first - asked
        gains.append(f"{fewer} fewer question{'' if fewer == 1 else 's'} to ask first")
    return OtherKind(
        kind=kind, home_id=other.home_id, rank=other.rank, gives_up=tuple(gives_up), gains=tuple(gains)
    )
