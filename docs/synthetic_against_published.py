"""Compare the invented children with the published figures, authority by authority and cut by cut.

The tables of ``docs/method-synthetic.md`` are written by this module; a test writes them again and reads how far
apart the two are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from pathlib import Path
from statistics import mean, median

from reference_data.authorities import authority
from reference_data.published import annual_figures, flows_by_age, on_31_march
from reference_data.published_flows import children_by, placement_durations
from reference_data.synthetic.cuts import Counted
from reference_data.synthetic.history import History
from reference_data.synthetic.placing import kind_of

PAGE = Path(__file__).parent / "method-synthetic.md"
BEGIN, END = "<!-- generated against published: begin -->", "<!-- generated against published: end -->"
YEAR = 2025
YEARS = range(2021, 2026)
STOCK = ("age_band", "sex", "placement", "provider", "legal_status", "distance_and_locality", "uasc")
STOCK_OF_FLOWS = ("stock_by_need", "stock_by_ethnicity")
FLOWS = (
    "starts_by_sex",
    "ceases_by_age",
    "ceases_by_sex",
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
    "starts_by_sex": "starts by sex",
    "ceases_by_age": "ceases by age",
    "ceases_by_sex": "ceases by sex",
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
    "ceases": "Ages and reasons are published from 2021 only, and children who were in care before April 2016 are run in "
    "without a history, so the first years are the least like.",
    "stock": "It carries forward what the years before gained or lost by chance.",
    "ceases_by_age": "Leaving depends on age, kind of placement and time in care, not on a year's own mix.",
    "ceases_by_sex": "Boys and girls leave at the same rates here; who is in care follows the sexes that start.",
    "ceases_by_reason": "One mix of reasons stands for five years, and small reasons share the rates of larger ones.",
    "starts_by_legal_status": "One mix of statuses by age stands for five years.",
    "starts_by_need": "One mix of needs by age stands for five years; brothers and sisters share theirs.",
    "new_placements_by_location": "Each locality has one turnover for five years, and its stock is held as well.",
    "placement_changes_by_reason": "One mix of reasons stands for five years: a code that a council used much in one year "
    "and hides in others has no rate that gives both.",
    "placement": "A children's home is where moves of one council's teenagers pile up: its number swings most.",
    "stock_by_ethnicity": "Brothers and sisters share it: a large family moves a small number at once.",
    "stock_by_need": "Brothers and sisters share it: a large family moves a small number at once.",
    "age_band": "Chance: brothers and sisters come and leave together, so that numbers swing more than single children's.",
}
UNKNOWN = "Chance, as far as we can tell."
STOCK_CUTS = ("stock", *STOCK, *STOCK_OF_FLOWS)
FAR, VERY_FAR = 2, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How far the cells of one cut are from what is published.

    Parameters
    ----------
    mean_z, spread_z
        Mean and root mean square of their standard deviations: chance alone gives 0 and 1.
    far, very_far
        Cells further than 2 and than 4 standard deviations away.
    """

    cut: str
    cells: int
    mean_z: float
    spread_z: float
    far: int
    very_far: int


def fit_of(cells: Sequence[Cell], cut: str) -> Fit:
    """Return how well one cut fits."""
    own = [cell.z for cell in cells if cell.cut == cut]
    return Fit(
        cut=cut,
        cells=len(own),
        mean_z=sum(own) / len(own),
        spread_z=sqrt(sum(z * z for z in own) / len(own)),
        far=sum(abs(z) > FAR for z in own),
        very_far=sum(abs(z) > VERY_FAR for z in own),
    )


KINDS_OF_DURATIONS = {
    "F": "foster",
    "K": "foster",
    "H": "homes",
    "G": "supported",
    "P": "parents",
    "A": "adoption",
    "R": "other_residential",
    "Z": "other",
}


def durations(histories: Mapping[str, History]) -> dict[str, tuple[int, float, float]]:
    """Return how many placements ended in the five years to March 2025, and their mean and median days, by kind.

    Placements of a year and shorter are most of them. The department's table counts England's in one year.
    """
    days: dict[str, list[int]] = {}
    for code in sorted(histories):
        for placement in histories[code].placements:
            ended = placement.ended_on
            kind = KINDS_OF_DURATIONS.get(kind_of(placement.place))
            if kind and ended is not None and date(2020, 4, 1) <= ended <= date(2025, 3, 31):
                days.setdefault(kind, []).append((ended - placement.started_on).days)
    return {kind: (len(found), mean(found), median(found)) for kind, found in days.items()}


