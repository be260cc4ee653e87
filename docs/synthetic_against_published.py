"""Compare the invented children with the published figures, authority by authority and cut by cut.

The tables of ``docs/method-synthetic.md`` are written by this module; a test writes them again and reads how far
apart the two are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from reference_data.authorities import authority
from reference_data.published import annual_figures, flows_by_age, on_31_march
from reference_data.published_flows import children_by
from reference_data.synthetic.cuts import Counted
from reference_data.synthetic.history import History

PAGE = Path(__file__).parent / "method-synthetic.md"
BEGIN, END = "<!-- generated against published: begin -->", "<!-- generated against published: end -->"
YEAR = 2025
YEARS = range(2021, 2026)
STOCK = ("age_band", "sex", "placement", "provider", "legal_status", "distance_and_locality", "uasc")
STOCK_OF_FLOWS = ("stock_by_need", "stock_by_ethnicity")
FLOWS = (
    "ceases_by_age",
    "starts_by_need",
    "starts_by_legal_status",
    "ceases_by_reason",
    "new_placements_by_location",
    "placement_changes_by_reason",
)
STABILITY = ("three_or_more_in_year", "three_or_more_in_two_years", "same_carer_two_years")
WORDS = {
    "stock": "looked after on 31 March, by year",
    "starts": "starting in the year",
    "ceases": "ceasing in the year",
    "age_band": "age",
    "sex": "sex",
    "placement": "placement",
    "provider": "provider",
    "legal_status": "legal status",
    "distance_and_locality": "distance and locality",
    "uasc": "unaccompanied",
    "stock_by_need": "category of need",
    "stock_by_ethnicity": "ethnicity",
    "starts_by_need": "starts by category of need",
    "starts_by_legal_status": "starts by legal status",
    "ceases_by_age": "ceases by age",
    "ceases_by_reason": "ceases by reason",
    "new_placements_by_location": "new placements by location",
    "placement_changes_by_reason": "changes of placement by reason",
    "three_or_more_in_year": "three or more placements in the year",
    "three_or_more_in_two_years": "three or more placements in two years",
    "same_carer_two_years": "same carer for two years",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One published number beside the invented one.

    Parameters
    ----------
    z
        Their difference in standard deviations of a Poisson count of the published size: what chance alone does to
        a council of independent children.
    """

    authority: str
    cut: str
    part: str
    published: int
    invented: int

    @property
    def z(self) -> float:
        return (self.invented - self.published) / sqrt(max(self.published, 1))


def compared(histories: Mapping[str, History]) -> list[Cell]:
    """Return every published cell that is not suppressed beside the invented count."""
    cells: list[Cell] = []
    for code in sorted(histories):
        counted = Counted(histories[code])
        stock = counted.on_31_march(YEAR)
        for measure in ("stock", "starts", "ceases"):
            for figure in annual_figures(code, measure):
                if figure.value is None or not 2017 <= figure.year <= YEAR:
                    continue
                year = figure.year
                got = (
                    counted.on_31_march(year)["total"]
                    if measure == "stock"
                    else counted.in_year(year)[measure]
                )
                cells.append(
                    Cell(
                        authority=code,
                        cut=measure,
                        part=str(year),
                        published=figure.value,
                        invented=sum(got.values()),
                    )
                )
        for cut in STOCK:
            cells += _cells(code, cut, on_31_march(code, cut, YEAR), stock.get(cut, {}))
        for cut in STOCK_OF_FLOWS:
            cells += _cells(code, cut, children_by(cut, code, YEAR), stock.get(cut, {}))
        flows = [counted.in_year(year) for year in YEARS]
        for cut in FLOWS:
            tables = [
                flows_by_age(code, "ceases", year) if cut == "ceases_by_age" else children_by(cut, code, year)
                for year in YEARS
            ]
            cells += _cells(code, cut, _together(tables), _added(flow.get(cut, {}) for flow in flows))
        for cut in STABILITY:
            published = children_by(cut, code, YEAR)
            if published.get("counted") is not None:
                cells += _cells(code, cut, {"counted": published["counted"]}, stock.get(cut, {}))
    return cells


def _together(tables: Sequence[Mapping[str, int | None]]) -> dict[str, int | None]:
    """Return the sum of tables; a part that any of them suppresses is suppressed."""
    parts = {part for table in tables for part in table}
    return {
        part: None if any(table.get(part) is None for table in tables) else sum(t[part] or 0 for t in tables)
        for part in sorted(parts)
    }


