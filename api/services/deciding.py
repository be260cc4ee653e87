"""The decision: a hold becomes a placement, with everything that follows, in one transaction or not at all.

A decision says why this home, how the child's wishes were considered, and why not the first-ranked. With
it the bed is taken, the placement and the move are kept, stays end and begin, other holds and enquiries
for the child end, notices and their deadlines run, and the emergency watch looks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from api.database.beds import is_promised_twice, no_bed_free
from api.services.alerts import scan_with_settings
from api.services.desk import Desk, missing, typed
from api.services.enquiries import enquiry
from api.services.holding import Holding, holding, lawful_option, require_standing, require_version
from api.services.provider_links import end_of_referral
from api.services.ranked_options import ranked_options
from reference_data.problems import Conflict, ImportRejected
from reference_data.vocabulary import FOSTERING_TYPES, LegalBasis, PlacementPurpose

if TYPE_CHECKING:
    from api.database.kept import Kept
    from api.database.occupancy import Claim
    from matching.home import Home
    from matching.rank import Ranking
    from matching.referral import Referral

BESIDE = frozenset({PlacementPurpose.RESPITE, PlacementPurpose.SHORT_BREAK, PlacementPurpose.STABILISE})
"""Purposes that leave a child's own placement open."""
LEGAL_BASES = {
    "C1": LegalBasis.CARE_ORDER,
    "C2": LegalBasis.CARE_ORDER,
    "D1": LegalBasis.CARE_ORDER,
    "E1": LegalBasis.CARE_ORDER,
    "V2": LegalBasis.SECTION_20,
    "J1": LegalBasis.REMAND,
    "J2": LegalBasis.PACE,
}
"""The watch's word for a legal status of the return (SSDA903 code list LS); others say nothing of the basis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision made."""

    decision: Kept
    placement: Kept
    holding: Holding


def decide(
    desk: Desk,
    claim_id: str,
    *,
    reasons: str,
    wishes_considered: str,
    why_not_first: str = "",
    weekly_fee_pounds: str = "",
    staffing: str = "",
    starts_on: date | None = None,
    version: int | None = None,
) -> Decided:
    """Decide for a held home and place the child there.

    Parameters
    ----------
    why_not_first
        Why the first-ranked home was not chosen; not needed when it was.
    starts_on
        The first night; the day the bed is held from when absent.
    version
        The version of the hold that was read; any when absent.

    Raises
    ------
    NotFound
        If the hold is not in view.
    ImportRejected
        If the reasons, the wishes or the word on the first-ranked home are missing, or a field cannot be used.
    Conflict
        If the hold is over; if a signature or an item of the checklist is missing; if the home may not take
        the child any more; if the child has been placed meanwhile.
    """
    # Rows are locked before the audit is, always in this order: so nobody waits in a circle.
    desk.records.alerts_of(desk.authority).hold_watch()
    ledger = desk.records.beds_of(desk.authority)
    home_id = ledger.claim(claim_id).home_id
    desk.records.kept("homes", desk.authority).one(home_id, to_change=True)
    claim = ledger.claim(claim_id, to_change=True)
    _lock_search(desk, claim)
    require_version(claim, version)
    require_standing(claim)
    _require_ready(holding(desk, claim_id))
    referral = desk.records.referral(claim.referral_id)
    ranking = ranked_options(desk.records, claim.referral_id, desk.today, policy=desk.policy)
    option = lawful_option(ranking, home_id)
    start = starts_on or claim.from_on
    # The whole form is checked before anything is written, so that it is given back as it was sent.
    _require_usable(
        option.rank,
        reasons=reasons,
        wishes_considered=wishes_considered,
        why_not_first=why_not_first,
        agreed={"weekly_fee_pounds": weekly_fee_pounds.strip(), "staffing": staffing.strip()},
    )
    decision = _keep_decision(
        desk,
        claim,
        ranking,
        rank=option.rank,
        reasons=reasons,
        wishes_considered=wishes_considered,
        why_not_first=why_not_first,
    )
    taken = _take_bed(desk, claim, start)
    _end_own_placement(desk, referral, taken, start)
    placement = _keep_placement(
        desk,
        referral,
        option.home,
        taken,
        decision,
        start,
        weekly_fee_pounds=weekly_fee_pounds,
        staffing=staffing,
    )
    _end_search(desk, taken)
    _keep_stay(desk, referral, option.home, placement, start)
    scan_with_settings(desk.records, desk.authority, as_of=desk.today, settings=desk.settings)
    return Decided(decision=decision, placement=placement, holding=holding(desk, claim_id))


