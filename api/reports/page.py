"""The report as one web page that stands alone: real headings, tables with scopes, charts with descriptions."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from api.reports.pictures import chart_svg
from sufficiency.report import Report, shown

_TEMPLATE = Path(__file__).with_name("report.html.jinja")


def write_page(report: Report, path: Path) -> None:
    """Write the report to an HTML file."""
    path.write_text(report_page(report), encoding="utf-8")


def report_page(report: Report) -> str:
    """Return the report as the text of an HTML page. It runs no script and loads nothing."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shown"] = shown
    charts = {
        (section.key, number): Markup(chart_svg(chart, f"{section.key}-{number}"))  # noqa: S704
        for section in report.sections
        for number, chart in enumerate(section.charts)
    }
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(report=report, charts=charts)
