"""One ranked home as the options page shows it: facts, for and against, gaps, questions, approvals, what was weighed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from api.web.charts import NeedBar, needs_chart
from api.web.words import (
    CONTRACT_WORDS,
    CONTROL_WORDS,
    UNKNOWN,
    british_date,
    capital,
    counted,
    days_from,
    domain_words,
    joined,
    miles,
    number,
    placement_words,
    plain,
    sentence,
    weekly_cost,
)
from matching.aim_words import aim_in_words
from matching.approvals import EVERY_PLACEMENT
from matching.home import Home, control_of
from matching.referral import Referral
from reference_data.vocabulary import NeedDomain

STALE_AFTER_DAYS = 7
"""A vacancy confirmed longer ago than this is marked for a telephone call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """Something that must be asked before the home can be judged, and whom to ask."""

    text: str
    ask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    """An approval the placement needs, by whom and by when."""

    who: str
    why: str
    instrument: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """One domain of need beside what the home says it can meet."""

    domain: str
    need: str
    can_meet: str
    gap: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapView:
    """One need the home falls short of, and the support that would close the gap."""

    domain: str
    size: str
    support: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermView:
    """What one aim of the policy says of the home, with its penalty and where the aim comes from."""

    aim: str
    text: str
    penalty: str
    how: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionView:
    """One ranked home."""

    anchor: str
    rank: int
    home_id: str
    name: str
    kind: str
    distance: str
    weekly_cost: str
    bought: str
    decision: str
    vacancy: str
    vacancy_stale: bool
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    gaps: tuple[GapView, ...]
    reasons: tuple[str, ...]
    terms: tuple[TermView, ...]
    questions: tuple[QuestionView, ...]
    flags: tuple[str, ...]
    approvals: tuple[ApprovalView, ...]
    needs: tuple[NeedRow, ...]
    needs_picture: Markup | None
    to_sign: str
    in_brief: str
    first_for: str
    first_against: str


def present_option(
    item: Mapping[str, Any],
    referral: Referral,
    home: Home | None,
    as_of: date,
    aims: Mapping[str, Mapping[str, Any]],
) -> OptionView:
    """Return one option; ``aims`` are the policy's by name, as the contract's answer lists them."""
    rank = int(item["rank"])
    questions = tuple(
        QuestionView(text=sentence(question["text"]), ask=capital(plain(question["ask"])))
        for question in item["questions"]
    )
    # What somebody else has to sign comes before what the social worker sends: it takes longer.
    needed = sorted(item["approvals"], key=lambda approval: approval["code"] in EVERY_PLACEMENT)
    to_sign = _to_sign(needed)
    bars = _bars(referral, home)
    known = any(bar.need is not None or bar.can_meet is not None for bar in bars)
    speaks_for = tuple(sentence(text) for text in item["for"])
    speaks_against = tuple(sentence(text) for text in item["against"])
    vacancy, stale = _vacancy(home, as_of)
    return OptionView(
        anchor=f"option-{rank}",
        rank=rank,
        home_id=item["home_id"],
        name=home_name(home, item["home_id"]),
        kind=capital(placement_words(str(home.type))) if home and home.type else "Type not known",
        distance=miles(item["distance_miles"])
        if item["distance_miles"] is not None
        else _no_distance(item.get("distance_note")),
        weekly_cost=weekly_cost(item["weekly_fee_pence"]),
        bought=capital(CONTRACT_WORDS.get(str(home.contract), UNKNOWN)) if home else UNKNOWN,
        decision=CONTROL_WORDS[control_of(home, authority=referral.authority)] if home else UNKNOWN,
        vacancy=vacancy,
        vacancy_stale=stale,
        speaks_for=speaks_for,
        speaks_against=speaks_against,
        gaps=tuple(_gap(gap) for gap in item["gaps"]),
        reasons=tuple(sentence(reason) for reason in item["reasons"]),
        terms=tuple(_term(term, aims[term["aim"]]) for term in item["terms"] if term["aim"] in aims),
        questions=questions,
        flags=tuple(sentence(flag) for flag in item["flags"]),
        approvals=tuple(_approval(approval) for approval in needed),
        needs=tuple(_need_row(bar) for bar in bars) if known else (),
        needs_picture=_needs_picture(rank, home_name(home, item["home_id"]), bars) if known else None,
        to_sign=to_sign or "nothing to sign",
        in_brief=_in_brief(item, len(questions), to_sign),
        first_for=speaks_for[0] if speaks_for else "",
        first_against=speaks_against[0] if speaks_against else "",
    )


