"""Find the cells of an XLSX that look filled and hold nothing: errors, unsaved formulas, merged cells.

The reader of spreadsheets returns all three as empty, and an empty cell means that a fact is unknown. Only
the package's XML tells them apart, so it is looked at here.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"

Fault = tuple[int, int, str, str]
"""Row and column, both from 1, the rule, and what to do."""

ERROR_ADVICE = "The cell shows a spreadsheet error. Correct it or empty it."
FORMULA_ADVICE = "The cell's formula has no stored value. Open and save the file in a spreadsheet program."
MERGED_ADVICE = "Cells are merged here. Unmerge them and fill in each row."


def spreadsheet_faults(content: bytes, sheet_name: str) -> list[Fault]:
    """Return the faults of a sheet in order of rows; none where the package cannot be read so."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            sheet = _part_of(package, sheet_name)
            if sheet is None:
                return []
            with package.open(sheet) as file:
                return sorted(_faults(file))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError):
        return []


def _part_of(package: zipfile.ZipFile, sheet_name: str) -> str | None:
    workbook = ElementTree.fromstring(package.read("xl/workbook.xml"))  # noqa: S314  size is limited before
    named = {sheet.get("name"): sheet.get(RELATION) for sheet in workbook.iter(f"{MAIN}sheet")}
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    for relation in relations.iter(f"{PACKAGE}Relationship"):
        if relation.get("Id") == named.get(sheet_name):
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    return None


def _faults(file: object) -> Iterator[Fault]:
    for _, element in ElementTree.iterparse(file, events=("end",)):  # type: ignore[call-overload]  # noqa: S314
        if element.tag == f"{MAIN}c":
            rule = _fault_of(element)
            if rule is not None:
                yield (*_place(element.get("r", "A1")), *rule)
            element.clear()
        elif element.tag == f"{MAIN}mergeCell":
            row, column = _place(element.get("ref", "A1").partition(":")[0])
            yield (row, column, "merged_cells", MERGED_ADVICE)


def _fault_of(cell: ElementTree.Element) -> tuple[str, str] | None:
    if cell.get("t") == "e":
        return ("spreadsheet_error", ERROR_ADVICE)
    value = cell.find(f"{MAIN}v")
    if cell.find(f"{MAIN}f") is not None and (value is None or value.text is None):
        # A formula that gives empty text stores it as text of type "str"; that one is truly empty.
        return None if cell.get("t") == "str" else ("formula_without_value", FORMULA_ADVICE)
    return None


def _place(reference: str) -> tuple[int, int]:
    match = re.match(r"^\$?([A-Z]{1,3})\$?(\d+)$", reference)
    if match is None:
        return (1, 1)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return (int(match[2]), column)
