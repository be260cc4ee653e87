"""The annual report as a page of the site: the same sections, sentences, tables and charts as in its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from api.reports.pictures import picture_of
from api.web.presenters.tables import TableView, present_table
from api.web.words import british_date
from sufficiency.report import report_from_values

FILES = ((".pdf", "PDF"), (".docx", "Word"), (".xlsx", "Excel"), (".html", "a web page that stands alone"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """One section of the report."""

    key: str
    heading: str
    paragraphs: tuple[str, ...]
    to_write: str
    pictures: tuple[Markup, ...]
    tables: tuple[TableView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """The report."""

    title: str
    council: str
    made_on: str
    sections: tuple[SectionView, ...]
    files: tuple[tuple[str, str], ...]
    to_write: int


def present_report(answer: Mapping[str, Any]) -> ReportPage:
    """Return the report that was kept, as a page."""
    report = report_from_values(answer)
    sections = tuple(
        SectionView(
            key=section.key,
            heading=section.heading,
            paragraphs=(*section.paragraphs, *section.written),
            to_write=section.to_write if not section.written else "",
            pictures=tuple(
                picture_of(chart, f"{section.key}-{place}") for place, chart in enumerate(section.charts)
            ),
            tables=tuple(present_table(table, "") for table in section.all_tables),
        )
        for section in report.sections
    )
    return ReportPage(
        title=report.title,
        council=report.council,
        made_on=british_date(report.made_on),
        sections=sections,
        files=FILES,
        to_write=sum(bool(section.to_write) for section in sections),
    )
