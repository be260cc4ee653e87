"""Indicators of how well homes serve children, each with its definition, its fraction, and what is missing.

``indicators_of`` is the analyst's door. Each indicator is worked out in a room of its own (``stability_indicators.py``,
``place_indicators.py``, ``care_leaver_indicators.py``, ``search_indicators.py``); comparators are in
``indicator_comparators.py``. Local figures and published ones are never joined: each row says its basis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from matching.home import Home
from matching.referral import Referral
from reference_data.evidence import evidence
from reference_data.problems import InvalidInput, NotFound
from sufficiency.care_leaver_indicators import CARE_LEAVER_INDICATORS
from sufficiency.enquiries import Enquiry, PlacementMade
from sufficiency.forecast import NOT_ASSESSED
from sufficiency.indicator import Asked, Definition, Found, not_assessed
from sufficiency.indicator_comparators import comparators
from sufficiency.looked_after import CareRecords, likeliest_authority
from sufficiency.place_indicators import PLACE_INDICATORS
from sufficiency.rag import AMBER_PERCENT, rag, travel
from sufficiency.reading_report import warnings_of_reading
from sufficiency.repair import repaired_history
from sufficiency.returns import Returns
from sufficiency.search_indicators import SEARCH_INDICATORS
from sufficiency.stability_indicators import STABILITY_INDICATORS
from sufficiency.stability_watch import WATCHED, PlacementNotice, StabilityMeeting, stability_watch

Counted = Callable[[Asked], Found]

INDICATORS: Mapping[Definition, Counted] = {
    **STABILITY_INDICATORS,
    **PLACE_INDICATORS,
    **CARE_LEAVER_INDICATORS,
    **SEARCH_INDICATORS,
}
"""Every indicator and the function that counts it, in the order they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorQuestion:
    """What is asked of the returns.

    Parameters
    ----------
    at
        The night counted, a 31 March for a published year; the year is the twelve months up to it, or, of a day within
        a year and not ``rolling``, the time since 1 April.
    rolling
        Whether the year is always twelve months.
    authority
        DfE code of the responsible authority; by default the one most home postcodes lie in.
    count_temporary
        Whether temporary places (T codes) count as placements.
    targets
        Percentages by indicator.
    amber_percent, amber_points
        As for ``rag.rag``.
    homes, enquiries
        For occupancy, prices and searches.
    with_children
        Whether each indicator lists the children counted in it, for those allowed to see them.
    notices
        Notices that placements must end, for the stability watch.
    meetings
        Stability meetings, due and held, for the stability watch.
    referrals, placements
        Who is whose brother or sister and lives where; placements made, with how urgent each search was.
    """

    at: date
    rolling: bool = False
    authority: str | None = None
    count_temporary: bool = False
    targets: Mapping[str, Decimal] = field(default_factory=dict)
    amber_percent: Decimal = AMBER_PERCENT
    amber_points: bool = False
    homes: Sequence[Home] = ()
    enquiries: Sequence[Enquiry] = ()
    with_children: bool = False
    notices: Sequence[PlacementNotice] = ()
    meetings: Sequence[StabilityMeeting] = ()
    referrals: Sequence[Referral] = ()
    placements: Sequence[PlacementMade] = ()


def indicators_of(returns: Returns, question: IndicatorQuestion) -> dict[str, Any]:
    """Return every indicator at a date, with its fraction, colour, direction and published comparators.

    Returns
    -------
    ``at``, ``year_from``, ``authority``, ``indicators`` (``id``, ``name``, ``definition``, ``population``, ``status``,
    ``reason``, ``numerator``, ``denominator``, ``missing``, ``missing_share``, ``value``, ``unit``, ``better_when``,
    ``target``, ``rag``, ``before`` (a year earlier), ``travel``, ``table``, ``comparators``, ``children``),
    ``stability_watch`` and ``evidence``.

    Raises
    ------
    InvalidInput
        If the date lies outside the returns, or a target names no indicator.
    """
    if not returns.first_day <= question.at <= returns.last_day:
        raise InvalidInput(
            "outside_the_returns",
            f"The returns tell of {returns.first_day.isoformat()} to {returns.last_day.isoformat()}; ask for a "
            f"day in them.",
        )
    known = {definition.id for definition in INDICATORS}
    if unknown := sorted(set(question.targets) - known):
        raise InvalidInput(
            "unknown_indicator", f"No indicator is called {unknown[0]}. They are: {', '.join(sorted(known))}."
        )
    now = _asked(returns, question, question.at)
    a_year_ago = (
        question.at.replace(year=question.at.year - 1) if question.at.day < 29 else _year_before(question.at)
    )
    before = _asked(returns, question, a_year_ago) if a_year_ago >= returns.first_day else None
    found = {
        definition: (counted(now), counted(before) if before else None)
        for definition, counted in INDICATORS.items()
    }
    return {
        "at": question.at.isoformat(),
        "year_from": now.year_from.isoformat(),
        "authority": now.authority,
        "indicators": [
            _row(definition, value, earlier, question, now) for definition, (value, earlier) in found.items()
        ],
        "stability_watch": stability_watch(
            now, question.notices, question.meetings, with_children=question.with_children
        ),
        "evidence": evidence(
            inputs=(
                returns.episodes,
                returns.people,
                question.at,
                now.year_from,
                now.authority,
                question.count_temporary,
                {name: str(value) for name, value in question.targets.items()},
                tuple(question.homes),
                tuple(question.enquiries),
                tuple(question.notices),
                tuple(question.meetings),
                tuple(question.referrals),
                tuple(question.placements),
            ),
            policy_version=None,
            data_date=question.at,
            seed=None,
            warnings=[
                *_warnings(question, now),
                *_without_an_earlier_value(found),
                *warnings_of_reading(returns, repaired_history(returns, known_on=question.at)),
            ],
        ),
    }


