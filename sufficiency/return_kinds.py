"""The tables of an SSDA903 return, each known by its columns and not only by its file's name."""

from __future__ import annotations

import re
from collections.abc import Iterable

_KIND_BY_COLUMNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("episodes", frozenset({"CHILD", "DECOM"})),
    ("reviews", frozenset({"CHILD", "REVIEW"})),
    ("uasc", frozenset({"CHILD", "DUC"})),
    ("oc2", frozenset({"CHILD", "SDQ_SCORE"})),
    ("oc3", frozenset({"CHILD", "IN_TOUCH"})),
    ("ad1", frozenset({"CHILD", "DATE_INT"})),
    ("placed_for_adoption", frozenset({"CHILD", "DATE_PLACED"})),
    ("previous_permanence", frozenset({"CHILD", "PREV_PERM"})),
    ("missing", frozenset({"CHILD", "MIS_START"})),
    ("social_worker_episodes", frozenset({"CHILD", "SW_DECOM"})),
    ("deprivation_of_liberty", frozenset({"CHILD", "DOLO_START"})),
    ("header", frozenset({"CHILD", "DOB"})),
)
_OF_THE_DATASET = (
    frozenset({"CLAP_PERSON_ID", "CLAP_CLA_PLACEMENT_START_DATE"}),
    frozenset({"PERS_PERSON_ID", "PERS_DOB"}),
)
_ALSO_CALLED = {"CHILDID": "CHILD", "CHILD_ID": "CHILD", "PL": "PLACE"}
"""Other names that systems write: those of the XML form, and the id of a child in full."""


def table_kind(names: Iterable[str]) -> str | None:
    """Return which table of the return has these columns, in any case and order, or ``None``.

    Examples
    --------
    >>> table_kind(["Decom", "child", "Place"]), table_kind(["name", "address"])
    ('episodes', None)
    """
    given = {name.upper() for name in names}
    return next((kind for kind, columns in _KIND_BY_COLUMNS if columns <= given), None)


def are_names(cells: Iterable[str]) -> bool:
    """Say whether cells are the names of columns of a table that can be read here."""
    given = {cell.upper() for cell in cells}
    return table_kind(given) is not None or any(columns <= given for columns in _OF_THE_DATASET)


def column_name(cell: object) -> str:
    """Return a column's name as the return writes it: spaces and hyphens inside as underscores.

    Examples
    --------
    >>> column_name(" Place Provider "), column_name("CHILDID"), column_name("Decom")
    ('Place_Provider', 'CHILD', 'Decom')
    """
    name = re.sub(r"[\s\-]+", "_", str("" if cell is None else cell).strip().strip("\ufeff\u200b"))
    return _ALSO_CALLED.get(name.upper(), name)
