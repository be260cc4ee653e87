"""The equality report made fit to leave the council: small counts suppressed, the others rounded.

A count of one to five children becomes ``c``, as in the Department for Education's tables, and every other count is
rounded to the nearest five. Rounding is what protects the suppressed ones: without it they could be found by
taking the other groups from a total, in this table or across two of them.
"""

from __future__ import annotations

from typing import Any

SUPPRESSED = "c"
ROUNDED_TO = 5
"""Counts up to this are suppressed, nought apart; larger ones are rounded to it. Professional judgement: published
tables of councils suppress the same counts and do not round."""

Row = dict[str, Any]


def published(answer: Row) -> Row:
    """Return an equality report with its counts suppressed or rounded, and without the ids of children.

    Of a group too small to be counted nothing else is told.
    """
    overrides = answer["overrides"]
    return {
        **answer,
        "children": rounded(answer["children"]),
        "groups": [_group(group) for group in answer["groups"]],
        "overrides": overrides and {name: rounded(_count(value)) for name, value in overrides.items()},
        "first_worked_out": rounded(answer["first_worked_out"]),
        "not_an_option": rounded(len(answer["not_an_option"])),
    }


def rounded(count: int) -> int | str:
    """Return a count as it may be published: 0, ``c`` for one to five, or to the nearest five.

    Examples
    --------
    >>> [rounded(count) for count in (0, 1, 5, 6, 8, 12, 13)]
    [0, 'c', 'c', 5, 10, 10, 15]
    """
    if 0 < count <= ROUNDED_TO:
        return SUPPRESSED
    return ROUNDED_TO * ((count + ROUNDED_TO // 2) // ROUNDED_TO)


def _count(value: Any) -> int:
    return value if isinstance(value, int) else len(value)


def _group(group: Row) -> Row:
    if 0 < group["children"] <= ROUNDED_TO:
        names = {"characteristic", "group"}
        return {name: value if name in names else SUPPRESSED for name, value in group.items()}
    shown = {name: rounded(value) for name, value in group.items() if isinstance(value, int)}
    kinds = {kind: rounded(count) for kind, count in group["first_kinds"].items()}
    return {**group, **shown, "first_kinds": kinds}
