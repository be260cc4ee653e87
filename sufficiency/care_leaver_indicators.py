"""How care leavers live and what they do, from the return's table of care leavers (OC3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from reference_data.ages import birthday
from reference_data.cells import CellError, parse_date
from reference_data.codelists import codes
from reference_data.law import law_number
from reference_data.tables import RawRow
from reference_data.vocabulary import PlacementGroup
from sufficiency.indicator import Asked, Definition, Found, not_assessed, share_of
from sufficiency.looked_after import detail_of

AGES = (19, 20, 21)
STAYING_PUT_AGES = (18, 19, 20)
NOT_COUNTED = frozenset({"DIED", "RHOM"})
"""Died, or returned home for at least six months: in no figure of care leavers."""
SUITABILITY_NOT_KNOWABLE = frozenset({"G", "H", "R"})
"""Gone abroad, deported, residence not known: left out of the figure of accommodation only, by the letter of ACCOM."""
_SUITABLE, _IN_ACTIVITY, _NO_INFORMATION = "suitable", "in_activity", "no_information"
_WITH_FORMER_CARER = "Z"
_DFE = "Department for Education, Local Authority Interactive Tool, 2026"
_COHORT = (
    "Young people whose 19th, 20th or 21st birthday fell in the year and who are in the return of care leavers; "
    "those who died "
    "or returned home for six months left out. Not in touch, refused and no longer required stay in it. A care "
    "leaver whose "
    "responsibility was transferred, or who had short breaks only, cannot be told from this table."
)

ACCOMMODATION = Definition(
    id="care_leavers_suitable_accommodation",
    name="Care leavers in suitable accommodation, 19 to 21",
    definition="Young people whose accommodation was judged suitable. No information counts as not suitable.",
    population=_COHORT + " Gone abroad, deported and residence not known left out of this one.",
    better_when="high",
    source=_DFE,
)
ACTIVITY = Definition(
    id="care_leavers_eet",
    name="Care leavers in education, employment or training, 19 to 21",
    definition="Young people in education, employment or training, full time or part time.",
    population=_COHORT,
    better_when="high",
    source=_DFE,
)
STAYING_PUT = Definition(
    id="staying_put",
    name="Staying put with former foster carers, 18 to 20",
    definition="Young people who live with their former foster carer.",
    population=(
        "Young people in the return of care leavers whose 18th, 19th or 20th birthday fell in the year and who "
        "were in foster "
        "care on the night before they turned 18, as far as the returns given show."
    ),
    better_when="high",
    source="Department for Education, Local Authority Interactive Tool 2026, staying put",
)


@dataclass(frozen=True, slots=True)
class _Leaver:
    child_id: str
    date_of_birth: date
    in_touch: str
    activity: str
    accommodation: str


def suitable_accommodation(asked: Asked) -> Found:
    """Return the care leavers of 19 to 21 whose accommodation was judged suitable."""
    leavers = _leavers(asked)
    if isinstance(leavers, Found):
        return leavers
    counted = [
        one
        for one in leavers
        if _has_birthday(one, AGES, asked)
        and one.in_touch not in NOT_COUNTED
        and one.accommodation[:1] not in SUITABILITY_NOT_KNOWABLE
    ]
    return _share(counted, "ACCOM", "accommodation", _SUITABLE)


def in_education_employment_training(asked: Asked) -> Found:
    """Return the care leavers of 19 to 21 in education, employment or training."""
    leavers = _leavers(asked)
    if isinstance(leavers, Found):
        return leavers
    counted = [one for one in leavers if _has_birthday(one, AGES, asked) and one.in_touch not in NOT_COUNTED]
    return _share(counted, "ACTIV", "activity", _IN_ACTIVITY)


def staying_put(asked: Asked) -> Found:
    """Return those who left foster care at 18 and live with their former carer."""
    leavers = _leavers(asked)
    if isinstance(leavers, Found):
        return leavers
    children = {child.child_id: child for child in asked.records.children}
    population = []
    unseen = []
    for one in leavers:
        if not _has_birthday(one, STAYING_PUT_AGES, asked) or one.in_touch in NOT_COUNTED:
            continue
        child = children.get(one.child_id)
        night = date.fromordinal(birthday(one.date_of_birth, law_number("child")).toordinal() - 1)
        if child is None or night < asked.records.first_day:
            unseen.append(one.child_id)
            continue
        row = child.episode_on(night)
        if row is not None and detail_of(row).group is PlacementGroup.FOSTERING:
            population.append(one)
    return share_of(
        (one.child_id for one in population),
        (one.child_id for one in population if one.accommodation.startswith(_WITH_FORMER_CARER)),
        table=[{"turned_18_before_the_returns": len(unseen)}] if unseen else [],
    )


CARE_LEAVER_INDICATORS: Mapping[Definition, Callable[[Asked], Found]] = {
    ACCOMMODATION: suitable_accommodation,
    ACTIVITY: in_education_employment_training,
    STAYING_PUT: staying_put,
}


def _leavers(asked: Asked) -> list[_Leaver] | Found:
    """Return the rows of the year's table, or what is missing."""
    if not asked.records.has_table("oc3"):
        return not_assessed("The returns have no table of care leavers (OC3).")
    table = asked.records.table_of_year("oc3", date(asked.at.year + (asked.at.month >= 4), 3, 31))
    if table is None:
        return not_assessed(
            "No table of care leavers (OC3) is named like the episodes table of the year; name both with the same year."
        )
    return list(_rows(table.raw.rows))


def _rows(rows: tuple[RawRow, ...]) -> Iterator[_Leaver]:
    for row in rows:
        cells = {
            name.upper(): "" if value is None else str(value).strip() for name, value in row.cells.items()
        }
        try:
            born = parse_date(cells.get("DOB"))
        except CellError:
            born = None
        if cells.get("CHILD") and born is not None:
            yield _Leaver(
                cells["CHILD"],
                born,
                cells.get("IN_TOUCH", "").upper(),
                cells.get("ACTIV", "").upper(),
                cells.get("ACCOM", "").upper(),
            )


def _has_birthday(one: _Leaver, ages: tuple[int, ...], asked: Asked) -> bool:
    return any(asked.year_from <= birthday(one.date_of_birth, age) <= asked.at for age in ages)


def _share(counted: list[_Leaver], codelist: str, what: str, good: str) -> Found:
    labels = codes(codelist)

    def means(one: _Leaver) -> str:
        code = getattr(one, what)
        return labels[code].maps_to if code in labels else _NO_INFORMATION

    table = Counter(means(one) for one in counted)
    return share_of(
        (one.child_id for one in counted),
        (one.child_id for one in counted if means(one) == good),
        missing=(one.child_id for one in counted if means(one) == _NO_INFORMATION),
        table=[
            {what: name, "number": number}
            for name, number in sorted(table.items(), key=lambda item: -item[1])
        ],
    )