def decision_taken(desk: Desk, claim: Claim) -> Kept | None:
    """Return the decision by which a promised bed became a placement, or ``None`` where it did not."""
    placements = desk.records.kept("placements", desk.authority).all(placement_id=claim.claim_id)
    decision_id = placements[0].values.get("decision_id") if placements else None
    return desk.records.kept("decisions", desk.authority).one(decision_id) if decision_id else None


def terms(desk: Desk, claim: Claim) -> tuple[int | None, str]:
    """Return the weekly fee in pence and the staffing of a promised bed.

    They are those agreed where it is a placement, and before that those quoted with the home's offer; where no home
    was asked, the fee is the home's own.
    """
    placements = desk.records.kept("placements", desk.authority).all(placement_id=claim.claim_id)
    if placements:
        agreed = placements[0].values
        return agreed.get("weekly_fee_pence"), agreed.get("staffing") or ""
    fee = desk.records.home(claim.home_id).weekly_fee_pence
    if claim.enquiry_id is None:
        return fee, ""
    quoted = enquiry(desk, claim.enquiry_id).values
    return quoted.get("quoted_weekly_fee_pence", fee), quoted.get("quoted_staffing") or ""


def end_placement(
    desk: Desk,
    placement_id: str,
    *,
    version: int,
    ended_on: date,
    end_reason: str,
    said: str = "",
    review_on: date | None = None,
    planned: bool | None = None,
) -> Kept:
    """End a placement without another: the child goes home, leaves care, or goes where Righthome does not see.

    Raises
    ------
    NotFound
        If the placement is not in view.
    ImportRejected
        If a field cannot be used.
    Conflict
        If somebody changed the placement meanwhile, or it has ended.
    """
    desk.records.alerts_of(desk.authority).hold_watch()
    placements = desk.records.kept("placements", desk.authority)
    before = placements.one(placement_id, to_change=True)
    if before.values.get("ended_on") is not None:
        raise Conflict("ended_already", "This placement has ended already.")
    if ended_on < before.values["starts_on"]:
        raise missing("ended_on", "Give a day that is not before the start.")
    ended = _end(desk, before, ended_on, end_reason, version=version)
    _keep_move(
        desk,
        child_id=before.values["child_id"],
        from_home_id=before.values["home_id"],
        from_placement_id=placement_id,
        moved_on=ended_on.isoformat(),
        reason=end_reason,
        planned=planned,
        said=said,
        review_on=review_on.isoformat() if review_on else None,
    )
    _end_stays(desk, before.values["child_id"], ended_on)
    scan_with_settings(desk.records, desk.authority, as_of=desk.today, settings=desk.settings)
    return ended


def rank_now(desk: Desk, claim: Claim) -> tuple[int | None, str | None]:
    """Return where the held home stands in today's ranking, and which home stands first."""
    ranking = ranked_options(desk.records, claim.referral_id, desk.today, policy=desk.policy)
    rank = next((option.rank for option, _ in ranking.lawful if option.home_id == claim.home_id), None)
    return rank, next(iter(ranking.first), None)


def _require_ready(found: Holding) -> None:
    if not found.holds_up:
        return
    signatures = [duty.who for duty in found.holds_up if duty.kind == "approval"]
    items = sum(duty.kind == "checklist" for duty in found.holds_up)
    words = [f"the signature of the {who}" for who in signatures]
    if items:
        words.append(f"{items} of the checklist, to be had or left out with a reason")
    raise Conflict("not_ready", f"The placement cannot start yet. Missing: {'; '.join(words)}.")


def _require_usable(
    rank: int, *, reasons: str, wishes_considered: str, why_not_first: str, agreed: dict[str, str]
) -> None:
    """Refuse a decision's form with every problem of it; ``agreed`` is what the placement would cost and have."""
    wrong = []
    if not wishes_considered.strip():
        wrong.append(missing("wishes_considered", "Say how the child's wishes and feelings were considered."))
    if not reasons.strip():
        wrong.append(missing("reasons", "Say why this home."))
    if rank != 1 and not why_not_first.strip():
        wrong.append(missing("why_not_first", "Say why the first-ranked home was not chosen."))
    try:
        typed("placement", _ANY_PLACEMENT | {name: value for name, value in agreed.items() if value})
    except ImportRejected as unusable:
        wrong.append(unusable)
    if wrong:
        raise ImportRejected(issue for one in wrong for issue in one.issues)


