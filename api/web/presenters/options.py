"""The options page: ranked homes for one child, what was excluded and why, and what would have to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from markupsafe import Markup

from api.web.charts import NeedBar, needs_chart
from api.web.presenters.evidence import EvidenceView, present_evidence
from api.web.rule_words import rule_words
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
    placement_words,
    plain,
    sentence,
    urgency_words,
    weekly_cost,
)
from matching.approvals import EVERY_PLACEMENT
from matching.home import Home, control_of
from matching.referral import Referral, Wishes
from reference_data.codelists import lookup
from reference_data.vocabulary import NeedDomain

EXCLUDED_SHOWN = 15
"""Homes named under each rule that excludes them; a council's list holds hundreds that are merely full."""
GAINED_NAMED = 6
"""Homes named beside each change that would open them."""
SHOWN_IN_FULL = 10
"""Options laid out in full at first; the rest stand in a table, and one link shows them all in full."""

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
    reasons: tuple[str, ...]
    questions: tuple[QuestionView, ...]
    flags: tuple[str, ...]
    approvals: tuple[ApprovalView, ...]
    needs: tuple[NeedRow, ...]
    needs_picture: Markup | None
    to_sign: str
    in_brief: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedHome:
    """One home that cannot be used, under one rule."""

    home_id: str
    name: str
    text: str
    instrument: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionGroup:
    """The homes that one rule excludes; an instrument they share stands once, above them.

    ``further`` says how many more there are than ``homes`` lists, in words; empty where it lists all.
    """

    heading: str
    instrument: str
    homes: tuple[ExcludedHome, ...]
    further: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaxationView:
    """A change that would make more homes possible."""

    text: str
    gained: str
    homes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsPage:
    """Everything the options page shows."""

    referral_id: str
    child_id: str
    urgency: str
    urgency_words: str
    needed_by: str
    needed_in: str
    age: str
    legal_status: str
    siblings: str
    as_of: str
    prompts: tuple[str, ...]
    assumptions: tuple[str, ...]
    wishes: str
    wishes_source: str
    advocate: str
    options: tuple[OptionView, ...]
    further: tuple[OptionView, ...]
    option_count: str
    excluded: tuple[ExclusionGroup, ...]
    excluded_count: int
    relaxations: tuple[RelaxationView, ...]
    evidence: EvidenceView


def present_options(
    *,
    ranking: Mapping[str, Any],
    referral: Referral,
    homes: Mapping[str, Home],
    age_years: int | None,
    show_all: bool = False,
) -> OptionsPage:
    """Return the options page of one child from the contract's ``rank`` answer.

    Parameters
    ----------
    ranking
        The answer of the ranking, as the contract's JSON.
    referral, homes
        The records it was made from; homes by their id.
    age_years
        The child's age on the day of the answer; the birth date itself is never shown.
    show_all
        Whether every option is laid out in full, not just the first ones.
    """
    as_of = date.fromisoformat(ranking["as_of"])
    options = [_option(item, referral, homes.get(item["home_id"]), as_of) for item in ranking["options"]]
    full = len(options) if show_all else SHOWN_IN_FULL
    wishes = referral.wishes
    return OptionsPage(
        referral_id=referral.referral_id,
        child_id=referral.child_id,
        urgency=str(referral.urgency or ""),
        urgency_words=urgency_words(str(referral.urgency)) if referral.urgency else "Urgency not known",
        needed_by=british_date(referral.needed_by),
        needed_in=days_from(as_of, referral.needed_by),
        age=UNKNOWN if age_years is None else str(age_years),
        legal_status=_legal_status(referral.legal_status),
        siblings=_siblings(referral),
        as_of=british_date(as_of),
        prompts=_prompts(ranking["prompts"], wishes),
        assumptions=tuple(sentence(text) for text in ranking["assumptions"]),
        wishes=(wishes.text if wishes else None) or "",
        wishes_source=_wishes_source(wishes),
        advocate=(wishes.advocate if wishes else None) or "",
        options=tuple(options[:full]),
        further=tuple(options[full:]),
        option_count=capital(counted(len(options), "ranked home")),
        excluded=_exclusions(ranking["excluded"], homes, most=None if show_all else EXCLUDED_SHOWN),
        excluded_count=len(ranking["excluded"]),
        relaxations=tuple(_relaxation(item, homes, show_all=show_all) for item in ranking["relaxations"]),
        evidence=present_evidence(ranking["evidence"]),
    )


def _legal_status(code: str | None) -> str:
    if code is None:
        return UNKNOWN
    known = lookup("LS", code).code
    return f"{known.label} ({known.code})" if known else code


def _prompts(prompts: Sequence[str], wishes: Wishes | None) -> tuple[str, ...]:
    """Return the prompts without what the child said, or why not: the page shows that in a place of its own."""
    said = (wishes.text or wishes.reason_not_asked) if wishes else None
    return tuple(sentence(text) for text in prompts if not (said and said in text))


def _siblings(referral: Referral) -> str:
    if not referral.sibling_group:
        return "No brothers or sisters on this list"
    together = {
        "must": "must live together",
        "prefer": "should live together if possible",
        "no": "need not live together",
    }.get(str(referral.siblings_together or ""), "whether they must live together is not known")
    return f"Sibling group {referral.sibling_group}: {together}"


def _wishes_source(wishes: Wishes | None) -> str:
    if wishes is None:
        return ""
    if wishes.reason_not_asked:
        return sentence(f"Not asked: {wishes.reason_not_asked}")
    asked = []
    if wishes.asked_by:
        asked.append(f"by {wishes.asked_by}")
    if wishes.asked_on:
        asked.append(f"on {british_date(wishes.asked_on)}")
    return f"Asked {' '.join(asked)}." if asked else ""


