"""The report as an Excel workbook: one sheet a table with figures as numbers, and a first sheet that lists them."""

from __future__ import annotations

import re
from pathlib import Path

import xlsxwriter

from sufficiency.report import Report

LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


def write_excel(report: Report, path: Path) -> None:
    """Write the report to an XLSX file. Text is written as text, so that no cell is ever a formula."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": f"{report.title}, {report.council}", "author": report.council})
        bold = book.add_format({"bold": True, "font_color": report.colour})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
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
            sheet.set_column(0, 0, 44)
            sheet.set_column(1, max(len(table.columns) - 1, 1), 16)
            sheet.freeze_panes(3, 1)
            sheet.write_string(0, 0, table.caption, bold)
            for n, column in enumerate(table.columns):
                sheet.write_string(2, n, column, head)
            for m, row in enumerate(table.rows, start=3):
                for n, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(m, n, value)
                    elif value is not None:
                        sheet.write_number(m, n, value)
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
