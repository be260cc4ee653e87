"""The report as a tagged PDF (PDF/UA-1), set by typst.

Every table has its header row marked, every chart a text that says what it shows; the language and the title are set.
Text reaches typst as data and never as markup, so nothing a council writes can change the document.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import typst

from api.reports.pictures import chart_svg, width_percent
from sufficiency.report import Report, shown

STANDARD: Literal["ua-1"] = "ua-1"
_TEMPLATE = Path(__file__).with_name("report.typ")


def write_pdf(report: Report, path: Path) -> None:
    """Write the report to a PDF file."""
    with TemporaryDirectory() as folder:
        where = Path(folder)
        values = _values(report, where)
        (where / "report.json").write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        (where / "report.typ").write_text(_TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        typst.compile(
            str(where / "report.typ"), output=str(path), root=str(where), format="pdf", pdf_standards=STANDARD
        )


def _values(report: Report, folder: Path) -> dict[str, Any]:
    """Return what the template sets, and put the pictures beside it."""
    sections = []
    for section in report.sections:
        charts = []
        for number, chart in enumerate(section.charts):
            name = f"{section.key}-{number}.svg"
            (folder / name).write_text(chart_svg(chart, name.removesuffix(".svg")), encoding="utf-8")
            charts.append(
                {
                    "file": name,
                    "title": chart.title,
                    "description": chart.description,
                    "width": width_percent(chart),
                }
            )
        sections.append(
            {
                "heading": section.heading,
                "paragraphs": list(section.paragraphs),
                "written": list(section.written),
                "to_write": section.to_write,
                "charts": charts,
                "tables": [
                    {
                        "caption": table.caption,
                        "columns": list(table.columns),
                        "numbers": list(table.of_numbers),
                        "widths": list(table.widths),
                        "rows": [[shown(cell) for cell in row] for row in table.rows],
                        "source": table.source,
                        "note": table.note,
                    }
                    for table in section.all_tables
                ],
            }
        )
    return {
        "title": report.title,
        "council": report.council,
        "made_on": f"{report.made_on:%-d %B %Y}",
        "colour": report.colour,
        "sections": sections,
    }