def _option(item: Mapping[str, Any], referral: Referral, home: Home | None, as_of: date) -> OptionView:
    rank = int(item["rank"])
    questions = tuple(
        QuestionView(text=sentence(question["text"]), ask=capital(plain(question["ask"])))
        for question in item["questions"]
    )
    # What somebody else has to sign comes before what the social worker sends: it takes longer.
    needed = sorted(item["approvals"], key=lambda approval: approval["code"] in EVERY_PLACEMENT)
    approvals = tuple(
        ApprovalView(
            who=capital(plain(approval["who"])),
            why=sentence(approval["why"]),
            instrument=approval["instrument"] or "",
            due=british_date(approval["due_on"]) if approval["due_on"] else "Date not set",
        )
        for approval in needed
    )
    to_sign = _to_sign(needed)
    brief = [
        miles(item["distance_miles"]) if item["distance_miles"] is not None else "distance not known",
        weekly_cost(item["weekly_fee_pence"]) if item["weekly_fee_pence"] is not None else "cost not known",
    ]
    if questions:
        brief.append(f"{counted(len(questions), 'question')} to ask")
    if to_sign:
        brief.append(to_sign)
    bars = _bars(referral, home)
    known = any(bar.need is not None or bar.can_meet is not None for bar in bars)
    return OptionView(
        anchor=f"option-{rank}",
        rank=rank,
        home_id=item["home_id"],
        name=_name(home, item["home_id"]),
        kind=capital(placement_words(str(home.type))) if home and home.type else "Type not known",
        distance=miles(item["distance_miles"]),
        weekly_cost=weekly_cost(item["weekly_fee_pence"]),
        bought=capital(CONTRACT_WORDS.get(str(home.contract), UNKNOWN)) if home else UNKNOWN,
        decision=CONTROL_WORDS[control_of(home, authority=referral.authority)] if home else UNKNOWN,
        vacancy=_vacancy(home, as_of),
        reasons=tuple(sentence(reason) for reason in item["reasons"]),
        questions=questions,
        flags=tuple(sentence(flag) for flag in item["flags"]),
        approvals=approvals,
        needs=tuple(_need_row(bar) for bar in bars) if known else (),
        needs_picture=_needs_picture(rank, _name(home, item["home_id"]), bars) if known else None,
        to_sign=to_sign or "nothing to sign",
        in_brief=", ".join(brief),
    )


def _to_sign(approvals: Sequence[Mapping[str, Any]]) -> str:
    """Return how many signatures somebody else gives, and how many notices and plans are the social worker's."""
    notices = sum(approval["code"] in EVERY_PLACEMENT for approval in approvals)
    counts = ((len(approvals) - notices, "signature"), (notices, "notice"))
    return joined(counted(count, noun) for count, noun in counts if count)


def _name(home: Home | None, home_id: str) -> str:
    return (home.name if home else None) or home_id


def _vacancy(home: Home | None, as_of: date) -> str:
    if home is None or home.vacancies_confirmed_on is None:
        return "Vacancy not confirmed: telephone first"
    days = (as_of - home.vacancies_confirmed_on).days
    if days < 0:
        return f"Confirmation dated after today, {british_date(home.vacancies_confirmed_on)}: check it"
    said = f"Confirmed on {british_date(home.vacancies_confirmed_on)} ({days_from(as_of, home.vacancies_confirmed_on)})"
    return f"{said}: telephone to check" if days > STALE_AFTER_DAYS else said


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


def _exclusions(
    excluded: Sequence[Mapping[str, Any]], homes: Mapping[str, Home], *, most: int | None
) -> tuple[ExclusionGroup, ...]:
    """Group excluded homes by rule, the rule that excludes most first; a home stands under each of its rules."""
    groups: dict[str, list[ExcludedHome]] = {}
    for item in excluded:
        for reason in item["reasons"]:
            groups.setdefault(reason["rule"], []).append(
                ExcludedHome(
                    home_id=item["home_id"],
                    name=_name(homes.get(item["home_id"]), item["home_id"]),
                    text=sentence(reason["text"]),
                    instrument=reason["instrument"] or "",
                )
            )
    return tuple(
        _group(rule, members, most)
        for rule, members in sorted(groups.items(), key=lambda entry: -len(entry[1]))
    )


def _group(rule: str, members: Sequence[ExcludedHome], most: int | None) -> ExclusionGroup:
    instruments = {member.instrument for member in members}
    shared = instruments.pop() if len(instruments) == 1 else ""
    return ExclusionGroup(
        heading=f"{rule_words(rule)} ({counted(len({member.home_id for member in members}), 'home')})",
        instrument=shared,
        homes=tuple(
            replace(member, instrument="" if shared else member.instrument)
            for member in sorted(members, key=lambda member: member.home_id)[:most]
        ),
        further=counted(len(members) - most, "more home") if most and len(members) > most else "",
    )


def _relaxation(item: Mapping[str, Any], homes: Mapping[str, Home], *, show_all: bool) -> RelaxationView:
    gained = item["homes_gained"]
    named = [_name(homes.get(home_id), home_id) for home_id in gained]
    if not show_all and len(named) > GAINED_NAMED:
        named = [*named[:GAINED_NAMED], counted(len(named) - GAINED_NAMED, "more home")]
    return RelaxationView(
        text=sentence(item["text"]),
        gained=capital(counted(len(gained), "more home")),
        homes=joined(named),
    )
