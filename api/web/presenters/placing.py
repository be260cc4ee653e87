"""The pages of placing a child: enquiries and holds, what a start waits for, the decision, the approvals queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from api.alert_policy import LONDON
from api.web.words import (
    CONTROL_WORDS,
    british_date,
    capital,
    counted,
    days_from,
    placement_words,
    plain,
    weekly_cost,
)

if TYPE_CHECKING:
    from api.database.duties import Duty
    from api.database.kept import Kept
    from api.database.occupancy import Claim
    from api.services.holding import Holding
    from api.services.signing import Waiting
    from matching.home import Home
    from matching.rank import Ranking
    from matching.referral import Referral

OPTIONS_LISTED = 12

ANSWER_WORDS = {
    "offered": "Offered a place",
    "declined": "Declined",
    "no_answer": "No answer",
    "withdrawn": "Withdrew its offer",
}
REASON_WORDS = {
    "full": "No place free",
    "needs_beyond": "Needs beyond what it can meet",
    "matching_with_residents": "The match with those who live there",
    "staffing": "Not enough staff",
    "age_or_sex": "Age or sex outside its limits",
    "too_far": "Too far from school or family",
    "location_risk": "A risk near the home",
    "short_notice": "Too short a notice",
    "carer_circumstances": "The carers' own circumstances",
    "another_child_taken": "Another child was taken",
    "fee_not_agreed": "The fee was not agreed",
    "no_reason_given": "No reason given",
}
SAID = {
    "question": "The provider asked",
    "reply": "The council replied",
    "offered": "The provider offers a place",
    "declined": "The provider declined",
    "vacancies": "The provider confirmed its vacancies",
}
"""What was said over a provider's link, by the kind of message."""
STATUS_WORDS = {"waiting": "To do", "done": "Done", "skipped": "Left out", "refused": "Refused"}
RELEASED_WORDS = {
    "expired": "This hold has run out. The bed may be somebody else's now.",
    "let_go": "This hold was let go.",
    "placed_elsewhere": "The child was placed elsewhere, so this hold ended.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryView:
    """One home that was asked."""

    enquiry_id: str
    home: str
    asked: str
    answer: str
    detail: str
    awaited: bool
    home_id: str
    may_hold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAskView:
    """One home that may be asked, or held at once where we place."""

    rank: int
    home_id: str
    name: str
    kind: str
    who_decides: str
    cost: str
    direct: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """One hold of the child."""

    claim_id: str
    home: str
    state: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiriesPage:
    """Everything asked and held for one child, and whom to ask next."""

    referral_id: str
    child_id: str
    holds: tuple[HoldLine, ...]
    enquiries: tuple[EnquiryView, ...]
    to_ask: tuple[ToAskView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView:
    """One thing to be had, signed or sent."""

    duty_id: str
    text: str
    who: str
    instrument: str
    due: str
    status: str
    status_words: str
    answered: str
    waiting: bool
    may_skip: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPage:
    """One promised bed: how long it lasts and what a start waits for."""

    claim_id: str
    referral_id: str
    child_id: str
    home: str
    home_id: str
    from_on: str
    placed: bool
    standing: bool
    over: str
    expires: str
    expires_at: str
    expires_in: str
    identity: str
    other_holds: tuple[HoldLine, ...]
    checklist: tuple[DutyView, ...]
    approvals: tuple[DutyView, ...]
    notices: tuple[DutyView, ...]
    missing: str

    @property
    def ready(self) -> bool:
        """Say whether nothing holds a decision up."""
        return self.standing and not self.placed and not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage:
    """The decision form, with what the child said and where the home stands."""

    hold: HoldPage
    wishes: str
    wishes_source: str
    rank: str
    is_first: bool
    first_home: str
    cost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView:
    """One signature that waits."""

    duty: DutyView
    claim_id: str
    child: str
    home: str
    from_on: str
    held_by: str
    until: str
    mine: bool
    on_behalf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationView:
    """One signature handed on, in force now."""

    delegation_id: str
    text: str
    given_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """The approvals queue."""

    in_brief: str
    mine: tuple[WaitingView, ...]
    others: tuple[WaitingView, ...]
    handed_on: tuple[DelegationView, ...]
    not_now: tuple[DelegationView, ...]


def present_enquiries(
    *,
    referral: Referral,
    ranking: Ranking,
    enquiries: Sequence[Kept],
    claims: Sequence[Claim],
    homes: Mapping[str, Home],
    authority: str,
    now: datetime,
) -> EnquiriesPage:
    """Return the page of a child's enquiries and holds."""
    from matching.home import control_of
    from reference_data.vocabulary import Control

    asked = {one.values["home_id"] for one in enquiries if one.values.get("answer") in (None, "offered")}
    held = {claim.home_id for claim in claims}
    return EnquiriesPage(
        referral_id=referral.referral_id,
        child_id=referral.child_id,
        holds=tuple(_hold_line(claim, homes, now) for claim in claims),
        enquiries=tuple(_enquiry(one, homes, held) for one in reversed(enquiries)),
        to_ask=tuple(
            ToAskView(
                rank=option.rank,
                home_id=option.home_id,
                name=home_name(homes, option.home_id),
                kind=capital(placement_words(str(option.home.type))),
                who_decides=CONTROL_WORDS[str(control_of(option.home, authority=authority))],
                cost=weekly_cost(option.weekly_fee_pence),
                direct=control_of(option.home, authority=authority) is Control.DIRECT,
            )
            for option, _ in ranking.lawful
            if option.home_id not in asked | held
        )[:OPTIONS_LISTED],
    )


def present_hold(found: Holding, homes: Mapping[str, Home], *, now: datetime, as_of: date) -> HoldPage:
    """Return the page of a promised bed; ``homes`` has its home and those of the child's other holds."""
    claim = found.claim
    views = [(duty, duty_view(duty, as_of)) for duty in found.duties]
    signatures = sum(duty.kind == "approval" for duty in found.holds_up)
    items = len(found.holds_up) - signatures
    missing = [counted(items, "item of the checklist", "items of the checklist")] if items else []
    missing += [counted(signatures, "signature")] if signatures else []
    standing = claim.stands(now)
    released = RELEASED_WORDS.get(claim.released_because or "expired", "This hold is over.")
    return HoldPage(
        claim_id=claim.claim_id,
        referral_id=claim.referral_id,
        child_id=claim.child_id,
        home=home_name(homes, claim.home_id),
        home_id=claim.home_id,
        from_on=british_date(claim.from_on),
        placed=claim.kind == "placement",
        standing=standing,
        over="" if standing else released,
        expires=moment(claim.expires_at) if claim.expires_at else "",
        expires_at=claim.expires_at.isoformat(timespec="seconds") if claim.expires_at else "",
        expires_in=time_left(claim.expires_at, now) if claim.expires_at else "",
        identity=moment(claim.identity_shared_at) if claim.identity_shared_at else "",
        other_holds=tuple(_hold_line(one, homes, now) for one in found.other_holds),
        checklist=tuple(view for duty, view in views if duty.kind == "checklist"),
        approvals=tuple(view for duty, view in views if duty.kind == "approval"),
        notices=tuple(view for duty, view in views if duty.kind == "notice"),
        missing=" and ".join(missing),
    )


def _hold_line(claim: Claim, homes: Mapping[str, Home], now: datetime) -> HoldLine:
    return HoldLine(
        claim_id=claim.claim_id,
        home=home_name(homes, claim.home_id),
        state="Placed" if claim.kind == "placement" else "Held",
        until=until_words(claim, now),
    )


def present_decided(decision: Kept) -> tuple[tuple[str, str], ...]:
    """Return a decision that was taken, as rows of name and value."""
    values = decision.values
    rows = (
        ("Decided", f"{british_date(values.get('decided_on'))}, by {values.get('decided_by')}"),
        ("How the child’s wishes and feelings were considered", values.get("wishes_considered")),
        ("Why this home", values.get("reasons")),
        ("Why not the home ranked first", values.get("why_not_first")),
    )
    return tuple((name, value) for name, value in rows if value)


def present_decision(
    hold: HoldPage,
    *,
    referral: Referral,
    rank: int | None,
    first: str | None,
    homes: Mapping[str, Home],
    cost: str,
) -> DecisionPage:
    """Return the decision form."""
    wishes = referral.wishes
    source = ""
    if wishes is not None and wishes.text and (wishes.asked_by or wishes.asked_on):
        by = f" by the {wishes.asked_by}" if wishes.asked_by else ""
        on = f" on {british_date(wishes.asked_on)}" if wishes.asked_on else ""
        source = f"Asked{by}{on}."
    elif wishes is not None and wishes.reason_not_asked:
        source = f"Not asked: {wishes.reason_not_asked}"
    return DecisionPage(
        hold=hold,
        wishes=(wishes.text or "") if wishes else "",
        wishes_source=source,
        rank="not in today's ranking" if rank is None else f"number {rank} in today's ranking",
        is_first=rank == 1,
        first_home=home_name(homes, first) if first else "",
        cost=cost,
    )


def present_queue(
    waiting: Iterable[Waiting],
    in_force: Iterable[Kept],
    *,
    not_in_force: Iterable[Kept] = (),
    homes: Mapping[str, Home],
    now: datetime,
    as_of: date,
) -> QueuePage:
    """Return the approvals queue."""
    views = [
        WaitingView(
            duty=duty_view(one.duty, as_of),
            claim_id=one.claim.claim_id,
            child=one.claim.child_id,
            home=home_name(homes, one.claim.home_id),
            from_on=british_date(one.claim.from_on),
            held_by=one.claim.made_by,
            until=until_words(one.claim, now),
            mine=one.mine,
            on_behalf=one.on_behalf,
        )
        for one in waiting
    ]
    mine = tuple(view for view in views if view.mine)
    others = counted(len(views) - len(mine), "signature")
    brief = f"{capital(counted(len(mine), 'signature'))} waiting for you, {others} for others."
    return QueuePage(
        in_brief=brief if views else "Nothing waits for a signature.",
        mine=mine,
        others=tuple(view for view in views if not view.mine),
        handed_on=tuple(_delegation(one) for one in in_force),
        not_now=tuple(_delegation(one) for one in not_in_force),
    )


def _delegation(one: Kept) -> DelegationView:
    values = one.values
    return DelegationView(
        delegation_id=one.record_id,
        text=f"{values['given_to']} may sign for {values['given_by']} from {british_date(values['from_on'])} to "
        f"{british_date(values['until_on'])}: {', '.join(plain(code) for code in values['codes'])}.",
        given_by=values["given_by"],
    )


def duty_view(duty: Duty, as_of: date) -> DutyView:
    """Return one thing to be had, signed or sent."""
    answered = ""
    if duty.answered_at is not None:
        answered = f"{STATUS_WORDS[duty.status]} by {duty.answered_by}, {moment(duty.answered_at)}"
        answered += f": {duty.note}" if duty.note else "."
    due = f"{british_date(duty.due_on)} ({days_from(as_of, duty.due_on)})" if duty.due_on else ""
    return DutyView(
        duty_id=duty.duty_id,
        text=duty.text,
        who=capital(duty.who),
        instrument=duty.instrument,
        due=due,
        status=duty.status,
        status_words=STATUS_WORDS[duty.status],
        answered=answered,
        waiting=duty.status == "waiting",
        may_skip=duty.kind == "checklist",
    )


def home_name(homes: Mapping[str, Home], home_id: str) -> str:
    """Return a home's name, or its id when it has none or is gone."""
    home = homes.get(home_id)
    return (home.name if home is not None else None) or home_id


def reason_words(code: str) -> str:
    """Return why a home said no, in words."""
    return REASON_WORDS.get(code) or capital(plain(code))


def moment(at: datetime) -> str:
    """Return an instant by the clock of London, as ``15 June 2026 at 14:05``."""
    local = at.astimezone(LONDON)
    return f"{british_date(local.date())} at {local:%H:%M}"


def time_left(until: datetime, now: datetime) -> str:
    """Return how long is left, as ``1 hour 55 minutes``."""
    minutes = max(0, int((until - now).total_seconds() // 60))
    hours, minutes = divmod(minutes, 60)
    parts = [counted(hours, "hour")] if hours else []
    parts += [counted(minutes, "minute")] if minutes or not hours else []
    return " ".join(parts)


def until_words(claim: Claim, now: datetime) -> str:
    """Return until when a promise stands."""
    if claim.expires_at is None:
        return f"from {british_date(claim.from_on)}"
    return f"runs out {moment(claim.expires_at)}, in {time_left(claim.expires_at, now)}"


def _enquiry(one: Kept, homes: Mapping[str, Home], held: set[str]) -> EnquiryView:
    values = one.values
    answer = values.get("answer")
    parts = []
    if values.get("reason"):
        parts.append(reason_words(values["reason"]))
    if values.get("quoted_weekly_fee_pence") is not None:
        parts.append(weekly_cost(values["quoted_weekly_fee_pence"]))
    if values.get("quoted_staffing"):
        parts.append(values["quoted_staffing"])
    if values.get("offer_expires_on"):
        at = f" at {values['offer_expires_at']}" if values.get("offer_expires_at") else ""
        parts.append(f"offer ends {british_date(values['offer_expires_on'])}{at}")
    if values.get("said"):
        parts.append(values["said"])
    to = f", {values['spoke_to']}" if values.get("spoke_to") else ""
    at = f" at {values['asked_at']}" if values.get("asked_at") else ""
    return EnquiryView(
        enquiry_id=one.record_id,
        home=home_name(homes, values["home_id"]),
        home_id=values["home_id"],
        asked=f"{british_date(values['asked_on'])}{at}{to}",
        answer=ANSWER_WORDS.get(answer or "", "Answer awaited"),
        detail="; ".join(parts),
        awaited=answer is None,
        may_hold=answer == "offered" and values["home_id"] not in held,
    )
