"""The addresses of placing a child: enquiries, holds, what a start waits for, the decision, the approvals queue."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.auth.roles import Permission, may
from api.clock import now
from api.services import anonymous_sheet, deciding, enquiries, holding, signing
from api.services.desk import Desk
from api.services.ranked_options import ranked_options
from api.v1.at_the_desk import AtDesk
from api.web.page import page
from api.web.presenters.anonymous_sheet import present_sheet
from api.web.presenters.placing import (
    ANSWER_WORDS,
    REASON_WORDS,
    HoldPage,
    present_decided,
    present_decision,
    present_enquiries,
    present_hold,
    present_queue,
)
from api.web.words import capital, plain, weekly_cost
from reference_data.problems import ImportRejected, InvalidInput

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Text = Annotated[str, Form()]


@router.get("/children/{referral_id}/enquiries")
def enquiries_page(request: Request, referral_id: str, desk: AtDesk) -> Response:
    """Return the homes asked and held for a child, and whom to ask next."""
    ranking = ranked_options(
        desk.records, referral_id, desk.today, policy=desk.policy, kept=request.app.state.kept
    )
    referral = desk.records.referral(referral_id)
    claims = [
        claim
        for claim in desk.records.beds_of(desk.authority).claims(child_id=referral.child_id)
        if not claim.is_over(desk.today)
    ]
    return page(
        request,
        "enquiries.html",
        page=present_enquiries(
            referral=referral,
            ranking=ranking,
            enquiries=enquiries.of_referral(desk, referral_id),
            claims=claims,
            homes=_homes(request, desk),
            authority=desk.authority,
            now=now(),
        ),
        asked_by_link=len(
            {one.home_id for one in desk.records.links_of(desk.authority).of_referral(referral_id)}
        ),
        may_place=may(desk.role, Permission.PLACE),
    )


@router.get("/children/{referral_id}/sheet")
def sheet_page(request: Request, referral_id: str, desk: AtDesk) -> Response:
    """Return the anonymous sheet, to read out or to print."""
    sheet = anonymous_sheet.anonymous_sheet(desk, referral_id)
    return page(request, "sheet.html", rows=present_sheet(sheet), referral_id=referral_id)


@router.post("/children/{referral_id}/enquiries")
def enquiry_sent(
    referral_id: str,
    desk: AtDesk,
    home_id: Text = "",
    channel: Text = "phone",
    spoke_to: Text = "",
) -> Response:
    """Write down that a home was asked, and go on to its answer."""
    made = enquiries.ask(desk, referral_id, home_id, channel=channel, spoke_to=spoke_to)
    return RedirectResponse(f"/enquiries/{made.record_id}", status_code=303)


@router.get("/enquiries/{enquiry_id}")
def answer_page(request: Request, enquiry_id: str, desk: AtDesk) -> Response:
    """Return the form for a home's answer."""
    return _answer_page(request, desk, enquiry_id, {}, {})


@router.post("/enquiries/{enquiry_id}/answer")
def answer_sent(
    request: Request,
    enquiry_id: str,
    desk: AtDesk,
    version: Annotated[int, Form()] = 0,
    answer: Text = "",
    reason: Text = "",
    said: Text = "",
    spoke_to: Text = "",
    fee: Text = "",
    staffing: Text = "",
    expires_on: Text = "",
    expires_at: Text = "",
    vacancies: Text = "",
) -> Response:
    """Write down a home's answer, or show the form again with what is wrong."""
    given = {
        "answer": answer,
        "reason": reason,
        "said": said,
        "spoke_to": spoke_to,
        "quoted_weekly_fee_pounds": _pounds(fee),
        "quoted_staffing": staffing,
        "offer_expires_on": expires_on.strip(),
        "offer_expires_at": expires_at.strip(),
    }
    free = vacancies.strip()
    try:
        if free and not (free.isascii() and free.isdigit()):
            raise InvalidInput("unusable_vacancies", "Give a number of free places.")
        made = enquiries.answer(
            desk, enquiry_id, version=version, vacancies=int(free) if free else None, **given
        )
    except ImportRejected as rejected:
        problems = {str(one.column): one.what_to_do for one in rejected.issues}
        return _answer_page(request, desk, enquiry_id, given | {"vacancies": free}, problems)
    except InvalidInput as refused:
        return _answer_page(
            request, desk, enquiry_id, given | {"vacancies": free}, {"vacancies": refused.message}
        )
    return RedirectResponse(f"/children/{made.values['referral_id']}/enquiries", status_code=303)


def _answer_page(
    request: Request, desk: Desk, enquiry_id: str, given: dict[str, str], problems: dict[str, str]
) -> Response:
    found = enquiries.enquiry(desk, enquiry_id)
    home = desk.records.home(found.values["home_id"])
    return page(
        request,
        "enquiry.html",
        status=422 if problems else 200,
        enquiry=found,
        home=home.name or home.home_id,
        answers=ANSWER_WORDS,
        reasons=REASON_WORDS,
        given=given or _as_answered(found.values),
        problems=problems,
        may_place=may(desk.role, Permission.PLACE),
    )


