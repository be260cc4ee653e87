"""Hold a bed for a child: only a lawful home, only while its offer stands, and for so long as policy allows.

With the hold come everything the provider must have, everything that must be signed, and everything
that must be sent: so the approvals queue shows it at once, and nothing is remembered by one person only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from api import clock
from api.database.duties import Duty, new_duty
from api.database.kept import stale_edit
from api.services.desk import Desk
from api.services.enquiries import expires_at, standing_offer
from api.services.ranked_options import ranked_options
from reference_data.problems import Conflict
from reference_data.vocabulary import Control, Urgency

if TYPE_CHECKING:
    from api.database.occupancy import Claim
    from api.database.records import Records
    from matching.option import Option
    from matching.rank import Ranking


SECOND_HOLD = "Let it go unless both are needed: a second hold keeps a bed from other children."


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A promised bed with everything that belongs to it, and the other beds that are held for the same child."""

    claim: Claim
    duties: tuple[Duty, ...]
    other_holds: tuple[Claim, ...]

    @property
    def holds_up(self) -> tuple[Duty, ...]:
        """Return what keeps the placement from starting."""
        return tuple(duty for duty in self.duties if duty.holds_up)


def hold(desk: Desk, referral_id: str, home_id: str, *, from_on: date | None = None) -> Holding:
    """Hold a bed of a home for a child.

    Parameters
    ----------
    from_on
        The first night; the day the home is needed by, or today, when absent.

    Raises
    ------
    NotFound
        If the referral or the home is not in view.
    Conflict
        If the home may not take the child, has not offered a place or not any more, or no bed is free;
        or if the child has a hold there already, or is placed for this referral.
    """
    from matching.home import control_of
    from matching.referral import start_of_placement

    referral = desk.records.referral(referral_id)
    ledger = desk.records.beds_of(desk.authority)
    start = from_on or start_of_placement(referral, desk.today)
    _require_waiting(desk, referral_id, referral.child_id, start)
    # Whoever comes second for the last bed learns it here, before the homes are ranked.
    ledger.require_free(home_id, referral.child_id, start)
    home = desk.records.home(home_id)
    if any(one.home_id == home_id for one in ledger.claims(child_id=referral.child_id)):
        raise Conflict("held_already", "This child has a bed promised there already.")
    option = lawful_option(ranked_options(desk.records, referral_id, desk.today, policy=desk.policy), home_id)
    offer = None
    if control_of(home, authority=desk.authority) is not Control.DIRECT:
        offer = standing_offer(desk, referral_id, home_id)
    claim = ledger.hold(
        home_id=home_id,
        child_id=referral.child_id,
        referral_id=referral_id,
        from_on=start,
        expires_at=_until(desk, referral.urgency, offer.values if offer else {}),
        enquiry_id=offer.record_id if offer else None,
    )
    duties = _duties(desk, claim, option)
    desk.records.duties_of(desk.authority).add(duties)
    return Holding(claim=claim, duties=tuple(duties), other_holds=_other_holds(desk, claim))


def _require_waiting(desk: Desk, referral_id: str, child_id: str, start: date) -> None:
    """Refuse to search on for a referral that a placement has answered. A later move has a referral of its own."""
    if any(
        one.kind == "placement" and one.overlaps(start, None)
        for one in desk.records.beds_of(desk.authority).claims(child_id=child_id, referral_id=referral_id)
    ):
        raise Conflict(
            "child_placed", "This child is placed already. End that placement, or open a referral for a move."
        )


def promised_so_far(records: Records, authority: str, referral_id: str, today: date) -> tuple[str, ...]:
    """Return, for whoever is about to choose a home, what is promised for the child already, in sentences.

    Raises
    ------
    NotFound
        If the referral is not in view.
    """
    referral = records.referral(referral_id)
    names = {home.home_id: home.name or home.home_id for home in records.homes()}
    told = []
    for one in records.beds_of(authority).claims(child_id=referral.child_id):
        if one.is_over(today):
            continue
        home = names.get(one.home_id, one.home_id)
        if one.kind == "placement":
            told.append(f"This child is placed at {home} from {one.from_on.day} {one.from_on:%B %Y}.")
        else:
            told.append(f"A bed is held for this child at {home} already. {SECOND_HOLD}")
    return tuple(told)


