"""A report as values: sections, sentences, tables and charts, before it is any kind of file. First the annual one.

PDF, Word, Excel and the web page are written from one ``Report``, so that the same figures stand in all of them. What
each section says is in ``report_sections.py`` and ``report_ahead.py``; writing files is in ``api/reports``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

Cell = str | int | float | None
WIDEST_CELL = 60
"""Letters beyond which a cell is set on more lines rather than in a wider column."""
LETTERS_ACROSS = 96
"""How many letters of a table's type stand side by side on a page of A4."""
WITHHELD = "c"
"""A small number that is not shown, and whatever would give it away: the symbol the department uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Figures with their source.

    Parameters
    ----------
    caption
        What the table shows, of whom and when.
    columns
        Headings; the first column names the rows.
    rows
        As many cells as columns each. ``None`` is not known or not assessed.
    source
        Where the figures are from.
    note
        What a reader must know, or empty.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: str
    note: str = ""

    @property
    def of_numbers(self) -> tuple[bool, ...]:
        """Say of each column whether it holds numbers, so that it is set to the right."""
        return tuple(
            all(not isinstance(row[n], str) or row[n] == WITHHELD for row in self.rows)
            for n in range(len(self.columns))
        )

    @property
    def widths(self) -> tuple[float, ...]:
        """Return the share of the page's width that each column needs; together they are 1.

        Every column has room for its longest word; what is left goes to those with longer cells.
        """
        words, wanted = [], []
        for n, name in enumerate(self.columns):
            cells = [shown(row[n]) for row in self.rows]
            longest_word = max((len(word) for text in (name, *cells) for word in text.split()), default=0)
            words.append(longest_word + 2)
            wanted.append(max([0, *(min(len(text), WIDEST_CELL) - longest_word for text in cells)]) + 1)
        spare = max(LETTERS_ACROSS - sum(words), 0)
        letters = [word + spare * want / sum(wanted) for word, want in zip(words, wanted, strict=True)]
        return tuple(width / sum(letters) for width in letters)


@dataclass(frozen=True, slots=True, kw_only=True)
class FanChart:
    """A forecast as a line with bands. Its figures stand in ``table`` too.

    Parameters
    ----------
    points
        ``date``, ``mean`` and the quantiles ``p2_5`` to ``p97_5`` of each date, as the forecast tells them.
    """

    title: str
    description: str
    points: tuple[Mapping[str, Any], ...]
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaMap:
    """A number for each area, drawn as a map. Its figures stand in ``table`` too.

    Parameters
    ----------
    values
        The number by DfE code of the area.
    own
        The council's own code, or ``None``.
    """

    title: str
    description: str
    values: Mapping[str, float]
    own: str | None
    table: Table


Chart = FanChart | AreaMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the report.

    Parameters
    ----------
    key
        A short name that stays the same from year to year.
    paragraphs
        Sentences the product writes.
    to_write
        What people must write here; empty where nothing.
    written
        What people wrote for it.
    """

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    to_write: str = ""
    written: tuple[str, ...] = ()

    @property
    def all_tables(self) -> tuple[Table, ...]:
        """Return its tables, those of its charts last."""
        return (*self.tables, *(chart.table for chart in self.charts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One council's report of one year.

    Parameters
    ----------
    council
        Its name, for the title.
    year
        The year to 31 March that it looks back on.
    made_on
        The day it was made.
    colour
        The council's colour for headings, ``#rrggbb``.
    titled
        The title of a report that is not the annual one.
    """

    council: str
    year: int
    made_on: date
    sections: tuple[Section, ...]
    colour: str = "#1d4f91"
    evidence: Mapping[str, Any] = field(default_factory=dict)
    titled: str = ""

    @property
    def title(self) -> str:
        """Return the report's title."""
        return self.titled or f"Sufficiency report {self.year - 1}-{self.year % 100:02d}"

    def tables(self) -> tuple[tuple[Section, Table], ...]:
        """Return every table with its section, those of charts among them, in order."""
        return tuple((section, table) for section in self.sections for table in section.all_tables)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "title": self.title,
            "council": self.council,
            "year": self.year,
            "made_on": self.made_on.isoformat(),
            "colour": self.colour,
            "sections": [
                {
                    "key": section.key,
                    "heading": section.heading,
                    "paragraphs": list(section.paragraphs),
                    "tables": [
                        {
                            "caption": table.caption,
                            "columns": list(table.columns),
                            "rows": [list(row) for row in table.rows],
                            "source": table.source,
                            "note": table.note,
                        }
                        for table in section.all_tables
                    ],
                    "charts": [_chart_values(chart) for chart in section.charts],
                    "to_write": section.to_write,
                    "written": list(section.written),
                }
                for section in self.sections
            ],
            "evidence": dict(self.evidence),
        }


def report_from_values(values: Mapping[str, Any]) -> Report:
    """Return a report from the plain values it was kept as: the same figures, charts and words."""
    made = Report(
        council=values["council"],
        year=values["year"],
        made_on=date.fromisoformat(values["made_on"]),
        colour=values["colour"],
        sections=tuple(_section(one) for one in values["sections"]),
        evidence=values["evidence"],
    )
    return made if made.title == values["title"] else replace(made, titled=values["title"])


def _chart_values(chart: Chart) -> dict[str, Any]:
    told: dict[str, Any] = {"title": chart.title, "description": chart.description}
    if isinstance(chart, AreaMap):
        return {**told, "areas": dict(chart.values), "own": chart.own}
    return {**told, "points": [dict(point) for point in chart.points]}


def _chart(values: Mapping[str, Any], table: Table) -> Chart:
    title, description = values["title"], values["description"]
    if "areas" in values:
        return AreaMap(
            title=title, description=description, values=values["areas"], own=values["own"], table=table
        )
    return FanChart(title=title, description=description, points=tuple(values["points"]), table=table)


def _section(values: Mapping[str, Any]) -> Section:
    tables = [
        table_of(
            table["caption"], table["columns"], table["rows"], source=table["source"], note=table["note"]
        )
        for table in values["tables"]
    ]
    # The tables of charts stand last, in the order of the charts.
    own = len(tables) - len(values["charts"])
    return Section(
        key=values["key"],
        heading=values["heading"],
        paragraphs=tuple(values["paragraphs"]),
        tables=tuple(tables[:own]),
        charts=tuple(
            _chart(chart, table) for chart, table in zip(values["charts"], tables[own:], strict=True)
        ),
        to_write=values["to_write"],
        written=tuple(values["written"]),
    )


def shown(value: Cell, *, unit: str = "") -> str:
    """Return a cell in words: thousands parted, no needless decimals, and a dash where nothing is known."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    text = f"{value:,.1f}" if isinstance(value, float) and not value.is_integer() else f"{value:,.0f}"
    return f"{text}{unit}"


def table_of(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, source: str, note: str = ""
) -> Table:
    """Return a table from lists."""
    return Table(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(tuple(row) for row in rows),
        source=source,
        note=note,
    )