_ANY_PLACEMENT = {"placement_id": "p", "child_id": "c", "home_id": "h", "starts_on": "2026-01-01"}
"""What a placement cannot be without, for checking the rest of its fields."""


def _keep_decision(
    desk: Desk,
    claim: Claim,
    ranking: Ranking,
    *,
    rank: int,
    reasons: str,
    wishes_considered: str,
    why_not_first: str,
) -> Kept:
    first = next(iter(ranking.first), None)
    values = typed(
        "decision",
        {
            "decision_id": uuid4().hex,
            "child_id": claim.child_id,
            "referral_id": claim.referral_id,
            "authority": desk.authority,
            "home_id": claim.home_id,
            "decided_on": desk.today.isoformat(),
            "decided_by": desk.username,
            "rank": rank,
            "first_ranked_home_id": first,
            "reasons": reasons.strip(),
            "wishes_considered": wishes_considered.strip(),
            "why_not_first": why_not_first.strip() if rank != 1 else None,
            "outcome": "placed",
            "policy_version": ranking.policy,
            "input_hash": ranking.evidence.get("input_hash"),
        },
    )
    return desk.records.kept("decisions", desk.authority).add(values)


def _take_bed(desk: Desk, claim: Claim, start: date) -> Claim:
    try:
        return desk.records.beds_of(desk.authority).keep(
            claim, kind="placement", expires_at=None, from_on=start
        )
    except IntegrityError as refused:
        if is_promised_twice(refused):
            raise no_bed_free() from None
        raise Conflict(
            "not_ready", "The placement cannot start yet: a signature or an item of the checklist is missing."
        ) from None


def _keep_placement(
    desk: Desk,
    referral: Referral,
    home: Home,
    claim: Claim,
    decision: Kept,
    start: date,
    *,
    weekly_fee_pounds: str,
    staffing: str,
) -> Kept:
    bed = next(
        bed
        for bed in desk.records.beds_of(desk.authority).beds(home.home_id)
        if bed.bed_number == claim.bed_number
    )
    values = typed(
        "placement",
        {
            "placement_id": claim.claim_id,
            "child_id": claim.child_id,
            "referral_id": claim.referral_id,
            "authority": desk.authority,
            "home_id": home.home_id,
            "bed_id": bed.bed_id,
            "decision_id": decision.record_id,
            "type": str(home.type),
            "purpose": str(referral.placement_purpose) if referral.placement_purpose else None,
            "starts_on": start.isoformat(),
            "weekly_fee_pounds": weekly_fee_pounds.strip() or None,
            "staffing": staffing.strip() or None,
        },
    )
    try:
        return desk.records.kept("placements", desk.authority).add(
            values, is_main=referral.placement_purpose not in BESIDE
        )
    except IntegrityError:
        raise Conflict(
            "placed_elsewhere", "This child has been placed elsewhere meanwhile. End that placement first."
        ) from None


def _end_own_placement(desk: Desk, referral: Referral, claim: Claim, start: date) -> None:
    """End the placement the child lives in, and keep the move. A stay beside it ends nothing."""
    if referral.placement_purpose in BESIDE:
        return
    own = [
        one
        for one in desk.records.kept("placements", desk.authority).all(
            child_id=claim.child_id, is_main=True, ended_on=None
        )
        if one.record_id != claim.claim_id
    ]
    reason = "CARPL" if referral.move_review_on is not None else "OTHER"
    for before in own:
        if before.values["starts_on"] > start:
            raise Conflict(
                "placed_elsewhere", "This child is to be placed elsewhere later. Undo that placement first."
            )
        _end(desk, before, start, reason, version=before.version)
    from_home = own[0].values["home_id"] if own else referral.current_home_id
    if from_home is not None:
        _keep_move(
            desk,
            child_id=claim.child_id,
            from_home_id=from_home,
            to_home_id=claim.home_id,
            from_placement_id=own[0].record_id if own else None,
            to_placement_id=claim.claim_id,
            moved_on=start.isoformat(),
            reason=reason,
            planned=referral.move_review_on is not None,
            said=referral.move_reason,
            review_on=referral.move_review_on.isoformat() if referral.move_review_on else None,
        )


