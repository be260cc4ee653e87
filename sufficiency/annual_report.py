"""The annual sufficiency report of one council, put together from its returns, homes and records.

The analyst's door is ``annual_report``. Sections are in ``report_sections.py``, ``report_indicators.py``,
``report_ahead.py`` and ``report_partnership.py``; what they rest on is asked here once, so that no two of them can
disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from matching.home import Home
from matching.policy import Policy
from matching.referral import Referral
from reference_data.authorities import authority_name
from reference_data.problems import InvalidInput
from sufficiency import report_ahead as ahead
from sufficiency import report_indicators as measured
from sufficiency import report_sections as sections
from sufficiency.action_plan import Milestone
from sufficiency.action_values import ActionList
from sufficiency.beds_plan import BedsQuestion, plan_beds
from sufficiency.emergency_figures import monthly_figures
from sufficiency.emergency_stay import Stay
from sufficiency.enquiries import Enquiry, PlacementMade, placements_made
from sufficiency.forecast import forecast_need
from sufficiency.indicators import IndicatorQuestion, indicators_of
from sufficiency.looked_after import CareRecords, likeliest_authority
from sufficiency.report import Report, Section
from sufficiency.report_partnership import our_partnership
from sufficiency.returns import Returns

MONTHS_AHEAD = 36
YEARS_BACK = 5
STEPS = 4
"""How many steps ``annual_report`` tells of, for whoever shows how far it is."""
_Step = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuestion:
    """What a report is made from, beside the returns.

    Parameters
    ----------
    year
        The year to 31 March that it looks back on.
    made_on
        The day it is made; homes and records are of that day.
    authority
        DfE code of the council; by default the one most home postcodes lie in.
    council, colour
        The name and colour for the title and headings; the authority's name by default.
    placements
        Placements made, with how urgent each search was; by default those that ended enquiries.
    written
        Paragraphs that people wrote, by the key of the section.
    runs, seed
        Of the forecast.
    policy
        The council's policy, for which bed fits whom; the default by default.
    """

    year: int
    made_on: date
    authority: str | None = None
    council: str | None = None
    colour: str = "#1d4f91"
    homes: Sequence[Home] = ()
    referrals: Sequence[Referral] = ()
    enquiries: Sequence[Enquiry] = ()
    placements: Sequence[PlacementMade] = ()
    stays: Sequence[Stay] = ()
    stays_from: date | None = None
    actions: ActionList = field(default=ActionList(actions=(), scenarios={}))
    milestones: Sequence[Milestone] = ()
    targets: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Sequence[str]] = field(default_factory=dict)
    yearly_budget_pence: int | None = None
    months: int = MONTHS_AHEAD
    runs: int = 300
    seed: int = 0
    policy: Policy | None = None


def annual_report(returns: Returns, question: ReportQuestion, *, step: _Step = lambda _: None) -> Report:
    """Return the report of a year.

    Parameters
    ----------
    step
        Is told what is being worked on, for whoever waits.

    Raises
    ------
    InvalidInput
        If the returns do not reach to the 31 March of the year, or a written section is not one of the report's.
    """
    end = date(question.year, 3, 31)
    if end not in returns.year_ends:
        known = ", ".join(str(day.year) for day in returns.year_ends)
        raise InvalidInput(
            "no_return_of_the_year",
            f"There is no return closing on 31 March {question.year}; there are: {known}.",
        )
    step("Counting children")
    records = {
        year: CareRecords(returns, known_on=date(year, 3, 31))
        for year in range(question.year - YEARS_BACK + 1, question.year + 1)
        if date(year, 3, 31) in returns.year_ends
    }
    code = question.authority or likeliest_authority(records[question.year])
    step("Counting indicators")
    indicators = indicators_of(
        returns,
        IndicatorQuestion(
            at=end,
            authority=code,
            targets=question.targets,
            homes=question.homes,
            enquiries=question.enquiries,
            referrals=question.referrals,
            placements=question.placements or placements_made(question.enquiries, question.referrals),
        ),
    )
    step("Simulating futures")
    forecast = forecast_need(
        returns, start=end, months=question.months, runs=question.runs, seed=question.seed
    )
    told = forecast.as_dict()
    step("Setting beds against children")
    beds = plan_beds(
        returns,
        question.homes,
        BedsQuestion(
            start=end,
            months=question.months,
            as_of=question.made_on,
            runs=question.runs,
            seed=question.seed,
            authority=code,
            stays=question.stays,
            stays_from=question.stays_from,
            referrals=question.referrals,
            enquiries=question.enquiries,
            actions=question.actions,
            yearly_budget_pence=question.yearly_budget_pence,
            policy=question.policy,
        ),
    )
    months = (
        [
            {
                "month": one.month.isoformat(),
                **{name: getattr(one, name) for name in ("children", "nights", "over_14_nights", "unlawful")},
            }
            for one in monthly_figures(
                question.stays, start=date(question.year - 1, 4, 1), months=12, as_of=question.made_on
            )
        ]
        if question.stays
        else []
    )
    found = (
        sections.who_our_children_are(records),
        sections.homes_we_have(question.homes, {**beds["capacity"], "authority": code}, question.made_on),
        measured.how_well(indicators),
        measured.far_or_unsuitable(indicators, months),
        ahead.what_is_coming(told),
        ahead.beds_short(beds),
        ahead.what_we_will_do(question.milestones, question.homes, beds, question.made_on),
        ahead.costs(beds),
        *our_partnership(code, question.year),
        sections.what_children_say(),
        sections.method_and_quality(
            told["repairs"],
            [
                text
                for text in (*indicators["evidence"]["warnings"], *beds["evidence"]["warnings"])
                if "track record" not in text
            ],
            beds["evidence"],
        ),
    )
    return Report(
        council=question.council or authority_name(code),
        year=question.year,
        made_on=question.made_on,
        colour=question.colour,
        sections=_with_what_was_written(found, question.written),
        evidence=beds["evidence"],
    )


def _with_what_was_written(
    found: Sequence[Section], written: Mapping[str, Sequence[str]]
) -> tuple[Section, ...]:
    keys = [section.key for section in found]
    if unknown := sorted(set(written) - set(keys)):
        raise InvalidInput(
            "unknown_section", f"The report has no section {unknown[0]}. Its sections are: {', '.join(keys)}."
        )
    return tuple(replace(section, written=tuple(written.get(section.key, ()))) for section in found)
