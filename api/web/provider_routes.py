"""The provider's door, reached by a signed link alone, and the council's page that makes and reads such links."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.auth.roles import Permission, may
from api.auth.sessions import current_user
from api.clock import day_of, now
from api.database.provider_records import OneLink
from api.database.records import Records
from api.database.session import database_of, open_records
from api.services import provider_links
from api.services.policy import policy_of
from api.services.ranked_options import ranked_options
from api.web.own_site import own_site
from api.web.page import page
from api.web.presenters.anonymous_sheet import present_facts
from api.web.presenters.placing import SAID, moment, reason_words
from api.web.words import capital, domain_words, placement_words, plain
from matching.words import risk_words
from reference_data.problems import Conflict, InvalidInput

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
OpenRecords = Annotated[Records, Depends(open_records)]


@router.get("/provider/{token}")
def provider_page(request: Request, token: str) -> Response:
    """Return the anonymised referral of a link and what can be done with it."""
    with database_of(request).reading() as connection:
        held = provider_links.opened(connection, token, request.app.state.settings)
        answer = _provider_page(request, token, held)
    # Like looking at a record: who looked is written down, in a transaction of its own.
    with database_of(request).writing() as connection:
        provider_links.note_opened(OneLink(connection, held.link.link_id))
    return answer


@router.post("/provider/{token}/question")
def question_sent(request: Request, token: str, text: Annotated[str, Form()] = "") -> Response:
    """Ask the council something."""
    return _done(request, token, lambda held: provider_links.ask(held, text), of="question")


@router.post("/provider/{token}/answer")
def answer_sent(
    request: Request,
    token: str,
    answer: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """Offer a place, or decline with a reason."""
    return _done(request, token, lambda held: provider_links.answer(held, answer, reason, text), of="answer")


@router.post("/provider/{token}/vacancies")
def vacancies_sent(request: Request, token: str, vacancies: Annotated[str, Form()] = "") -> Response:
    """Confirm how many places are free."""
    today = day_of(request.app.state.settings)

    def confirm(held: OneLink) -> None:
        number = int(vacancies) if vacancies.strip().isdecimal() and len(vacancies.strip()) < 4 else -1
        provider_links.confirm_vacancies(held, number, today)

    return _done(request, token, confirm, of="vacancies")


def _done(request: Request, token: str, act: Any, *, of: str) -> Response:
    connection = request.state.transaction.connection()
    held = provider_links.opened(connection, token, request.app.state.settings)
    try:
        act(held)
    except (InvalidInput, Conflict) as error:
        return _provider_page(request, token, held, status=422, problem=error.message, of=of)
    return RedirectResponse(f"/provider/{token}", status_code=303)


def _provider_page(
    request: Request, token: str, held: OneLink, *, status: int = 200, problem: str = "", of: str = ""
) -> Response:
    told = provider_links.anonymous_referral(held, day_of(request.app.state.settings))
    home = provider_links.home_of(held)
    return page(
        request,
        "provider.html",
        status=status,
        token=token,
        council=told.council,
        home_name=home.name or "your home",
        facts=[{"name": name, "value": value} for name, value in present_facts(told)],
        needs=[
            {"name": domain_words(domain), "score": score}
            for domain, score in sorted(told.needs.items(), key=lambda item: -item[1])
        ],
        risks=[
            {"name": capital(risk_words(risk)), "level": plain(level)}
            for risk, level in told.risks.items()
            if level != "none"
        ],
        until=moment(held.link.expires_at),
        said=_said(provider_links.said_over_held(held)),
        reasons=_reasons(),
        vacancies="" if home.vacancies is None else str(home.vacancies),
        problem=problem,
        problem_of=of,
    )


def _reasons() -> list[dict[str, str]]:
    return [
        {"value": "", "text": "Choose a reason"},
        *({"value": one, "text": reason_words(one)} for one in provider_links.decline_reasons()),
    ]


def _said(messages: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "what": SAID[one["kind"]],
            "reason": reason_words(one["reason"]) if one["reason"] else "",
            "text": one["text"] or "",
            "vacancies": "" if one["vacancies"] is None else str(one["vacancies"]),
            "at": moment(one["at"]),
        }
        for one in messages
    ]


@router.get("/children/{referral_id}/providers")
def providers_page(request: Request, referral_id: str, records: OpenRecords) -> Response:
    """Return which providers were asked about a child, and what they said."""
    return _providers_page(request, referral_id, records)


@router.post("/children/{referral_id}/providers")
def provider_invited(
    request: Request, referral_id: str, records: OpenRecords, home_id: Annotated[str, Form()] = ""
) -> Response:
    """Make a link for one home, and show it once."""
    settings = request.app.state.settings
    base = own_site(request)
    token = provider_links.invite(records, current_user(request).authority, referral_id, home_id, settings)
    return _providers_page(request, referral_id, records, link=f"{base}/provider/{token}", link_for=home_id)


@router.post("/provider-links/{link_id}/reply")
def reply_sent(
    request: Request, link_id: str, records: OpenRecords, text: Annotated[str, Form()] = ""
) -> Response:
    """Answer a provider's question."""
    authority = current_user(request).authority
    referral_id = records.links_of(authority).link(link_id).referral_id
    records.referral(referral_id)
    try:
        provider_links.reply(records, authority, link_id, text)
    except (InvalidInput, Conflict) as error:
        return _providers_page(request, referral_id, records, status=422, problem=error.message)
    return RedirectResponse(f"/children/{referral_id}/providers", status_code=303)


@router.post("/provider-links/{link_id}/end")
def link_ended(request: Request, link_id: str, records: OpenRecords) -> Response:
    """End a link at once."""
    authority = current_user(request).authority
    referral_id = records.links_of(authority).link(link_id).referral_id
    records.referral(referral_id)
    provider_links.end(records, authority, link_id)
    return RedirectResponse(f"/children/{referral_id}/providers", status_code=303)


def _providers_page(
    request: Request,
    referral_id: str,
    records: Records,
    *,
    status: int = 200,
    link: str = "",
    link_for: str = "",
    problem: str = "",
) -> Response:
    user = current_user(request)
    referral = records.referral(referral_id)
    homes = {home.home_id: home for home in records.homes()}
    links = records.links_of(user.authority).of_referral(referral_id)
    state = request.app.state
    # Only the homes that may take the child, the best first, as its options are ranked.
    ranking = ranked_options(
        records, referral_id, day_of(state.settings), policy=policy_of(state.settings), kept=state.kept
    )
    return page(
        request,
        "providers.html",
        status=status,
        referral_id=referral_id,
        child=referral.child_id,
        may_invite=may(user.role, Permission.INVITE_PROVIDER),
        homes=[
            {
                "value": home.home_id,
                "text": f"{home.name or home.home_id} ({placement_words(str(home.type))})",
            }
            for home in (option.home for option, _ in ranking.lawful)
        ],
        links=[
            {
                "link_id": one.link_id,
                "home": (homes[one.home_id].name if one.home_id in homes else None) or one.home_id,
                "open": one.is_open(now()),
                "state": f"open until {moment(one.expires_at)}" if one.is_open(now()) else "ended",
                "by": one.created_by,
                "said": _said(provider_links.said_over(records, one)),
            }
            for one in links
        ],
        link=link,
        link_for=(homes[link_for].name if link_for in homes else None) or link_for,
        problem=problem,
    )
