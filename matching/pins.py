"""Decisions that people have taken already and that the joint plan has to keep.

Why pins cannot hold is worked out in ``pin_clashes.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reference_data.problems import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A child and a home that must be together in the plan, or with ``ban`` must not."""

    child_id: str
    home_id: str
    ban: bool = False

    def in_order(self) -> tuple[str, str, bool]:
        """Return what pins are sorted by."""
        return (self.child_id, self.home_id, self.ban)


def read_as_pins(
    pins: Iterable[Pin | Mapping[str, Any] | tuple[str, str]], child_ids: set[str], home_ids: set[str]
) -> tuple[Pin, ...]:
    """Return pins in order of child and home, from pins, mappings or ``(child_id, home_id)``.

    Raises
    ------
    InvalidInput
        If a pin has another shape, or names a child or a home that was not given.
    """
    found = set()
    for given in pins:
        if isinstance(given, Pin):
            pin = given
        elif isinstance(given, Mapping):
            try:
                pin = Pin(child_id=given["child_id"], home_id=given["home_id"], ban=bool(given.get("ban")))
            except KeyError:
                raise InvalidInput("pin_incomplete", "A pin needs a child_id and a home_id.") from None
        else:
            pin = Pin(child_id=given[0], home_id=given[1])
        if pin.child_id not in child_ids:
            raise InvalidInput("pin_unknown_child", "A pin names a child who has no referral here.")
        if pin.home_id not in home_ids:
            raise InvalidInput("pin_unknown_home", "A pin names a home that is not among the homes here.")
        found.add(pin)
    return tuple(sorted(found, key=Pin.in_order))