def _as_answered(values: dict[str, Any]) -> dict[str, str]:
    """Return an answer that is kept as it would be filled in, so that changing one thing loses nothing else."""
    fee, ends = values.get("quoted_weekly_fee_pence"), values.get("offer_expires_on")
    return {
        **{
            name: values.get(name) or ""
            for name in ("answer", "reason", "said", "spoke_to", "quoted_staffing", "offer_expires_at")
        },
        "quoted_weekly_fee_pounds": "" if fee is None else f"{fee / 100:.2f}",
        "offer_expires_on": "" if ends is None else ends.strftime("%d/%m/%Y"),
        "vacancies": "",
    }


@router.post("/children/{referral_id}/holds")
def hold_sent(referral_id: str, desk: AtDesk, home_id: Text = "") -> Response:
    """Hold a bed, and go on to what the start waits for."""
    made = holding.hold(desk, referral_id, home_id)
    return RedirectResponse(f"/holds/{made.claim.claim_id}", status_code=303)


@router.get("/holds/{claim_id}")
def hold_page(request: Request, claim_id: str, desk: AtDesk) -> Response:
    """Return a promised bed: how long it lasts, the checklist, signatures and notices."""
    return _hold_page(request, desk, claim_id)


@router.post("/holds/{claim_id}/duties/{duty_id}")
def duty_sent(
    request: Request,
    claim_id: str,
    duty_id: str,
    desk: AtDesk,
    done: Text = "",
    note: Text = "",
) -> Response:
    """Tick one item, or leave it out with a reason."""
    try:
        signing.tick(desk, duty_id, note=note, skip=done == "skip")
    except ImportRejected as rejected:
        return _hold_page(request, desk, claim_id, problem=rejected.issues[0].what_to_do, of=duty_id)
    return RedirectResponse(f"/holds/{claim_id}#duty-{duty_id}", status_code=303)


@router.post("/holds/{claim_id}/release")
def release_sent(claim_id: str, desk: AtDesk) -> Response:
    """Let a hold go."""
    released = holding.let_go(desk, claim_id)
    return RedirectResponse(f"/children/{released.referral_id}/enquiries", status_code=303)


@router.post("/holds/{claim_id}/extension")
def extension_sent(claim_id: str, desk: AtDesk) -> Response:
    """Hold a bed for another while."""
    holding.longer(desk, claim_id)
    return RedirectResponse(f"/holds/{claim_id}", status_code=303)


def _hold_page(request: Request, desk: Desk, claim_id: str, *, problem: str = "", of: str = "") -> Response:
    return page(
        request,
        "hold.html",
        status=422 if problem else 200,
        page=_hold(desk, claim_id),
        may_place=may(desk.role, Permission.PLACE),
        problem=problem,
        problem_of=of,
        second_hold=holding.SECOND_HOLD,
    )


@router.get("/holds/{claim_id}/decision")
def decision_page(request: Request, claim_id: str, desk: AtDesk) -> Response:
    """Return the decision form, or the decision where it is taken already."""
    hold = _hold(desk, claim_id)
    taken = deciding.decision_taken(desk, desk.records.beds_of(desk.authority).claim(claim_id))
    if taken is not None:
        return page(request, "decided.html", hold=hold, rows=present_decided(taken))
    return _decision_page(request, desk, claim_id, {}, {})


@router.post("/holds/{claim_id}/decision")
def decision_sent(
    request: Request,
    claim_id: str,
    desk: AtDesk,
    reasons: Text = "",
    wishes_considered: Text = "",
    why_not_first: Text = "",
    fee: Text = "",
    staffing: Text = "",
) -> Response:
    """Decide and place the child, or show the form again with what is wrong."""
    given = {
        "reasons": reasons,
        "wishes_considered": wishes_considered,
        "why_not_first": why_not_first,
        "weekly_fee_pounds": _pounds(fee),
        "staffing": staffing,
    }
    try:
        deciding.decide(
            desk,
            claim_id,
            reasons=reasons,
            wishes_considered=wishes_considered,
            why_not_first=why_not_first,
            weekly_fee_pounds=given["weekly_fee_pounds"],
            staffing=staffing,
        )
    except ImportRejected as rejected:
        problems = {str(one.column): one.what_to_do for one in rejected.issues}
        return _decision_page(request, desk, claim_id, given, problems)
    return RedirectResponse(f"/holds/{claim_id}", status_code=303)