def home_name(home: Home | None, home_id: str) -> str:
    """Return the name of a home, or its id where it has none."""
    return (home.name if home else None) or home_id


def _in_brief(item: Mapping[str, Any], questions: int, to_sign: str) -> str:
    brief = [
        miles(item["distance_miles"]) if item["distance_miles"] is not None else "distance not known",
        weekly_cost(item["weekly_fee_pence"]) if item["weekly_fee_pence"] is not None else "cost not known",
    ]
    if questions:
        brief.append(f"{counted(questions, 'question')} to ask")
    if to_sign:
        brief.append(to_sign)
    return ", ".join(brief)


def _no_distance(note: object) -> str:
    why = str(note or "").removeprefix("The distance is unknown: ").rstrip(".")
    return f"{UNKNOWN}: {why}" if why else UNKNOWN


def _approval(approval: Mapping[str, Any]) -> ApprovalView:
    return ApprovalView(
        who=capital(plain(approval["who"])),
        why=sentence(approval["why"]),
        instrument=approval["instrument"] or "",
        due=british_date(approval["due_on"]) if approval["due_on"] else "",
    )


def _to_sign(approvals: Sequence[Mapping[str, Any]]) -> str:
    """Return how many signatures somebody else gives, and how many notices and plans are the social worker's."""
    notices = sum(approval["code"] in EVERY_PLACEMENT for approval in approvals)
    counts = ((len(approvals) - notices, "signature"), (notices, "notice"))
    return joined(counted(count, noun) for count, noun in counts if count)


def _gap(gap: Mapping[str, Any]) -> GapView:
    points = gap["points"]
    return GapView(
        domain=domain_words(gap["domain"]),
        size="the home has not said" if points is None else f"{counted(points, 'point')} beyond the home",
        support=sentence(capital(str(gap["support"]))),
        source=str(gap["source"]),
    )


def _term(term: Mapping[str, Any], aim: Mapping[str, Any]) -> TermView:
    units, weight = term["units"], aim["weight"]
    how = f"{counted(units, 'unit')} of weight {number(weight)}" if units else ""
    return TermView(
        aim=capital(aim_in_words(term["aim"])),
        text=sentence(term["text"]),
        penalty=number(term["penalty"]),
        how=sentence(how),
        source=str(aim["source"]),
    )


def _vacancy(home: Home | None, as_of: date) -> tuple[str, bool]:
    """Return how old the word is that a place is free, and whether it is too old to rely on."""
    if home is None or home.vacancies_confirmed_on is None:
        return "Vacancy not confirmed: telephone first", True
    days = (as_of - home.vacancies_confirmed_on).days
    if days < 0:
        return f"Confirmation dated after today, {british_date(home.vacancies_confirmed_on)}: check it", True
    said = f"Confirmed on {british_date(home.vacancies_confirmed_on)} ({days_from(as_of, home.vacancies_confirmed_on)})"
    stale = days > STALE_AFTER_DAYS
    return (f"{said}: telephone to check" if stale else said), stale


def _bars(referral: Referral, home: Home | None) -> tuple[NeedBar, ...]:
    needs: Mapping[Any, int] = referral.needs or {}
    can_meet: Mapping[Any, int] = (home.can_meet if home else None) or {}
    return tuple(
        NeedBar(label=domain_words(domain), need=needs.get(domain), can_meet=can_meet.get(domain))
        for domain in NeedDomain
    )


def _need_row(bar: NeedBar) -> NeedRow:
    if bar.need is None or bar.can_meet is None:
        gap = "Not assessed"
    else:
        gap = str(bar.need - bar.can_meet) if bar.need > bar.can_meet else "None"
    return NeedRow(
        domain=bar.label,
        need=UNKNOWN if bar.need is None else str(bar.need),
        can_meet=UNKNOWN if bar.can_meet is None else str(bar.can_meet),
        gap=gap,
    )


def _needs_picture(rank: int, name: str, bars: Sequence[NeedBar]) -> Markup:
    gaps = [
        bar.label.lower()
        for bar in bars
        if bar.need is not None and bar.can_meet is not None and bar.need > bar.can_meet
    ]
    return needs_chart(
        chart_id=f"needs-{rank}",
        title=f"The child's needs and what {name} says it can meet",
        description=f"Needs above what the home can meet: {joined(gaps) if gaps else 'none known'}.",
        bars=bars,
    )
