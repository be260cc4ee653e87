"""The report as a Word document with real headings, tables with marked header rows, pictures that say what they show."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell, _Row

from api.reports.pictures import chart_png, width_percent
from sufficiency.report import Chart, Report, Section, Table, shown

LANGUAGE = "en-GB"
PAGE_CM, MARGIN_CM = (21.0, 29.7), 2.2
TEXT_CM = PAGE_CM[0] - 2 * MARGIN_CM


def write_word(report: Report, path: Path) -> None:
    """Write the report to a DOCX file."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author = f"{report.title}, {report.council}", report.council
    properties.language = LANGUAGE
    _language(document)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(PAGE_CM[0]), Cm(PAGE_CM[1])
    page.left_margin = page.right_margin = Cm(MARGIN_CM)
    colour = RGBColor.from_string(report.colour.removeprefix("#").upper())
    for level in range(3):
        document.styles["Title" if level == 0 else f"Heading {level}"].font.color.rgb = colour
    document.add_heading(report.title, level=0)
    document.add_paragraph(f"{report.council}. Made on {report.made_on:%-d %B %Y}.")
    for section in report.sections:
        _section(document, section)
    document.save(str(path))


def _section(document: WordDocument, section: Section) -> None:
    document.add_heading(section.heading, level=1)
    for text in (*section.paragraphs, *section.written):
        document.add_paragraph(text)
    if section.to_write and not section.written:
        document.add_paragraph(f"For people to write: {section.to_write}", style="Intense Quote")
    for number, chart in enumerate(section.charts):
        _chart(document, chart, f"{section.key}-{number}")
    for table in section.all_tables:
        _table(document, table)


def _chart(document: WordDocument, chart: Chart, name: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    drawn = paragraph.add_run().add_picture(
        BytesIO(chart_png(chart, name)), width=Cm(TEXT_CM * width_percent(chart) / 100)
    )
    about = drawn._inline.docPr
    about.set("title", chart.title)
    about.set("descr", f"{chart.title}. {chart.description}")
    document.add_paragraph(chart.title, style="Caption")


def _table(document: WordDocument, table: Table) -> None:
    document.add_heading(table.caption, level=2)
    drawn = document.add_table(rows=1, cols=len(table.columns), style="Light Grid Accent 1")
    drawn.autofit = False
    for column, width in zip(drawn.columns, table.widths, strict=True):
        column.width = Cm(TEXT_CM * width)
    _write_row(drawn.rows[0], table.columns, table)
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    drawn.rows[0]._tr.get_or_add_trPr().append(header)
    for row in table.rows:
        _write_row(drawn.add_row(), tuple(map(shown, row)), table)
    small = document.add_paragraph()
    text = small.add_run(" ".join(part for part in (table.note, f"Source: {table.source}") if part))
    text.font.size = Pt(8.5)


def _write_row(row: _Row, texts: tuple[str, ...], table: Table) -> None:
    """Write a row that stands on one page, numbers to the right."""
    whole = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(whole)
    for cell, text, of_numbers in zip(row.cells, texts, table.of_numbers, strict=True):
        _write(cell, text)
        if of_numbers:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _write(cell: _Cell, text: str) -> None:
    cell.text = text
    for run in cell.paragraphs[0].runs:
        run.font.size = Pt(9)


def _language(document: WordDocument) -> None:
    properties = document.styles["Normal"].element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    properties.append(language)