def is_placed(records: Records, authority: str, child_id: str, today: date) -> bool:
    """Return whether a child lives, on a day, where we have placed it."""
    claims = records.beds_of(authority).claims(child_id=child_id, kind="placement")
    return any(one.from_on <= today and not one.is_over(today) for one in claims)


def require_version(claim: Claim, version: int | None) -> None:
    """Refuse to go on from a version of a promise that is no longer the newest; ``None`` goes on from any.

    Raises
    ------
    Conflict
        If it was changed since.
    """
    if version is not None and claim.version != version:
        raise stale_edit()


def let_go(desk: Desk, claim_id: str, *, version: int | None = None) -> Claim:
    """Let a hold go, so that others may have the bed.

    Raises
    ------
    NotFound
        If there is none of that id in view.
    Conflict
        If it is over already, is a placement, or is of another version than the one named.
    """
    ledger = desk.records.beds_of(desk.authority)
    claim = ledger.claim(claim_id, to_change=True)
    require_version(claim, version)
    if claim.kind == "placement" or claim.released_at is not None:
        raise Conflict("not_held", "This is not held any more.")
    return ledger.release(claim, "let_go")


def longer(desk: Desk, claim_id: str, *, version: int | None = None) -> Claim:
    """Hold a bed for another while, counted from now, while the offer stands.

    Raises
    ------
    NotFound
        If there is none of that id in view.
    Conflict
        If the hold or the offer has run out, or it is of another version than the one named.
    """
    ledger = desk.records.beds_of(desk.authority)
    claim = ledger.claim(claim_id, to_change=True)
    require_version(claim, version)
    require_standing(claim)
    referral = desk.records.referral(claim.referral_id)
    offer = standing_offer(desk, claim.referral_id, claim.home_id).values if claim.enquiry_id else {}
    return ledger.keep(claim, expires_at=_until(desk, referral.urgency, offer))


def holding(desk: Desk, claim_id: str) -> Holding:
    """Return a promised bed with everything that belongs to it.

    Raises
    ------
    NotFound
        If there is none of that id in view.
    """
    claim = desk.records.beds_of(desk.authority).claim(claim_id)
    # Whoever may not see the child does not see the hold; whoever does has looked at the child.
    desk.records.referral(claim.referral_id)
    return Holding(
        claim=claim,
        duties=desk.records.duties_of(desk.authority).of_claim(claim_id),
        other_holds=_other_holds(desk, claim),
    )


def _other_holds(desk: Desk, claim: Claim) -> tuple[Claim, ...]:
    found = desk.records.beds_of(desk.authority).claims(child_id=claim.child_id, kind="hold")
    return tuple(one for one in found if one.claim_id != claim.claim_id)


def beds_of_home(desk: Desk, home_id: str) -> list[dict[str, Any]]:
    """Return the beds of a home that were set out one by one, and for whom each is held or taken, from when to when.

    A home of which no bed was ever promised has none set out: its own record says what is free.

    Raises
    ------
    NotFound
        If the home is not in view.
    """
    desk.records.home(home_id)
    ledger = desk.records.beds_of(desk.authority)
    claims = [claim for claim in ledger.claims(home_id=home_id) if not claim.is_over(desk.today)]
    seen = desk.records.seen
    return [
        {
            "bed_id": bed.bed_id,
            "available_from": bed.available_from.isoformat() if bed.available_from else None,
            "withdrawn_on": bed.withdrawn_on.isoformat() if bed.withdrawn_on else None,
            "promised": [
                {
                    "hold_id": None if claim.child_id in seen.hidden else seen.reference(claim.claim_id),
                    "kind": claim.kind,
                    "child_id": seen.child(claim.child_id),
                    "from_on": claim.from_on.isoformat(),
                    "until_on": claim.until_on.isoformat() if claim.until_on else None,
                }
                for claim in claims
                if claim.bed_number == bed.bed_number
            ],
        }
        for bed in ledger.beds(home_id)
    ]