def children_of(returns: Returns, question: IndicatorQuestion, indicator: str) -> list[Mapping[str, Any]]:
    """Return the children counted in one indicator or one list of the stability watch, by id.

    It is for those allowed to see them: no other answer names a child unless it is asked to.

    Returns
    -------
    Rows of ``child_id`` and, in the stability watch, ``since`` and ``ends_on``.

    Raises
    ------
    NotFound
        If there is no indicator of that name.
    """
    asked = _asked(returns, question, question.at)
    watch = stability_watch(asked, question.notices, question.meetings, with_children=True)
    if indicator in WATCHED:
        return list(watch[indicator]["children"] or ())
    counted = next((count for definition, count in INDICATORS.items() if definition.id == indicator), None)
    if counted is None:
        raise NotFound("no_such_indicator", "There is no indicator of that name.")
    return [{"child_id": child_id} for child_id in sorted(counted(asked).children)]


def year_end(year: int) -> date:
    """Return the 31 March that closes the year to it."""
    return date(year, 3, 31)


def definitions() -> tuple[Definition, ...]:
    """Return the definition of every indicator, in the order they are told."""
    return tuple(INDICATORS)


def _asked(returns: Returns, question: IndicatorQuestion, at: date) -> Asked:
    records = CareRecords(returns, known_on=at)
    closes_a_year = (at.month, at.day) == (3, 31)
    year_from = date(at.year - (at.month < 4), 4, 1)
    if question.rolling and not closes_a_year:
        year_from = _year_before(at) + timedelta(days=1)
    return Asked(
        records=records,
        at=at,
        year_from=year_from,
        authority=question.authority or likeliest_authority(records),
        count_temporary=question.count_temporary,
        homes=tuple(question.homes),
        enquiries=tuple(question.enquiries),
        referrals=tuple(question.referrals),
        placements=tuple(question.placements),
    )


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return date(day.year - 1, 2, 28)


def _last_closed_year(at: date) -> int:
    """Return the year to 31 March that had closed by a day."""
    return at.year - ((at.month, at.day) < (3, 31))


def _row(
    definition: Definition, found: Found, before: Found | None, question: IndicatorQuestion, asked: Asked
) -> dict[str, Any]:
    target = question.targets.get(definition.id)
    value = found.value
    earlier = None if before is None or found.as_listed else before.value
    return {
        "id": definition.id,
        "name": definition.name,
        "definition": definition.definition,
        "population": definition.population,
        "source": definition.source,
        "status": found.status,
        "reason": found.reason,
        "numerator": found.numerator,
        "denominator": found.denominator,
        "missing": found.missing,
        "missing_share": _share(found.missing, found.population),
        "value": _shown(value),
        "unit": definition.unit,
        "better_when": definition.better_when,
        "target": _shown(target),
        "rag": str(
            rag(
                value,
                target,
                definition.better_when,
                amber_percent=question.amber_percent,
                points=question.amber_points,
            )
        ),
        "before": _shown(earlier),
        "travel": str(travel(earlier, value, definition.better_when)),
        "table": [dict(row) for row in found.table],
        "comparators": comparators(definition.id, asked.authority, _last_closed_year(asked.at)),
        "children": sorted(found.children) if question.with_children else None,
    }


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else round(part / whole, 4)


def _shown(value: Decimal | None) -> float | None:
    return None if value is None else float(value.quantize(Decimal("0.1"), ROUND_HALF_UP))


def _warnings(question: IndicatorQuestion, asked: Asked) -> Iterable[str]:
    if question.authority is None:
        yield (
            f"The responsible authority is taken to be {asked.authority}, where most home postcodes lie; give "
            f"--authority."
            if asked.authority
            else "Whose returns these are is not known: no home postcode could be located. Give --authority."
        )
    if (asked.at.month, asked.at.day) != (3, 31):
        yield f"Counted from {asked.year_from.isoformat()} to {asked.at.isoformat()}: not a published year."


def _without_an_earlier_value(found: Mapping[Definition, tuple[Found, Found | None]]) -> Iterable[str]:
    for definition, (value, earlier) in found.items():
        if value.value is not None and earlier is not None and earlier.status == NOT_ASSESSED:
            yield f"{definition.name}: nothing is said of the year before. {earlier.reason}"


__all__ = ["INDICATORS", "IndicatorQuestion", "definitions", "indicators_of", "not_assessed", "year_end"]
