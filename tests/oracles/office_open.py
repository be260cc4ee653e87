"""A checker of rules of Office Open XML (ECMA-376) whose breach makes Word or Excel offer to repair a file.

It reads the parts of the package as text and knows nothing of the libraries that write them. It checks that the package holds together
(parts, content types, relationships), and in each kind of file the references and the order that a reader relies on. It is no
validation against the whole schema; ``make evidence`` opens the files in LibreOffice where it is there.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring
from zipfile import ZipFile

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


def problems(path: Path) -> list[str]:
    """Return every breach found; empty where there is none."""
    with ZipFile(path) as package:
        if package.testzip() is not None:
            return ["the package is damaged"]
        names = Counter(package.namelist())
        content = {name: package.read(name) for name in names}
    found = [f"{name} is there {count} times" for name, count in names.items() if count > 1]
    parts: dict[str, Element] = {}
    for name, text in content.items():
        if name.endswith((".xml", ".rels")):
            try:
                parts[name] = fromstring(text)
            except ParseError:
                found.append(f"{name} is not well formed")
    found += _package(parts, set(content))
    if "word/document.xml" in parts:
        found += _word(parts)
    if "xl/workbook.xml" in parts:
        found += _workbook(parts)
    return found


def _package(parts: dict[str, Element], names: set[str]) -> Iterator[str]:
    types = parts["[Content_Types].xml"]
    by_ending = {one.get("Extension", "").casefold() for one in types.iter(f"{TYPES}Default")}
    by_name = {one.get("PartName", "") for one in types.iter(f"{TYPES}Override")}
    for name in names - {"[Content_Types].xml"}:
        if f"/{name}" not in by_name and name.rsplit(".", 1)[-1].casefold() not in by_ending:
            yield f"{name} has no content type"
    for name in by_name - {f"/{one}" for one in names}:
        yield f"a content type for {name}, which is not there"
    for name, root in parts.items():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        ids = Counter(one.get("Id") for one in root.iter(f"{PACKAGE}Relationship"))
        if any(count > 1 for count in ids.values()):
            yield f"{name} gives an id twice"
        for one in root.iter(f"{PACKAGE}Relationship"):
            target = one.get("Target", "")
            where = (
                target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
            if one.get("TargetMode") != "External" and where not in names:
                yield f"{name} leads to {target}, which is not there"
    for name, root in parts.items():
        if not name.endswith(".rels"):
            rels = parts.get(
                posixpath.join(posixpath.dirname(name), "_rels", f"{posixpath.basename(name)}.rels")
            )
            known = set() if rels is None else {one.get("Id") for one in rels}
            used = {value for one in root.iter() for key, value in one.attrib.items() if key.startswith(R)}
            if lost := used - known:
                yield f"{name} uses the relationships {sorted(lost)}, which it does not have"


def _word(parts: dict[str, Element]) -> Iterator[str]:
    body = parts["word/document.xml"]
    styles = {one.get(f"{W}styleId") for one in parts["word/styles.xml"].iter(f"{W}style")}
    for kind in ("pStyle", "rStyle", "tblStyle"):
        for one in body.iter(f"{W}{kind}"):
            if one.get(f"{W}val") not in styles:
                yield f"the style {one.get(f'{W}val')} is used and not there"
    drawn = Counter(one.get("id") for one in body.iter(DRAWN))
    if any(count > 1 for count in drawn.values()):
        yield "two pictures have one id"
    for table in body.iter(f"{W}tbl"):
        columns = len(list(table.iter(f"{W}gridCol")))
        for row in table.iter(f"{W}tr"):
            cells = list(row.iter(f"{W}tc"))
            if len(cells) != columns:
                yield f"a row of {len(cells)} cells in a table of {columns} columns"
            for cell in cells:
                if not len(cell) or cell[-1].tag != f"{W}p":
                    yield "a cell that does not end in a paragraph"


def _workbook(parts: dict[str, Element]) -> Iterator[str]:
    sheets = [one.get("name", "") for one in parts["xl/workbook.xml"].iter(f"{S}sheet")]
    if len({name.casefold() for name in sheets}) < len(sheets):
        yield "two sheets have one name"
    for name in sheets:
        if (
            not 0 < len(name) <= 31
            or re.search(r"[\[\]:*?/\\]", name)
            or name.startswith("'")
            or name.endswith("'")
        ):
            yield f"no sheet may be called {name!r}"
    strings = parts.get("xl/sharedStrings.xml")
    texts = 0 if strings is None else len(list(strings.iter(f"{S}si")))
    formats = parts["xl/styles.xml"].find(f"{S}cellXfs")
    styles = 0 if formats is None else len(formats)
    for name, root in parts.items():
        if name.startswith("xl/worksheets/") and not name.endswith(".rels"):
            yield from _sheet(name, root, texts, styles, set(sheets))


def _sheet(name: str, root: Element, texts: int, styles: int, sheets: set[str]) -> Iterator[str]:
    before = 0
    for row in root.iter(f"{S}row"):
        number, column = int(row.get("r", 0)), 0
        if number <= before:
            yield f"{name}: row {number} after row {before}"
        before = number
        for cell in row.iter(f"{S}c"):
            found = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", ""))
            at = (
                sum((ord(letter) - 64) * 26**n for n, letter in enumerate(reversed(found[1]))) if found else 0
            )
            if not found or int(found[2]) != number or at <= column:
                yield f"{name}: the cell {cell.get('r')} is out of its place"
            column = at
            value = cell.findtext(f"{S}v")
            if cell.get("t") == "s" and not 0 <= int(value or -1) < texts:
                yield f"{name}: {cell.get('r')} points to a text that is not there"
            if cell.get("t", "n") == "n" and value is not None and not _is_number(value):
                yield f"{name}: {cell.get('r')} is said to be a number"
            if not 0 <= int(cell.get("s", 0)) < max(styles, 1):
                yield f"{name}: {cell.get('r')} has a style that is not there"
    for link in root.iter(f"{S}hyperlink"):
        to = link.get("location", "").rpartition("!")[0].strip("'")
        if link.get("location") and to not in sheets:
            yield f"{name}: a link leads to a sheet that is not there"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.casefold() not in {"nan", "inf", "-inf"}