def _added(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for table in tables:
        total.update(table)
    return dict(total)


def _cells(
    code: str, cut: str, published: Mapping[str, int | None], invented: Mapping[str, int]
) -> Iterable[Cell]:
    return [
        Cell(authority=code, cut=cut, part=part, published=value, invented=invented.get(part, 0))
        for part, value in published.items()
        if value is not None and part != "total"
    ]


WHY = {
    "ceases": "Before 2021 only totals are published, and children who were in care before April 2016 are run in without "
    "a history, so the first years lose too few of them.",
    "ceases_by_age": "Leaving depends on age, kind of placement and time in care, not on the year's own mix of the council.",
    "ceases_by_reason": "One mix of reasons stands for five years, and councils changed theirs.",
    "new_placements_by_location": "Where a placement is follows the stock of March 2021 and of March 2025, to which it is "
    "held; short placements, of which no stock tells, are drawn from the same places.",
    "placement_changes_by_reason": "One mix of reasons stands for five years; the number of moves goes evenly from the "
    "rate of 2021 to that of 2025.",
    "placement": "A children's home is where moves of one council's teenagers pile up: its number swings most.",
}


def page_tables(cells: Sequence[Cell]) -> str:
    """Return the part of the page that is made from the figures."""
    far = sum(abs(cell.z) > 2 for cell in cells if cell.cut in STOCK_CUTS)
    of = sum(cell.cut in STOCK_CUTS for cell in cells)
    lines = [
        BEGIN,
        f"Of {of} published cells of the stock, {far} are further than two standard deviations away "
        f"({100 * far / of:.0f} in 100; chance alone gives 5). Each cell of the tables shows published / invented.",
        "",
        "### The largest gaps",
        "",
        "| authority | figure | part | published | invented | standard deviations | why |",
        "|---|---|---|---|---|---|---|",
    ]
    for cell in sorted(cells, key=lambda one: (-abs(one.z), one.authority, one.cut, one.part))[:20]:
        lines.append(
            f"| {authority(cell.authority).name} | {WORDS[cell.cut]} | `{cell.part}` | {cell.published:,} | "
            f"{cell.invented:,} | {cell.z:+.1f} | {WHY.get(cell.cut, 'Chance, as far as we can tell.')} |"
        )
    for cut in dict.fromkeys(cell.cut for cell in cells):
        own = [cell for cell in cells if cell.cut == cut]
        codes = sorted({cell.authority for cell in own})
        found = {(cell.part, cell.authority): cell for cell in own}
        since = (
            " 2021 to 2025 together"
            if cut in FLOWS
            else ("" if cut in ("stock", "starts", "ceases") else " 2025")
        )
        lines += [
            "",
            f"### {WORDS[cut][0].upper()}{WORDS[cut][1:]}{since}",
            "",
            "| | " + " | ".join(authority(code).name for code in codes) + " |",
            "|---|" + "---|" * len(codes),
        ]
        for part in dict.fromkeys(cell.part for cell in own):
            row = [
                f"{found[part, code].published:,} / {found[part, code].invented:,}"
                if (part, code) in found
                else "suppressed"
                for code in codes
            ]
            lines.append(f"| `{part}` | " + " | ".join(row) + " |")
    return "\n".join([*lines, END])


STOCK_CUTS = ("stock", *STOCK, *STOCK_OF_FLOWS)


def page_with(tables: str, page: str) -> str:
    """Return the page with its tables replaced."""
    return page[: page.index(BEGIN)] + tables + page[page.index(END) + len(END) :]


def histories_of_the_page() -> dict[str, History]:
    """Return the invented children that the page is about: those of the partnership that ships."""
    from reference_data.sample import PARTNERSHIP_SEED, SAMPLE_DATE
    from reference_data.synthetic.careers import simulate_history
    from reference_data.synthetic.targets import AUTHORITIES

    return {code: simulate_history(code, seed=PARTNERSHIP_SEED, until=SAMPLE_DATE) for code in AUTHORITIES}


if __name__ == "__main__":
    PAGE.write_text(
        page_with(page_tables(compared(histories_of_the_page())), PAGE.read_text(encoding="utf-8")),
        encoding="utf-8",
    )
