"""A checker of a part of PDF/UA-1 (ISO 14289-1), written apart from what makes the report.

It looks at what a machine can tell without judging words, after the failure conditions of the Matterhorn Protocol 1.02
whose numbers stand beside each finding. It does not judge whether a text says what a picture shows, whether the order of reading
makes sense, colour contrast, or syntax of the file itself; forms, media, optional content and mathematics are refused rather
than checked, for a report has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
from pypdf.generic import ContentStream

PAINTS = frozenset(
    {b"Tj", b"TJ", b"'", b'"', b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"S", b"s", b"Do", b"sh"}
)
BLOCKS = frozenset(
    {"Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct"}
)
STANDARD = BLOCKS | frozenset(
    {
        *("P", "H", *(f"H{n}" for n in range(1, 7)), "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD"),
        *(
            "THead",
            "TBody",
            "TFoot",
            "Span",
            "Quote",
            "Note",
            "Reference",
            "BibEntry",
            "Code",
            "Link",
            "Annot",
        ),
        *("Figure", "Formula", "Form", "Private"),
    }
)
CHILDREN = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
    "TOC": {"TOC", "TOCI", "Caption"},
}


def problems(path: Path) -> list[str]:
    """Return every failure found, each with its number in the protocol; empty where there is none."""
    reader = pypdf.PdfReader(path)
    root = reader.trailer["/Root"]
    found = [*_document(reader, root)]
    if "/StructTreeRoot" not in root:
        return [*found, "01-005 no structure tree"]
    roles = {str(a)[1:]: str(b)[1:] for a, b in root["/StructTreeRoot"].get("/RoleMap", {}).items()}
    elements = list(_elements(root["/StructTreeRoot"], roles))
    found += _structure(elements)
    found += _content(reader, elements)
    found += _fonts(reader)
    return found


def _document(reader: pypdf.PdfReader, root: Any) -> Iterator[str]:
    if not _says(root.get("/MarkInfo", {}), "/Marked"):
        yield "06-001 the file does not say that it is tagged"
    if _says(root.get("/MarkInfo", {}), "/Suspects"):
        yield "02-001 the file calls its tags suspect"
    if not str(root.get("/Lang", "")).strip():
        yield "11-006 no language"
    if not _says(root.get("/ViewerPreferences", {}), "/DisplayDocTitle"):
        yield "07-002 a viewer is not told to show the title"
    told = root["/Metadata"].get_object().get_data() if "/Metadata" in root else b""
    if b"<pdfuaid:part>1</pdfuaid:part>" not in told:
        yield "06-002 the metadata do not say PDF/UA-1"
    if b"<dc:title>" not in told:
        yield "06-003 no title in the metadata"
    if reader.is_encrypted:
        yield "26-001 the file is encrypted"
    for name in ("/AcroForm", "/OCProperties", "/OpenAction"):
        if name == "/OpenAction" and not isinstance(root.get(name), dict):
            continue
        if name in root:
            yield f"{name[1:]} is there, and this checker does not look into it"
    for number, page in enumerate(reader.pages, start=1):
        annotations = [one.get_object() for one in page.get("/Annots", [])]
        if annotations and page.get("/Tabs") != "/S":
            yield f"28-008 page {number}: annotations, and no order of tabs"
        for one in annotations:
            if one.get("/Subtype") != "/Link":
                yield f"28-002 page {number}: an annotation that is no link"
            elif not str(one.get("/Contents", "")).strip():
                yield f"28-012 page {number}: a link that says nothing"
            if "/StructParent" not in one:
                yield f"28-011 page {number}: a link outside the structure"


def _says(values: Any, name: str) -> bool:
    """Say whether a value is there and true: a PDF's own false is an object, and so would count as true."""
    return bool(getattr(values.get(name), "value", False))


class _Element:
    def __init__(self, node: Any, kind: str, parent: _Element | None) -> None:
        self.node, self.kind, self.parent = node, kind, parent
        self.children: list[_Element] = []
        self.marked: list[tuple[int, int]] = []

    def attribute(self, name: str) -> Any:
        given = self.node.get("/A", [])
        for one in given if isinstance(given, list) else [given]:
            value = one.get_object().get(name)
            if value is not None:
                return value
        return None


