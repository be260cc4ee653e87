"""A long list shown in parts, each at its own address, so that no page grows without limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part as the links to all parts show it: its number, what it holds in words, whether it is the one shown."""

    number: int
    words: str
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InParts(Generic[Item]):
    """The items of one part, where it stands, and the links to all of them; no link where one part holds all."""

    items: tuple[Item, ...]
    number: int
    first: int
    links: tuple[Part, ...]


def in_parts(items: Sequence[Item], asked: int, *, most: int) -> InParts[Item]:
    """Return the part asked for, from 1; one that does not exist gives the nearest.

    Parameters
    ----------
    most
        Items of a part; at least 1.
    """
    count = max(1, -(-len(items) // most))
    number = min(max(asked, 1), count)
    first = (number - 1) * most
    links = tuple(
        Part(
            number=one,
            words=f"{(one - 1) * most + 1} to {min(one * most, len(items))}",
            shown=one == number,
        )
        for one in range(1, count + 1)
    )
    return InParts(
        items=tuple(items[first : first + most]),
        number=number,
        first=first,
        links=links if count > 1 else (),
    )
