"""The SSDA903 return as one XML document, turned into the tables that its CSV form has.

Only the shape is changed here: what each table means is in ``returns.py``, and opening files in ``files.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from reference_data.problems import ImportIssue, ImportRejected
from reference_data.sheets import RawRow, RawTable

_PERSON = ("CHILD", "SEX", "DOB")


class _Table(NamedTuple):
    """A table of the CSV form: what it says of every child, and the columns of its own."""

    person: tuple[str, ...]
    columns: tuple[str, ...]


_TABLES = {
    "header": _Table(_PERSON, ("ETHNIC", "UPN", "MOTHER", "MC_DOB", "UASC")),
    "episodes": _Table(
        ("CHILD",),
        (
            "DECOM",
            "RNE",
            "LS",
            "CIN",
            "PLACE",
            "PLACE_PROVIDER",
            "DEC",
            "REC",
            "REASON_PLACE_CHANGE",
            "HOME_POST",
            "PL_POST",
            "URN",
        ),
    ),
    "uasc": _Table(_PERSON, ("DUC",)),
    "reviews": _Table(("CHILD", "DOB"), ("REVIEW", "REVIEW_CODE")),
    "missing": _Table(("CHILD", "DOB"), ("MISSING", "MIS_START", "MIS_END")),
    "previous_permanence": _Table(("CHILD", "DOB"), ("PREV_PERM", "LA_PERM", "DATE_PERM")),
    "oc2": _Table(
        ("CHILD", "DOB"),
        (
            "SDQ_SCORE",
            "SDQ_REASON",
            "CONVICTED",
            "HEALTH_CHECK",
            "IMMUNISATIONS",
            "TEETH_CHECK",
            "HEALTH_ASSESSMENT",
            "SUBSTANCE_MISUSE",
            "INTERVENTION_RECEIVED",
            "INTERVENTION_OFFERED",
        ),
    ),
    "oc3": _Table(("CHILD", "DOB"), ("IN_TOUCH", "ACTIV", "ACCOM")),
    "ad1": _Table(
        ("CHILD", "DOB"), ("DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR")
    ),
    "placed_for_adoption": _Table(
        ("CHILD", "DOB"), ("DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED")
    ),
    "social_worker_episodes": _Table(("CHILD", "DOB"), ("SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON")),
    "deprivation_of_liberty": _Table(("CHILD", "DOB"), ("DOLO_START", "DOLO_END")),
}
_CSV_NAME = {"CHILDID": "CHILD", "PL": "PLACE"}
"""Elements that the CSV form calls otherwise."""
_TABLE_OF_COLUMN = {
    column: name for name, table in _TABLES.items() if name != "header" for column in table.columns
}
_HEADER_COLUMNS = frozenset(_PERSON) | frozenset(_TABLES["header"].columns)


def looks_like_xml(start: bytes) -> bool:
    """Say whether a file's first bytes are those of an XML document."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def tables_of_xml(content: bytes, file: str) -> tuple[RawTable, ...]:
    """Return the tables that an XML return holds, each named ``file (table)``.

    A row's number is its place among the document's rows of that table, from 1. A table of which the document
    holds nothing is left out.

    Parameters
    ----------
    content
        The document, whose root holds one ``CHILD`` element a child.
    file
        The file's name, for problems and for the tables' names.

    Raises
    ------
    ImportRejected
        If it is no well-formed XML, declares a document type (which a return never needs and an attack
        does), or holds no child.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _rejected(file, "document_type", "The XML declares a document type. Export the return again.")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  no document type, so no entity to expand
    except (ElementTree.ParseError, ValueError, LookupError):
        raise _rejected(
            file, "not_xml", "The file is not well-formed XML. Export the return again."
        ) from None
    children = [element for element in root.iter() if _name(element) == "CHILD" and len(element)]
    if not children:
        raise _rejected(file, "no_children", "The XML holds no CHILD element, so no return.")
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in _TABLES}
    unknown: set[str] = set()
    for child in children:
        _read_child(child, rows, unknown)
    warnings = tuple(
        ImportIssue(
            file=file,
            row=None,
            column=name,
            rule="unknown_column",
            what_to_do="No table of the return has this element; it is not used.",
        )
        for name in sorted(unknown)
    )
    tables = [_table(f"{file} ({name})", _TABLES[name], found) for name, found in rows.items() if found]
    first, *others = tables
    return (
        RawTable(file=first.file, header=first.header, rows=first.rows, warnings=warnings),
        *others,
    )


def _read_child(
    child: ElementTree.Element, rows: dict[str, list[dict[str, object]]], unknown: set[str]
) -> None:
    """Add one child's rows: its header from the values said once, and a row for each group of values."""
    person: dict[str, object] = {}
    groups: list[dict[str, object]] = []
    for group in _groups(child):
        given = [(column, text) for column, text in group if text]
        person.update((name, text) for name, text in given if name in _HEADER_COLUMNS)
        own: dict[str, object] = {name: text for name, text in given if name not in _HEADER_COLUMNS}
        unknown.update(name for name in own if name not in _TABLE_OF_COLUMN)
        groups.append(own)
    if person:
        rows["header"].append(person)
    for own in groups:
        by_table: dict[str, dict[str, object]] = {}
        for name, text in own.items():
            if name in _TABLE_OF_COLUMN:
                by_table.setdefault(_TABLE_OF_COLUMN[name], {})[name] = text
        for name, values in by_table.items():
            said = {column: person[column] for column in _TABLES[name].person if column in person}
            rows[name].append({**said, **values})


def _groups(element: ElementTree.Element) -> Iterator[list[tuple[str, str]]]:
    """Give the values that stand side by side: those of one element are one row, whatever its name is."""
    leaves = [(_name(part), (part.text or "").strip()) for part in element if not len(part)]
    if leaves:
        yield [(_CSV_NAME.get(name, name), text) for name, text in leaves]
    for part in element:
        if len(part):
            yield from _groups(part)


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2].strip().upper() if isinstance(element.tag, str) else ""


def _table(name: str, table: _Table, rows: list[dict[str, object]]) -> RawTable:
    return RawTable(
        file=name,
        header=table.person + table.columns,
        rows=tuple(RawRow(number=number, cells=cells) for number, cells in enumerate(rows, start=1)),
    )


def _rejected(file: str, rule: str, what_to_do: str) -> ImportRejected:
    return ImportRejected([ImportIssue(file=file, row=None, column=None, rule=rule, what_to_do=what_to_do)])
