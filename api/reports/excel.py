"""The report as an Excel workbook: one sheet a table with figures as numbers, and a first sheet that lists them."""

from __future__ import annotations

import re
from math import ceil
from pathlib import Path

import xlsxwriter

from sufficiency.report import Report

LONGEST_NAME = 31
LETTERS_ACROSS, NARROWEST = 130, 9
"""Letters of a sheet's width that its columns share, and those of the narrowest column."""
A4, LINE_POINTS = 9, 15
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


def write_excel(report: Report, path: Path) -> None:
    """Write the report to an XLSX file. Text is written as text, so that no cell is ever a formula."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": f"{report.title}, {report.council}", "author": report.council})
        bold = book.add_format({"bold": True, "font_color": report.colour})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        head_of_numbers = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "align": "right"}
        )
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        whole, parts = (
            book.add_format({"num_format": shape, "valign": "top"}) for shape in ("#,##0", "#,##0.0")
        )
        first = book.add_worksheet("What is in it")
        first.set_column(0, 0, 34)
        first.set_column(1, 1, 100, wrapped)
        first.write_string(0, 0, f"{report.title}, {report.council}", bold)
        first.write_string(1, 0, f"Made on {report.made_on:%-d %B %Y}")
        line = 3
        for section in report.sections:
            first.write_string(line, 0, section.heading, bold)
            line += 1
            for text in (*section.paragraphs, *section.written):
                first.write_string(line, 1, text, wrapped)
                line += 1
        taken = {"what is in it"}
        for section, table in report.tables():
            name = _name(table.caption, taken)
            first.write_url(line, 0, f"internal:'{name}'!A1", string=name)
            first.write_string(line, 1, f"{section.heading}: {table.caption}", wrapped)
            line += 1
            sheet = book.add_worksheet(name)
            widths = [max(width * LETTERS_ACROSS, NARROWEST) for width in table.widths]
            for n, width in enumerate(widths):
                sheet.set_column(n, n, width)
            # Excel makes no row higher by itself for headings that take several lines.
            lines = max(
                ceil(1.4 * len(name) / width) for name, width in zip(table.columns, widths, strict=True)
            )
            sheet.set_row(2, LINE_POINTS * lines)
            sheet.freeze_panes(3, 1)
            sheet.set_paper(A4)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(2)
            sheet.write_string(0, 0, table.caption, bold)
            for n, (column, of_numbers) in enumerate(zip(table.columns, table.of_numbers, strict=True)):
                sheet.write_string(2, n, column, head_of_numbers if of_numbers else head)
            for m, row in enumerate(table.rows, start=3):
                for n, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(m, n, value, wrapped)
                    elif value is not None:
                        sheet.write_number(m, n, value, whole if float(value).is_integer() else parts)
            foot = 4 + len(table.rows)
            for text in (table.note, f"Source: {table.source}"):
                if text:
                    sheet.write_string(foot, 0, text)
                    foot += 1


def _name(caption: str, taken: set[str]) -> str:
    """Return a sheet's name from a caption: no character Excel refuses, and no name twice."""
    base = _NOT_IN_NAMES.sub("", caption)[:LONGEST_NAME].strip() or "Table"
    name, number = base, 2
    while name.casefold() in taken:
        end = f" {number}"
        name, number = base[: LONGEST_NAME - len(end)].strip() + end, number + 1
    taken.add(name.casefold())
    return name