def share_identity(desk: Desk, claim_id: str, *, version: int | None = None) -> Claim:
    """Write down that the provider chosen is told who the child is. No other provider may be told meanwhile.

    Raises
    ------
    NotFound
        If the hold is not in view.
    Conflict
        If the hold is over or of another version than the one named, or another provider has been told and its hold
        stands.
    """
    ledger = desk.records.beds_of(desk.authority)
    claim = ledger.claim(claim_id, to_change=True)
    require_version(claim, version)
    require_standing(claim)
    # A hold that has run out keeps nobody from being told.
    ledger.release_expired()
    others = [
        one
        for one in ledger.claims(child_id=claim.child_id)
        if one.claim_id != claim_id and one.identity_shared_at is not None and one.kind != "placement"
    ]
    if others:
        raise Conflict(
            "identity_shared_elsewhere",
            "Another provider has been told who the child is. Let that hold go before a second one is told.",
        )
    if claim.identity_shared_at is not None:
        return claim
    told = ledger.keep(claim, identity_shared_at=clock.now())
    duties = desk.records.duties_of(desk.authority)
    for duty in duties.of_claim(claim_id):
        if duty.code == "identity" and duty.status == "waiting":
            duties.answer(duty, status="done")
    return told


def require_standing(claim: Claim) -> None:
    """Refuse a promise that is over.

    Raises
    ------
    Conflict
        If it was released, has run out, or has become a placement.
    """
    if claim.kind == "placement":
        raise Conflict("placed_already", "This child is placed there already.")
    if not claim.stands(clock.now()):
        raise Conflict(
            "hold_over", "The hold has run out or was let go. Look at the options and hold a bed again."
        )


def lawful_option(ranking: Ranking, home_id: str) -> Option:
    """Return the option that a home is for a child.

    Raises
    ------
    Conflict
        If the home may not take the child, with every reason.
    """
    for option, _ in ranking.lawful:
        if option.home_id == home_id:
            return option
    reasons = [reason.text for one in ranking.excluded if one.home_id == home_id for reason in one.reasons]
    raise Conflict("home_excluded", f"This home may not take the child. {' '.join(reasons)}".strip())


def _until(desk: Desk, urgency: Urgency | None, offer: dict[str, Any]) -> datetime:
    minutes = desk.placing.hold_minutes[str(urgency or Urgency.PLANNED)]
    until = clock.now() + timedelta(minutes=minutes)
    ends = expires_at(offer.get("offer_expires_on"), offer.get("offer_expires_at"))
    if ends is None or desk.settings.as_of is not None:
        return until
    return min(until, ends)


def _duties(desk: Desk, claim: Claim, option: Option) -> list[Duty]:
    from matching.approvals import EVERY_PLACEMENT

    found = [
        new_duty(
            authority=desk.authority,
            claim_id=claim.claim_id,
            kind="checklist",
            code=item.code,
            who=item.who,
            text=item.text,
            instrument=item.instrument,
            due_on=claim.from_on,
            before_start=True,
        )
        for item in desk.placing.checklist_for(option.home)
    ]
    for one in option.approvals:
        notice = one.code in EVERY_PLACEMENT
        if not notice:
            desk.placing.signer(one.who)
        found.append(
            new_duty(
                authority=desk.authority,
                claim_id=claim.claim_id,
                kind="notice" if notice else "approval",
                code=one.code,
                who=one.who,
                text=one.why,
                instrument=one.instrument,
                due_on=one.due_on,
                # What falls due later than the start is looked at while the placement goes on.
                before_start=not notice and one.due_on <= claim.from_on,
            )
        )
    return found
