"""The alerts' pages: what is open and who answers, who was where on which night, and the Director's week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from api.alert_policy import LONDON
from api.web.presenters.emergency_watch import OUTCOME_WORDS, in_emergency_tonight
from api.web.presenters.parts import Part, in_parts
from api.web.rule_words import rule_words
from api.web.words import british_date, capital, counted, days_from, joined, placement_words, plain
from reference_data.vocabulary import WatchOutcome
from sufficiency.emergency_rules import worst_first

if TYPE_CHECKING:
    from sufficiency.emergency import WatchedSpell, WatchReport
    from sufficiency.emergency_figures import ChildNight, MonthOfNights

THE_WATCH = "The watch itself"
CHILDREN_SHOWN, DUE_SHOWN, RUNS_SHOWN = 10, 50, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One open alert."""

    alert_id: str
    child: str
    name: str
    outcome: str
    outcome_words: str
    text: str
    instrument: str
    since: str
    escalated: str
    told: str
    untold: str
    undelivered: str
    acknowledged: str
    snoozed: str
    may_put_off: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildAlerts:
    """The open alerts of one child, or those about the watch itself.

    ``child_id`` is empty for the watch itself. ``unanswered`` holds the id of each alert that nobody has acknowledged,
    and the step at which it is shown: what the one form of the child answers for.
    """

    child: str
    child_id: str
    anchor: str
    unanswered: tuple[tuple[str, str], ...]
    answered: int
    alerts: tuple[AlertView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsPage:
    """A part of the open alerts by child, children with an unanswered one first; ``parts`` links to all of them."""

    in_brief: str
    late: bool
    unreached: str
    longest_hours: int
    children: tuple[ChildAlerts, ...]
    parts: tuple[Part, ...]


def present_alerts(
    alerts: Iterable[Mapping[str, Any]],
    *,
    roles: Mapping[str, str],
    late: bool,
    unreached: str = "",
    longest_hours: int = 24,
    part: int = 1,
    of: str = "",
) -> AlertsPage:
    """Return a part of the open alerts: the one asked for, or the one with the alert or child that ``of`` names.

    ``unreached`` names roles that nobody is recorded for.
    """
    found = _children_together(alerts)
    unanswered = sum(1 for one in found if one["acknowledged_at"] is None)
    of_whom = list(dict.fromkeys(one["child_id"] for one in found))
    children = [child for child in of_whom if child is not None]
    of_children = f", of {counted(len(children), 'child', 'children')}" if children else ""
    named = next((one["child_id"] for one in found if of and of in (one["alert_id"], one["child_id"])), "")
    if named in of_whom:
        part = children.index(named) // CHILDREN_SHOWN + 1 if named else 1
    shown = in_parts(children, part, most=CHILDREN_SHOWN)
    # The watch itself is no child: it stands on the first part and is not counted in any.
    here = [one for one in of_whom if one in shown.items or (one is None and shown.number == 1)]
    brief = f"{capital(counted(len(found), 'alert is', 'alerts are'))} open{of_children}"
    return AlertsPage(
        in_brief=f"{brief}, {unanswered or 'none'} of them not acknowledged."
        if found
        else "No alert is open.",
        late=late,
        unreached=unreached,
        longest_hours=longest_hours,
        children=tuple(
            _child(child, [one for one in found if one["child_id"] == child], roles) for child in here
        ),
        parts=shown.links,
    )


def _child(child: str | None, own: list[Mapping[str, Any]], roles: Mapping[str, str]) -> ChildAlerts:
    unanswered = tuple((one["alert_id"], one["step"]) for one in own if one["acknowledged_at"] is None)
    return ChildAlerts(
        child=child or THE_WATCH,
        child_id=child or "",
        anchor=f"child-{own[0]['alert_id']}",
        unanswered=unanswered,
        answered=len(own) - len(unanswered),
        alerts=tuple(_alert(one, roles) for one in own),
    )


def _children_together(alerts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the alerts of each child together: children with the worst unanswered alert first, law before policy."""

    def standing(alert: Mapping[str, Any]) -> tuple[Any, ...]:
        answered = alert["acknowledged_at"] is not None
        return (answered, worst_first([(alert["rule"], alert["outcome"])]), alert["step_at"])

    of_child: dict[str, list[Mapping[str, Any]]] = {}
    for alert in alerts:
        of_child.setdefault(alert["child_id"] or "", []).append(alert)
    for own in of_child.values():
        own.sort(key=lambda alert: (*standing(alert), alert["alert_id"]))
    ordered = sorted(of_child.items(), key=lambda item: (*standing(item[1][0]), item[0]))
    return [alert for _, own in ordered for alert in own]


def _alert(alert: Mapping[str, Any], roles: Mapping[str, str]) -> AlertView:
    told = [one for one in alert["told"] if one["status"] == "sent"]
    waiting = sum(1 for one in alert["told"] if one["status"] in {"waiting", "claimed"})
    dead = [one for one in alert["told"] if one["status"] == "dead"]
    names = joined(dict.fromkeys(_role(one["role"], roles) for one in told))
    said = f"Told: {names}." if names else "Nobody has been told by message yet."
    return AlertView(
        alert_id=alert["alert_id"],
        child=alert["child_id"] or THE_WATCH,
        name=rule_words(alert["rule"]),
        outcome=alert["outcome"],
        outcome_words=OUTCOME_WORDS[WatchOutcome(alert["outcome"])],
        text=alert["text"],
        instrument=alert["instrument"],
        since=moment(alert["raised_at"]),
        escalated=f"Escalated {counted(alert['escalation'], 'time')}: not acknowledged in time."
        if alert["escalation"]
        else "",
        told=f"{said} {capital(counted(waiting, 'message'))} waiting." if waiting else said,
        untold=joined(_role(role, roles) for role in alert["untold_roles"]),
        undelivered=joined(dict.fromkeys(_role(one["role"], roles) for one in dead)),
        acknowledged=f"Acknowledged by {alert['acknowledged_by']}, {moment(alert['acknowledged_at'])}"
        if alert["acknowledged_at"]
        else "",
        snoozed=moment(alert["snoozed_until"]) if alert["snoozed_until"] else "",
        may_put_off=bool(alert.get("may_be_put_off")),
        notes=tuple(
            f"{moment(note['at'])}, {note['by']} ({plain(note['kind'])}): {note['note']}"
            for note in alert["notes"]
        ),
    )


def _role(role: str, roles: Mapping[str, str]) -> str:
    return roles.get(role, plain(role))


def moment(instant: str) -> str:
    """Return an instant as a person in London reads it."""
    local = datetime.fromisoformat(instant).astimezone(LONDON)
    return f"{british_date(local.date())} at {local:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NightsRow:
    """Nights in a row that a child spent in the same place."""

    child_id: str
    first: str
    last: str
    nights: int
    where: str
    unsuitable: str
    unlawful: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """What falls due next."""

    due: str
    due_in: str
    child_id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NightsPage:
    """Who was where, and what falls due next: a part of each, and the links to all parts."""

    first: str
    last: str
    rows: tuple[NightsRow, ...]
    parts: tuple[Part, ...]
    due: tuple[DueRow, ...]
    due_parts: tuple[Part, ...]


_ANSWERS = {"yes": "Yes", "no": "No", "unknown": "Not known"}


def present_nights(
    nights: Sequence[ChildNight],
    report: WatchReport,
    *,
    first: date,
    last: date,
    part: int = 1,
    due_part: int = 1,
) -> NightsPage:
    """Return the page of the nights: nights in one place are one row, the file has them one by one."""
    runs: list[list[ChildNight]] = []
    for one in sorted(nights, key=lambda one: (one.child_id, one.night)):
        last_of = runs[-1][-1] if runs else None
        if (
            last_of is not None
            and one.night - last_of.night == timedelta(days=1)
            and (one.child_id, one.settings, one.unsuitable, one.unlawful)
            == (last_of.child_id, last_of.settings, last_of.unsuitable, last_of.unlawful)
        ):
            runs[-1].append(one)
        else:
            runs.append([one])
    due = sorted(
        (answer.due_on, spell.child_id, answer.rule, answer.text)
        for spell in report.spells
        if spell.ended_on is None
        for answer in spell.rules
        if answer.due_on is not None and answer.due_on >= report.as_of
    )
    shown, falls_due = in_parts(runs, part, most=RUNS_SHOWN), in_parts(due, due_part, most=DUE_SHOWN)
    return NightsPage(
        first=british_date(first),
        last=british_date(last),
        rows=tuple(
            NightsRow(
                child_id=run[0].child_id,
                first=british_date(run[0].night),
                last=british_date(run[-1].night),
                nights=len(run),
                where=capital(joined(placement_words(code) for code in run[0].settings)) or "Not recorded",
                unsuitable=_ANSWERS[run[0].unsuitable],
                unlawful=_ANSWERS[run[0].unlawful],
            )
            for run in shown.items
        ),
        parts=shown.links,
        due=tuple(
            DueRow(
                due=british_date(day),
                due_in=days_from(report.as_of, day),
                child_id=child_id,
                name=rule_words(rule),
                text=text,
            )
            for day, child_id, rule, text in falls_due.items
        ),
        due_parts=falls_due.links,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRow:
    """One figure now and a week ago."""

    name: str
    now: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPage:
    """The Director's week."""

    week: str
    rows: tuple[WeekRow, ...]
    unanswered: tuple[AlertView, ...]
    late: bool
    unreached: str


def present_week(
    now: WatchReport,
    before: WatchReport,
    alerts: Iterable[Mapping[str, Any]],
    *,
    roles: Mapping[str, str],
    late: bool,
    unreached: str = "",
) -> WeekPage:
    """Return the Director's page: the week's figures beside the last one's, and what nobody has answered."""
    raised = _children_together(
        one for one in alerts if one["outcome"] == WatchOutcome.RAISED and one["acknowledged_at"] is None
    )
    figures = (
        ("Children in emergency accommodation tonight", lambda report: len(_children(report))),
        ("of them over the limit of nights", lambda report: len(_children(report, "over_14_nights"))),
        (
            "of them in a setting the law bars for a child in care",
            lambda report: len(_children(report, "looked_after_unlawful_setting")),
        ),
        ("of them with an unregistered provider", lambda report: len(_children(report, "unregistered"))),
        (
            "Spells begun in the seven days",
            lambda report: sum(
                report.as_of - spell.started_on < timedelta(days=7) for spell in report.spells
            ),
        ),
        (
            "Spells ended in the seven days",
            lambda report: sum(
                spell.ended_on is not None and report.as_of - spell.ended_on < timedelta(days=7)
                for spell in report.spells
            ),
        ),
    )
    return WeekPage(
        week=f"{british_date(before.as_of + timedelta(days=1))} to {british_date(now.as_of)}",
        rows=tuple(WeekRow(name=name, now=count(now), before=count(before)) for name, count in figures),
        unanswered=tuple(_alert(one, roles) for one in raised),
        late=late,
        unreached=unreached,
    )


def _children(report: WatchReport, rule: str | None = None) -> set[str]:
    """Return the children in an emergency setting tonight, and of a rule those for whom it is raised."""
    return {
        spell.child_id
        for spell in report.spells
        if _raised(spell, rule) and in_emergency_tonight(spell.as_dict())
    }


def _raised(spell: WatchedSpell, rule: str | None) -> bool:
    if rule is None:
        return True
    return any(answer.rule == rule and answer.outcome is WatchOutcome.RAISED for answer in spell.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """One month's figures, as a person reads them."""

    month: str
    children: str
    nights: str
    over_14_nights: int
    unlawful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthsPage:
    """The months, the latest first."""

    rows: tuple[MonthRow, ...]


def present_months(months: Sequence[MonthOfNights]) -> MonthsPage:
    """Return the page of the months; what may have been unsuitable stands beside what was."""

    def with_perhaps(sure: int, perhaps: int) -> str:
        return f"{sure}" if sure == perhaps else f"{sure}, perhaps {perhaps}"

    return MonthsPage(
        rows=tuple(
            MonthRow(
                month=f"{month.month:%B %Y}",
                children=with_perhaps(month.children, month.children_perhaps),
                nights=with_perhaps(month.nights, month.nights_perhaps),
                over_14_nights=month.over_14_nights,
                unlawful=month.unlawful,
            )
            for month in reversed(months)
        )
    )