def _elements(tree: Any, roles: dict[str, str]) -> Iterator[_Element]:
    """Walk the tree depth first, which is the order of reading."""

    def walk(node: Any, parent: _Element | None) -> Iterator[_Element]:
        named = str(node["/S"])[1:]
        own = _Element(node, roles.get(named, named), parent)
        if parent is not None:
            parent.children.append(own)
        yield own
        yield from inside(node.get("/K"), own, node.get("/Pg"))

    def inside(kids: Any, own: _Element, page: Any) -> Iterator[_Element]:
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        for kid in kids if isinstance(kids, list) else [] if kids is None else [kids]:
            kid = kid.get_object()
            if isinstance(kid, int):
                own.marked.append((page.indirect_reference.idnum, int(kid)))
            elif "/S" in kid:
                yield from walk(kid, own)
            elif "/MCID" in kid:
                of = kid.get("/Pg", page)
                own.marked.append((of.indirect_reference.idnum, int(kid["/MCID"])))

    top = tree["/K"].get_object()
    for one in top if isinstance(top, list) else [top]:
        yield from walk(one.get_object(), None)


def _structure(elements: list[_Element]) -> Iterator[str]:
    level = 0
    for one in elements:
        if one.kind not in STANDARD:
            yield f"02-003 {one.kind} is no standard kind and stands for none"
        allowed = CHILDREN.get(one.kind)
        if allowed is not None:
            for child in one.children:
                if child.kind not in allowed:
                    yield f"09-004 {child.kind} straight inside {one.kind}"
        if one.kind in {"Figure", "Formula"} and not str(one.node.get("/Alt", "")).strip():
            yield f"13-004 a {one.kind} that does not say what it shows"
        if one.kind == "TH" and one.attribute("/Scope") is None:
            yield "15-003 a heading of a table that does not say what it heads"
        if one.kind == "Table":
            yield from _table(one)
        if one.kind[:1] == "H" and one.kind[1:].isdigit():
            now = int(one.kind[1:])
            if not level and now != 1:
                yield f"14-002 the first heading is an {one.kind}"
            if now > level + 1 and level:
                yield f"14-003 {one.kind} follows H{level}"
            level = now


def _table(table: _Element) -> Iterator[str]:
    rows = [
        row
        for part in table.children
        for row in ([part] if part.kind == "TR" else part.children)
        if row.kind == "TR"
    ]
    across = {sum(int(cell.attribute("/ColSpan") or 1) for cell in row.children) for row in rows}
    if len(across) > 1 and not any(cell.attribute("/RowSpan") for row in rows for cell in row.children):
        yield f"15-001 a table with rows of {sorted(across)} cells"
    if not any(cell.kind == "TH" for row in rows for cell in row.children):
        yield "15-002 a table without a heading"


def _content(reader: pypdf.PdfReader, elements: list[_Element]) -> Iterator[str]:
    """Say what is painted outside the structure, and what of the structure is painted nowhere or twice."""
    told: list[tuple[int, int]] = [mark for one in elements for mark in one.marked]
    if len(told) != len(set(told)):
        yield "01-006 content that two elements claim"
    painted: set[tuple[int, int]] = set()
    for number, page in enumerate(reader.pages, start=1):
        reference = page.indirect_reference
        assert reference is not None
        outside = 0
        open_marks: list[tuple[bytes | str, int | None]] = []
        contents = page.get_contents()
        for operands, operator in ContentStream(contents, reader).operations if contents is not None else ():
            if operator in (b"BMC", b"BDC"):
                properties = operands[1] if len(operands) > 1 else {}
                mark = properties.get("/MCID") if hasattr(properties, "get") else None
                open_marks.append((str(operands[0]), mark))
                if mark is not None:
                    painted.add((reference.idnum, int(mark)))
            elif operator == b"EMC":
                open_marks.pop()
            elif operator in PAINTS and not any(
                tag == "/Artifact" or mark is not None for tag, mark in open_marks
            ):
                outside += 1
        if outside:
            yield f"01-003 page {number}: {outside} things painted outside the structure"
    if lost := painted - set(told):
        yield f"01-004 {len(lost)} marked pieces that no element holds"
    if absent := set(told) - painted:
        yield f"01-007 {len(absent)} pieces of the structure that no page paints"


def _fonts(reader: pypdf.PdfReader) -> Iterator[str]:
    for number, page in enumerate(reader.pages, start=1):
        for name, given in page.get("/Resources", {}).get("/Font", {}).items():
            font = given.get_object()
            within = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            described = within.get("/FontDescriptor", {})
            if font.get("/Subtype") != "/Type3" and not any(key.startswith("/FontFile") for key in described):
                yield f"31-009 page {number}: the font {name} is not in the file"
            if "/ToUnicode" not in font:
                yield f"31-027 page {number}: the letters of the font {name} cannot be read out"
