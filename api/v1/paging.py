"""Parts of long lists, alike at every address that returns one: ``limit``, ``after``, and a ``Link`` to what follows.

A list stays a plain JSON array. Where more follows, the header ``Link`` names the address of the next part, with every
filter as it was. A part begins after the last one's end and not at a count, so records that come or go meanwhile make
nobody miss or meet another twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Request, Response

from reference_data.problems import InvalidInput

Item = TypeVar("Item")
DEFAULT_LIMIT, MOST = 200, 1000


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is asked for."""

    request: Request
    response: Response
    after: str
    limit: int

    def of(
        self, items: Iterable[Item], key: Callable[[Item], str], *, newest_first: bool = False
    ) -> list[Item]:
        """Return the part of a list in the order of a key, which also says where a part ends."""
        ordered = sorted(items, key=key, reverse=newest_first)
        if self.after:
            ordered = [
                one for one in ordered if (key(one) < self.after if newest_first else key(one) > self.after)
            ]
        return self.first(ordered, key)

    def as_ordered(self, items: Iterable[Item], key: Callable[[Item], str]) -> list[Item]:
        """Return the part of a list whose own order is to be kept; the key tells one from another.

        Raises
        ------
        InvalidInput
            If what the part before ended with is no longer in the list.
        """
        found = list(items)
        if self.after:
            places = [place for place, one in enumerate(found) if key(one) == self.after]
            if not places:
                raise InvalidInput(
                    "list_changed", "The list has changed since. Ask for it from its beginning."
                )
            found = found[places[0] + 1 :]
        return self.first(found, key)

    def number(self) -> int | None:
        """Return the number after which a numbered list goes on, or ``None`` for its beginning.

        Raises
        ------
        InvalidInput
            If ``after`` is no number of such a list.
        """
        if not self.after:
            return None
        if not self.after.isascii() or not self.after.isdigit() or len(self.after) > 9:
            raise InvalidInput("unusable_after", "Take `after` from the Link of the part before.")
        return int(self.after)

    def first(self, items: Sequence[Item], key: Callable[[Item], str]) -> list[Item]:
        """Return the beginning of what is left of a list, and name what follows."""
        part = list(items[: self.limit])
        if len(items) > len(part):
            self.name_next(key(part[-1]))
        return part

    def name_next(self, after: str) -> None:
        """Name the part that follows in the header ``Link``."""
        asked = [(name, value) for name, value in self.request.query_params.multi_items() if name != "after"]
        # An address alone, without scheme and host, holds behind any proxy.
        address = f"{quote(self.request.url.path)}?{urlencode([*asked, ('after', after)])}"
        self.response.headers["Link"] = f'<{address}>; rel="next"'


def part_asked(
    request: Request,
    response: Response,
    after: Annotated[
        str, Query(description="Where the part before ended: take it from its `Link`.", max_length=500)
    ] = "",
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many to return at most.")] = DEFAULT_LIMIT,
) -> Part:
    """Return which part of a list is asked for: a dependency of every address that returns one."""
    return Part(request, response, after, limit)


PartAsked = Annotated[Part, Depends(part_asked)]


def fits(record: Any, **wanted: Any) -> bool:
    """Say whether a record has each value that is asked for; what is asked as ``None`` is not asked."""
    return all(value is None or getattr(record, name) == value for name, value in wanted.items())