def _decision_page(
    request: Request, desk: Desk, claim_id: str, given: dict[str, str], problems: dict[str, str]
) -> Response:
    hold = _hold(desk, claim_id)
    claim = desk.records.beds_of(desk.authority).claim(claim_id)
    rank, first = deciding.rank_now(desk, claim)
    homes = _homes(request, desk)
    home = homes[claim.home_id]
    fee = home.weekly_fee_pence
    if claim.enquiry_id is not None:
        fee = enquiries.enquiry(desk, claim.enquiry_id).values.get("quoted_weekly_fee_pence", fee)
    return page(
        request,
        "decision.html",
        status=422 if problems else 200,
        page=present_decision(
            hold,
            referral=desk.records.referral(claim.referral_id),
            rank=rank,
            first=first,
            homes=homes,
            cost=weekly_cost(fee),
        ),
        given=given,
        problems=problems,
        may_place=may(desk.role, Permission.PLACE),
    )


@router.get("/approvals")
def approvals_page(request: Request, desk: AtDesk) -> Response:
    """Return what waits for a signature: the reader's own first."""
    return _approvals_page(request, desk)


@router.post("/approvals/{duty_id}")
def signature_sent(
    request: Request,
    duty_id: str,
    desk: AtDesk,
    answer: Text = "",
    note: Text = "",
    given_by: Text = "",
    how: Text = "",
) -> Response:
    """Give a signature, or refuse it with a reason."""
    act = signing.refuse if answer == "refuse" else signing.sign
    try:
        act(desk, duty_id, note=note, elsewhere=signing.Elsewhere(given_by=given_by, how=how))
    except ImportRejected as rejected:
        wrong = {f"{one.column}-{duty_id}": one.what_to_do for one in rejected.issues}
        said = {"note": note, "given_by": given_by, "how": how}
        return _approvals_page(request, desk, signature_problems=wrong, of=duty_id, said=said)
    return RedirectResponse("/approvals", status_code=303)


@router.post("/delegations")
def delegation_sent(
    request: Request,
    desk: AtDesk,
    given_to: Text = "",
    code: Text = "",
    from_on: Text = "",
    until_on: Text = "",
    hours: Text = "out_of_hours",
    reason: Text = "",
) -> Response:
    """Hand a signature on for some days or nights, or show the form again with what is wrong."""
    given = {
        "given_to": given_to,
        "code": code,
        "from_on": from_on,
        "until_on": until_on,
        "hours": hours,
        "reason": reason,
    }
    try:
        signing.delegate(
            desk,
            given_to=given_to,
            codes=(code,) if code else (),
            from_on=from_on.strip(),
            until_on=until_on.strip() or from_on.strip(),
            hours=hours,
            reason=reason.strip(),
        )
    except ImportRejected as rejected:
        problems = {
            "code" if one.column == "codes" else str(one.column): one.what_to_do for one in rejected.issues
        }
        return _approvals_page(request, desk, given=given, problems=problems)
    except InvalidInput as refused:
        return _approvals_page(request, desk, given=given, problems={"given_to": refused.message})
    return RedirectResponse("/approvals", status_code=303)


@router.post("/delegations/{delegation_id}/withdrawal")
def delegation_withdrawn(delegation_id: str, desk: AtDesk) -> Response:
    """Take back what was handed on."""
    signing.withdraw_delegation(desk, delegation_id)
    return RedirectResponse("/approvals", status_code=303)


def _approvals_page(
    request: Request,
    desk: Desk,
    *,
    of: str = "",
    said: dict[str, str] | None = None,
    signature_problems: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    waiting = signing.queue(desk)
    return page(
        request,
        "approvals.html",
        status=422 if signature_problems or problems else 200,
        page=present_queue(
            waiting,
            signing.in_force(desk),
            not_in_force=signing.not_in_force(desk),
            homes=_homes(request, desk),
            now=now(),
            as_of=desk.today,
        ),
        signature_problems=signature_problems or {},
        said_of=of,
        said=said or {},
        codes=[(code, capital(plain(code))) for code in signing.codes_of(desk)],
        given=given or {},
        problems=problems or {},
        may_open_child=may(desk.role, Permission.OPEN_CHILD),
    )


def _hold(desk: Desk, claim_id: str) -> HoldPage:
    found = holding.holding(desk, claim_id)
    named = {one.home_id for one in (found.claim, *found.other_holds)}
    homes = {home_id: desk.records.home(home_id) for home_id in named}
    return present_hold(found, homes, now=now(), as_of=desk.today)


def _homes(request: Request, desk: Desk) -> dict[str, Any]:
    """Return the council's homes by id, as the server keeps them until one of them changes."""
    return {home.home_id: home for home in request.app.state.kept.lists_of(desk.records).homes}


def _pounds(text: str) -> str:
    """Return an amount as people write it, such as £5,200.50, as the reader of amounts takes it."""
    return text.strip().removeprefix("£").replace(",", "")