def page_tables(cells: Sequence[Cell], lasted: Mapping[str, tuple[int, float, float]]) -> str:
    """Return the part of the page that is made from the figures."""
    far = sum(abs(cell.z) > FAR for cell in cells if cell.cut in STOCK_CUTS)
    of = sum(cell.cut in STOCK_CUTS for cell in cells)
    cuts = list(dict.fromkeys(cell.cut for cell in cells))
    lines = [
        BEGIN,
        f"Of {of} published cells of the stock, {far} are further than two standard deviations away "
        f"({100 * far / of:.0f} in 100; chance alone gives 5).",
        "",
        "### How well each cut fits",
        "",
        "Five authorities together. Chance alone gives a mean of 0 and a spread of 1; starts by year are kept to the child.",
        "",
        "| figure | cells | mean | spread | beyond 2 | beyond 4 |",
        "|---|---|---|---|---|---|",
    ]
    for cut in cuts:
        fit = fit_of(cells, cut)
        lines.append(
            f"| {WORDS[cut]}{_years_of(cut)} | {fit.cells} | {fit.mean_z:+.2f} | {fit.spread_z:.2f} | {fit.far} | "
            f"{fit.very_far} |"
        )
    lines += [
        "",
        "### The largest gaps",
        "",
        "| authority | figure | part | published | invented | standard deviations | why |",
        "|---|---|---|---|---|---|---|",
    ]
    for cell in sorted(cells, key=lambda one: (-abs(one.z), one.authority, one.cut, one.part))[:20]:
        lines.append(
            f"| {authority(cell.authority).name} | {WORDS[cell.cut]} | `{cell.part}` | {cell.published:,} | "
            f"{cell.invented:,} | {cell.z:+.1f} | {WHY.get(cell.cut, UNKNOWN)} |"
        )
    lines += [
        "",
        "### How long placements lasted",
        "",
        "Days of placements that ended: England in 2023/24 as published, the five councils in the five years to March 2025 "
        "as invented. The five need not be like England, and are held to their own numbers of moves instead. Adoption is "
        "shorter here because the councils' published stock of children placed for adoption is small beside those adopted.",
        "",
        "| kind | England, mean | invented, mean | England, median | invented, median | placements invented |",
        "|---|---|---|---|---|---|",
    ]
    national = placement_durations(2024)
    for kind in sorted(lasted):
        count, average, middle = lasted[kind]
        lines.append(
            f"| `{kind}` | {national[kind]['mean']} | {average:.0f} | {national[kind]['median']} | {middle:.0f} | {count:,} |"
        )
    lines += [
        "",
        "### Every cell",
        "",
        "Published / invented, and in brackets how many standard deviations where over 2.",
    ]
    for cut in cuts:
        own = [cell for cell in cells if cell.cut == cut]
        codes = sorted({cell.authority for cell in own})
        found = {(cell.part, cell.authority): cell for cell in own}
        lines += [
            "",
            f"#### {WORDS[cut][0].upper()}{WORDS[cut][1:]}{_years_of(cut)}",
            "",
            "| | " + " | ".join(authority(code).name for code in codes) + " |",
            "|---|" + "---|" * len(codes),
        ]
        for part in dict.fromkeys(cell.part for cell in own):
            row = [_shown(found.get((part, code))) for code in codes]
            lines.append(f"| `{part}` | " + " | ".join(row) + " |")
    return "\n".join([*lines, END])


def _years_of(cut: str) -> str:
    if cut in FLOWS:
        return ", 2021 to 2025 together"
    return "" if cut in ("stock", "starts", "ceases") else ", 2025"


def _shown(cell: Cell | None) -> str:
    if cell is None:
        return "suppressed"
    away = f" ({cell.z:+.1f})" if abs(cell.z) > FAR else ""
    return f"{cell.published:,} / {cell.invented:,}{away}"


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
    HISTORIES = histories_of_the_page()
    PAGE.write_text(
        page_with(page_tables(compared(HISTORIES), durations(HISTORIES)), PAGE.read_text(encoding="utf-8")),
        encoding="utf-8",
    )
