"""Unaccompanied children seeking asylum: told apart in the returns, and learnt from and played forward by themselves.

They come at 16 or 17 where others come at every age, go to other placements and stay till they are 18. Learnt from
together, a year in which many came would be taken for a trend of every start, and the others' rates for theirs.
"""

from __future__ import annotations

from dataclasses import replace

from sufficiency.repair import CareHistory
from sufficiency.returns import Returns

FEWEST = 20
"""Unaccompanied children whom the returns must show before they are learnt from alone. Policy default, by judgement:
fewer say less about their own rates than all children together do."""
_YES = frozenset({"1", "Y", "YES", "TRUE"})


def unaccompanied_children(returns: Returns) -> frozenset[str]:
    """Return the ids of the children whom a table of unaccompanied children, or a header's UASC column, names."""
    found: set[str] = set()
    for table in returns.tables:
        if table.kind not in ("uasc", "header"):
            continue
        for row in table.raw.rows:
            cells = {name.strip().upper(): cell for name, cell in row.cells.items()}
            told = table.kind == "uasc" or _text(cells.get("UASC")).upper() in _YES
            if told and _text(cells.get("CHILD")):
                found.add(_text(cells.get("CHILD")))
    return frozenset(found)


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def told_apart(history: CareHistory, unaccompanied: frozenset[str]) -> tuple[CareHistory, ...]:
    """Return the history of the other children and that of the unaccompanied ones, or one of all.

    One of all where fewer than ``FEWEST`` are unaccompanied, or all but so few are.
    """
    children = {stay.child_id for stay in history.stays}
    alone = children & unaccompanied
    if min(len(alone), len(children - alone)) < FEWEST:
        return (history,)
    return (
        replace(history, stays=tuple(stay for stay in history.stays if stay.child_id not in alone)),
        replace(history, stays=tuple(stay for stay in history.stays if stay.child_id in alone)),
    )