def _end(desk: Desk, before: Kept, ended_on: date, reason: str, *, version: int) -> Kept:
    values = typed(
        "placement", _as_given(before.values) | {"ended_on": ended_on.isoformat(), "end_reason": reason}
    )
    ended = desk.records.kept("placements", desk.authority).change(before.record_id, values, version=version)
    ledger = desk.records.beds_of(desk.authority)
    ledger.keep(ledger.claim(before.record_id, to_change=True), until_on=ended_on)
    return ended


def _as_given(values: dict[str, Any]) -> dict[str, Any]:
    """Return typed values as a form or a file would give them."""
    from reference_data.fields import load_fields
    from reference_data.writing import contract_row

    return contract_row(values, load_fields("placement"))


def _keep_move(desk: Desk, **facts: Any) -> None:
    given = {name: value for name, value in facts.items() if value not in (None, "")}
    values = typed("move", {"move_id": uuid4().hex, "authority": desk.authority, **given})
    desk.records.kept("moves", desk.authority).add(values)


def _lock_search(desk: Desk, claim: Claim) -> None:
    """Lock what ``_end_search`` will change, while the audit is still free for whoever holds one of these rows."""
    ledger = desk.records.beds_of(desk.authority)
    for other in ledger.claims(child_id=claim.child_id, referral_id=claim.referral_id):
        ledger.claim(other.claim_id, to_change=True)
    if claim.enquiry_id is not None:
        desk.records.kept("enquiries", desk.authority).one(claim.enquiry_id, to_change=True)
    notices = desk.records.kept("notices", desk.authority)
    for one in notices.all(child_id=claim.child_id, outcome="open"):
        notices.one(one.record_id, to_change=True)
    desk.records.links_of(desk.authority).of_referral(claim.referral_id, to_change=True)


def _end_search(desk: Desk, claim: Claim) -> None:
    """End the child's other holds and the providers' links; close what was asked and the notice that began the search."""
    end_of_referral(desk.records, desk.authority, claim.referral_id)
    ledger = desk.records.beds_of(desk.authority)
    for other in ledger.claims(child_id=claim.child_id, referral_id=claim.referral_id):
        if other.claim_id != claim.claim_id and other.kind != "placement":
            ledger.release(ledger.claim(other.claim_id, to_change=True), "placed_elsewhere")
    enquiries = desk.records.kept("enquiries", desk.authority)
    for one in enquiries.all(referral_id=claim.referral_id):
        if one.record_id == claim.enquiry_id:
            enquiries.change(one.record_id, {**one.values, "placed": True}, version=one.version)
    notices = desk.records.kept("notices", desk.authority)
    for one in notices.all(child_id=claim.child_id, outcome="open"):
        closed = {**one.values, "outcome": "moved", "outcome_on": claim.from_on}
        notices.change(one.record_id, closed, version=one.version)


def _keep_stay(desk: Desk, referral: Referral, home: Home, placement: Kept, start: date) -> None:
    """End the child's stays and begin the one that the placement is."""
    if referral.placement_purpose not in BESIDE:
        _end_stays(desk, referral.child_id, start)
    basis = LEGAL_BASES.get(referral.legal_status or "")
    signed = desk.records.duties_of(desk.authority).of_claim(placement.record_id)
    values = {
        "stay_id": placement.record_id,
        "child_id": referral.child_id,
        "authority": desk.authority,
        "setting": str(home.type),
        "home_id": home.home_id,
        "started_on": start,
        "approvals": [
            {"code": duty.code, "by": duty.who, "on": duty.answered_at.date()}
            for duty in signed
            if duty.kind == "approval" and duty.status == "done" and duty.answered_at is not None
        ],
        **({"date_of_birth": referral.date_of_birth} if referral.date_of_birth else {}),
        # Every legal status of the return is one of a looked after child; without one nothing is known.
        **({"in_care": True} if referral.legal_status else {}),
        **({"legal_basis": str(basis)} if basis else {}),
        **({"max_stay_days": home.max_stay_days} if home.max_stay_days else {}),
    }
    if home.type not in FOSTERING_TYPES and home.registered is not None:
        values["provider_registered"] = home.registered
    desk.records.kept("stays", desk.authority).add(values)


def _end_stays(desk: Desk, child_id: str, on: date) -> None:
    stays = desk.records.kept("stays", desk.authority)
    for one in stays.all(child_id=child_id, ended_on=None):
        started = one.values.get("started_on")
        if started is not None and started <= on:
            stays.change(one.record_id, {**one.values, "ended_on": on}, version=one.version)
