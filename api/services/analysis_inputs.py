"""What an analysis is made from: the council's stored records, and what it wrote itself.

Everything is read first, while a transaction is open; what comes back works without one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from api.services.analyses import BedsSettings, IndicatorSettings, ReportSettings, digest_of_records
from reference_data.problems import InvalidInput

if TYPE_CHECKING:
    from api.database.analysis_records import Analysis
    from api.database.records import Records
    from matching.policy import Policy
    from sufficiency.action_plan import Milestone
    from sufficiency.action_values import ActionList
    from sufficiency.annual_report import ReportQuestion
    from sufficiency.beds_plan import BedsQuestion
    from sufficiency.carers import CarerFlow
    from sufficiency.enquiries import PlacementMade
    from sufficiency.indicators import IndicatorQuestion
    from sufficiency.returns import Returns
    from sufficiency.stability_watch import PlacementNotice, StabilityMeeting

Step = Callable[[str], None]
Made = Callable[..., dict[str, Any]]


def answer_of(records: Records, authority: str, asked: Analysis, *, policy: Policy) -> Made:
    """Read everything an analysis needs and return what makes it, to be called with ``step``.

    Raises
    ------
    NotEnoughData
        If no return has been imported.
    """
    if asked.kind == "beds":
        return _beds(records, authority, asked, policy)
    if asked.kind == "indicators":
        return _indicators(records, authority, asked)
    return _report(records, authority, asked, policy)


def _beds(records: Records, authority: str, asked: Analysis, policy: Policy) -> Made:
    returns, question = beds_inputs(
        records, authority, asked.as_of, BedsSettings.of(asked.settings), policy=policy
    )
    homes = records.homes()
    made_from = digest_of_records(records, authority, asked.as_of, policy=policy)

    def make(*, step: Step) -> dict[str, Any]:
        from sufficiency.beds_plan import plan_beds

        step("Simulating futures and setting beds against them")
        answer = plan_beds(returns, homes, question) | {"records_digest": made_from}
        if question.stays_from is not None:
            answer["evidence"]["warnings"].append(
                f"Crisis beds are counted from {question.stays_from:%-d %B %Y}: the council wrote that the record of "
                "stays is complete since then."
            )
        return answer

    return make


def _indicators(records: Records, authority: str, asked: Analysis) -> Made:
    returns = records.returns()
    question = indicator_question(records, authority, returns, IndicatorSettings.of(asked.settings))
    as_of = asked.as_of

    def make(*, step: Step) -> dict[str, Any]:
        from sufficiency.indicators import indicators_of

        step("Counting")
        answer = indicators_of(returns, question)
        if question.homes and as_of != question.at:
            answer["evidence"]["warnings"].append(
                f"Occupancy and prices are those of the list of homes on {as_of:%-d %B %Y}, not of the night counted."
            )
        return answer

    return make


def _report(records: Records, authority: str, asked: Analysis, policy: Policy) -> Made:
    returns = records.returns()
    settings = ReportSettings.of(asked.settings)
    if settings.year is None:
        settings = replace(settings, year=report_year("", returns))
    question = report_question(records, authority, asked.as_of, settings, policy=policy)

    def make(*, step: Step) -> dict[str, Any]:
        from sufficiency.annual_report import annual_report

        return annual_report(returns, question, step=step).as_dict()

    return make


def beds_inputs(
    records: Records, authority: str, as_of: date, settings: BedsSettings, *, policy: Policy | None = None
) -> tuple[Returns, BedsQuestion]:
    """Return the stored returns, and what is asked of them and of the stored homes.

    Raises
    ------
    NotEnoughData
        If no return has been imported.
    """
    from api.beds_planning import crisis_places
    from reference_data.vocabulary import AGE_BANDS, PlacementGroup
    from sufficiency.beds_plan import BedsQuestion
    from sufficiency.openings import LIKELY_SLIP, ON_THE_DAY
    from sufficiency.scenario import Scenario
    from sufficiency.void_records import voids_from_records

    returns = records.returns()
    parts = written_by_council(records, authority)
    starts, leaving = 1 + settings.starts_percent / 100, 1 + settings.leaving_percent / 100
    return returns, BedsQuestion(
        start=returns.last_day + timedelta(days=1),
        months=settings.months,
        as_of=as_of,
        runs=settings.runs,
        seed=settings.seed,
        authority=authority,
        stays=records.stays(),
        stays_from=stays_complete_since(parts, as_of),
        crisis_beds=crisis_places(records.homes()),
        # Those placed since too: who still waits is harder to place than who came.
        referrals=records.referrals(placed=True),
        enquiries=records.enquiries(),
        actions=candidate_actions(parts),
        yearly_budget_pence=budget_pence(parts),
        slip=LIKELY_SLIP if settings.late_openings else ON_THE_DAY,
        policy=policy,
        scenario=Scenario(
            name="scenario",
            starts=dict.fromkeys(AGE_BANDS, starts) if starts != 1 else {},
            exits=dict.fromkeys(map(str, PlacementGroup), leaving) if leaving != 1 else {},
        ),
        more_beds=settings.more_beds,
        voids=voids_from_records(
            records.contract_values("voids"), records.contract_values("contracts"), records.homes()
        ),
        carers=carers_of(settings),
    )


def indicator_question(
    records: Records, authority: str, returns: Returns, settings: IndicatorSettings
) -> IndicatorQuestion:
    """Return what is asked of the stored returns."""
    from sufficiency.indicators import IndicatorQuestion

    parts = written_by_council(records, authority)
    return IndicatorQuestion(
        at=settings.at or returns.last_day,
        rolling=settings.rolling,
        authority=authority,
        count_temporary=settings.count_temporary,
        targets=targets_of(parts),
        amber_points=settings.points,
        homes=records.homes(),
        enquiries=records.enquiries(),
        notices=placement_notices(records),
        meetings=stability_meetings(records),
        referrals=records.referrals(placed=True),
        placements=placements_recorded(records),
    )


def report_question(
    records: Records,
    authority: str,
    as_of: date,
    settings: ReportSettings,
    *,
    policy: Policy | None = None,
) -> ReportQuestion:
    """Return what the annual report is made from, beside the stored returns.

    Raises
    ------
    InvalidInput
        If the settings name no year.
    """
    if settings.year is None:
        raise InvalidInput("report_year", "Name the year of the report.")
    from sufficiency.annual_report import ReportQuestion

    parts = written_by_council(records, authority)
    council: Mapping[str, Any] = parts.get("council") or {}
    named = {name: council[name] for name in ("council", "colour") if council.get(name)}
    return ReportQuestion(
        year=settings.year,
        made_on=as_of,
        authority=authority,
        homes=records.homes(),
        referrals=records.referrals(placed=True),
        enquiries=records.enquiries(),
        placements=placements_recorded(records),
        stays=records.stays(),
        stays_from=stays_complete_since(parts, as_of),
        actions=candidate_actions(parts),
        milestones=milestones_of(parts),
        targets=targets_of(parts),
        written=paragraphs_of(parts),
        yearly_budget_pence=budget_pence(parts),
        runs=settings.runs,
        seed=settings.seed,
        policy=policy,
        **named,
    )


def carers_of(settings: BedsSettings) -> CarerFlow | None:
    """Return how foster carers come and go in a scenario; ``None`` where those there are stay and nobody comes."""
    from sufficiency.carers import LOSS_A_YEAR, CarerFlow

    if not settings.carers_come_and_go:
        return None
    loss = LOSS_A_YEAR if settings.carer_loss_percent is None else settings.carer_loss_percent / 100
    return CarerFlow(
        enquiries_a_year=settings.carer_enquiries,
        loss_a_year=loss,
        constellations=settings.constellations,
        kept_by_constellation=settings.kept_by_constellation_percent / 100,
    )


def report_year(text: str, returns: Returns) -> int:
    """Return the year that somebody asked a report for, the newest that can be reported where the text is empty.

    Raises
    ------
    InvalidInput
        If the text is no year, or no return closes on the 31 March of it.
    """
    years = [day.year for day in returns.year_ends if (day.month, day.day) == (3, 31)]
    known = ", ".join(map(str, years))
    if not years:
        raise InvalidInput("report_year", "No return closes on a 31 March, so no year can be reported.")
    text = text.strip()
    if not text:
        return years[-1]
    if text not in map(str, years):
        raise InvalidInput(
            "report_year", f"No return closes on 31 March of that year. Write one of: {known}."
        )
    return int(text)


def written_by_council(records: Records, authority: str) -> dict[str, Any]:
    """Return what the council wrote, by the name of the part."""
    return {name: part.content for name, part in records.analyses_of(authority).parts().items()}


def stays_complete_since(parts: Mapping[str, Any], as_of: date) -> date | None:
    """Return the day from which the council says that its record of stays is complete, unless it is yet to come.

    It is never guessed: a record may hold single stays from long before anybody wrote down all of them.
    """
    text = (parts.get("council") or {}).get("stays_complete_since")
    since = date.fromisoformat(text) if text else None
    return None if since is None or since > as_of else since


def placement_notices(records: Records) -> tuple[PlacementNotice, ...]:
    """Return the notices in view that placements must end, with what came of each."""
    from sufficiency.stability_watch import notice_of

    return tuple(map(notice_of, records.contract_values("notices")))


def stability_meetings(records: Records) -> tuple[StabilityMeeting, ...]:
    """Return the stability meetings in view, due and held."""
    from sufficiency.stability_watch import meeting_of

    return tuple(map(meeting_of, records.contract_values("stability_meetings")))


def placements_recorded(records: Records) -> tuple[PlacementMade, ...]:
    """Return the placements in view that were made here, each with how urgent its search was."""
    from sufficiency.enquiries import PlacementMade

    urgency = {one.referral_id: one.urgency for one in records.referrals(placed=True)}
    return tuple(
        PlacementMade(
            child_id=values["child_id"],
            on=values["starts_on"],
            urgency=urgency.get(values.get("referral_id") or ""),
        )
        for values in records.contract_values("placements")
        if values.get("starts_on") is not None
    )


def candidate_actions(parts: Mapping[str, Any]) -> ActionList:
    """Return the candidate actions that the council wrote; none where it wrote none."""
    from sufficiency.action_values import ActionList, actions_from_text

    text = parts.get("actions") or ""
    return actions_from_text(text) if text else ActionList(actions=(), scenarios={})


def milestones_of(parts: Mapping[str, Any]) -> tuple[Milestone, ...]:
    """Return the milestones of the council's action plan."""
    from sufficiency.action_plan import Milestone

    return tuple(
        Milestone(**{**values, "due": date.fromisoformat(values["due"])})
        for values in parts.get("milestones") or ()
    )


def targets_of(parts: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the council's targets by indicator."""
    return {name: Decimal(str(value)) for name, value in (parts.get("targets") or {}).items()}


def paragraphs_of(parts: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the council's paragraphs by section of the report."""
    found = {}
    for name, text in parts.items():
        if name.startswith("section:") and str(text).strip():
            found[name.removeprefix("section:")] = [
                one.strip() for one in str(text).split("\n\n") if one.strip()
            ]
    return found


def budget_pence(parts: Mapping[str, Any]) -> int | None:
    """Return the money there is for a year's placements, in pence."""
    pounds = (parts.get("council") or {}).get("yearly_budget_pounds")
    if pounds is None:
        return None
    if not isinstance(pounds, int) or pounds < 0:
        raise InvalidInput("budget", "Write the yearly budget in whole pounds, of 0 or more.")
    return pounds * 100
