"""The report as a Word document with real headings, tables with marked header rows, and a language."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from sufficiency.report import Report, Section, Table, shown

LANGUAGE = "en-GB"


def write_word(report: Report, path: Path) -> None:
    """Write the report to a DOCX file. Charts are left to the PDF and the page; their tables are here."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author = f"{report.title}, {report.council}", report.council
    properties.language = LANGUAGE
    _language(document)
    colour = RGBColor.from_string(report.colour.removeprefix("#").upper())
    for level in range(3):
        document.styles["Title" if level == 0 else f"Heading {level}"].font.color.rgb = colour
    document.add_heading(report.title, level=0)
    document.add_paragraph(f"{report.council}. Made on {report.made_on:%-d %B %Y}.")
    for section in report.sections:
        _section(document, section)
    document.save(str(path))


def _section(document: Document, section: Section) -> None:  # type: ignore[valid-type]
    document.add_heading(section.heading, level=1)  # type: ignore[attr-defined]
    for text in (*section.paragraphs, *section.written):
        document.add_paragraph(text)  # type: ignore[attr-defined]
    if section.to_write and not section.written:
        document.add_paragraph(f"For people to write: {section.to_write}", style="Intense Quote")  # type: ignore[attr-defined]
    for table in section.all_tables:
        _table(document, table)


def _table(document: Document, table: Table) -> None:  # type: ignore[valid-type]
    document.add_heading(table.caption, level=2)  # type: ignore[attr-defined]
    drawn = document.add_table(rows=1, cols=len(table.columns), style="Light Grid Accent 1")  # type: ignore[attr-defined]
    for cell, name in zip(drawn.rows[0].cells, table.columns, strict=True):
        cell.text = name
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    drawn.rows[0]._tr.get_or_add_trPr().append(header)
    for row in table.rows:
        for cell, value in zip(drawn.add_row().cells, row, strict=True):
            cell.text = shown(value)
    small = document.add_paragraph()  # type: ignore[attr-defined]
    text = small.add_run(" ".join(part for part in (table.note, f"Source: {table.source}") if part))
    text.font.size = Pt(8.5)


def _language(document: Document) -> None:  # type: ignore[valid-type]
    properties = document.styles["Normal"].element.get_or_add_rPr()  # type: ignore[attr-defined]
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    properties.append(language)
