"""The report's section of the partnership: each authority and the whole, side by side in published figures.

Only what is published of every member is set beside it: another council's records are its own. What sharing beds would
bring is answered by ``partnership_plan.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reference_data.authorities import Authority, authority, partners
from reference_data.placement_figures import STABILITY_WHOLES, stability
from reference_data.problems import NotFound
from reference_data.published import annual_figures
from sufficiency.report import Cell, Section, Table, table_of
from sufficiency.report_words import SECTIONS

YEARS_BACK = 5
_WHOLE = "The partnership"
_SOURCE = (
    "Department for Education, children looked after in England, as published; the last row adds the others"
)
_NOTE = "A dash where a figure was withheld or not published: then the whole is not told either."
_MEASURES = {
    "three_or_more_placements": "Three or more placements in the year",
    "three_or_more_in_2_years": "Three or more in two years",
    "same_carer_2_years": "With the same carer for two years",
}


def our_partnership(code: str | None, year: int) -> tuple[Section, ...]:
    """Return the section, or nothing for a council in no partnership that Righthome knows.

    Parameters
    ----------
    code
        DfE code of the council.
    year
        The year of the report; newer figures are left out.
    """
    try:
        members = sorted((authority(code or ""), *partners(code or "")), key=lambda one: one.name)
    except NotFound:
        return ()
    if len(members) == 1:
        return ()
    tables = [_children(members, year), *_stability(members, year)]
    return (
        Section(
            key="partnership",
            heading=SECTIONS["partnership"],
            paragraphs=(
                f"We plan with {_names([one.name for one in members if one.code != code])}. These are the "
                "newest figures published for each of us and for the whole.",
            ),
            tables=tuple(tables),
            to_write="what the partners have agreed to do together.",
        ),
    )


def _children(members: Sequence[Authority], year: int) -> Table:
    found = {
        one.code: {
            figure.year: figure.value
            for figure in annual_figures(one.code, "stock")
            if year - YEARS_BACK < figure.year <= year
        }
        for one in members
    }
    years = sorted({each for values in found.values() for each in values})
    rows: list[tuple[Cell, ...]] = [
        (one.name, *(found[one.code].get(each) for each in years)) for one in members
    ]
    whole = [_sum([found[one.code].get(each) for one in members]) for each in years]
    return table_of(
        "Children looked after on 31 March, each authority and the whole",
        ("Authority", *map(str, years)),
        [*rows, (_WHOLE, *whole)],
        source=_SOURCE,
        note=_NOTE,
    )


def _stability(members: Sequence[Authority], year: int) -> tuple[Table, ...]:
    """Return the newest year's shares, each worked out from the published counts."""
    for each in range(year, year - YEARS_BACK, -1):
        try:
            counts = {one.code: stability(one.code, each) for one in members}
        except NotFound:
            continue
        rows: list[tuple[Cell, ...]] = [
            (one.name, *(_percent([counts[one.code]], measure) for measure in _MEASURES)) for one in members
        ]
        return (
            table_of(
                f"How settled children were on 31 March {each}, in percent",
                ("Authority", *_MEASURES.values()),
                [*rows, (_WHOLE, *(_percent(list(counts.values()), measure) for measure in _MEASURES))],
                source=_SOURCE,
                note=_NOTE,
            ),
        )
    return ()


def _percent(counts: Sequence[Mapping[str, int | None]], measure: str) -> float | None:
    part = _sum([one.get(measure) for one in counts])
    whole = _sum([one.get(STABILITY_WHOLES[measure]) for one in counts])
    return None if part is None or not whole else round(100 * part / whole, 1)


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
