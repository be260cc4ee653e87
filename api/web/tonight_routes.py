"""The address for two in the morning: four answers in, every lawful home out with what was assumed, nothing stored."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.auth.roles import Permission, require
from api.auth.sessions import User
from api.clock import day_of
from api.database.session import briefly_read
from api.services.four_answers import (
    FourAnswers,
    UnusableAnswer,
    homes_tonight,
    offered_statuses,
    referral_of,
)
from api.services.policy import policy_of
from api.web.page import page
from api.web.presenters.options import present_options
from api.web.words import capital
from matching.referral import RISKS_TO_OTHERS, RISKS_TO_THE_CHILD, age_at
from matching.words import risk_words

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Placer = Annotated[User, Depends(require(Permission.PLACE))]
NOTHING_YET = FourAnswers(age="", urgency="crisis", legal_status="", risks={})


@router.get("/tonight")
def four_questions_page(request: Request) -> Response:
    """Return the form with the four questions."""
    return _form(request, NOTHING_YET, None)


@router.post("/tonight")
async def four_answers_sent(
    request: Request,
    user: Placer,
    age: Annotated[str, Form()] = "",
    urgency: Annotated[str, Form()] = "",
    legal_status: Annotated[str, Form()] = "",
) -> Response:
    """Return the homes possible tonight, or the form again with what is wrong. Nothing is stored."""
    from starlette.concurrency import run_in_threadpool

    form = await request.form()
    risks = {name: str(form.get(name, "")) for name in (*RISKS_TO_THE_CHILD, *RISKS_TO_OTHERS)}
    answers = FourAnswers(age=age, urgency=urgency, legal_status=legal_status, risks=risks)
    return await run_in_threadpool(_answer, request, user, answers)


def _answer(request: Request, user: User, answers: FourAnswers) -> Response:
    settings = request.app.state.settings
    as_of = day_of(settings)
    try:
        referral = referral_of(answers, authority=user.authority, as_of=as_of)
    except UnusableAnswer as wrong:
        return _form(request, answers, wrong)
    # Read on a connection that cannot write: sending the form changes nothing.
    with briefly_read(request) as records:
        lists = request.app.state.kept.lists_of(records)
    ranking = homes_tonight(referral, lists, as_of=as_of, policy=policy_of(settings))
    return page(
        request,
        "tonight_answer.html",
        page=present_options(
            ranking=ranking.as_dict(),
            referral=referral,
            homes={home.home_id: home for home in lists.homes},
            age_years=age_at(referral, as_of),
        ),
        risks=[f"{capital(risk_words(name))}: {level.value}" for name, level in referral.risks.items()],
        answers=answers,
        excluded_address="",
        assumptions_first=True,
    )


def _form(request: Request, answers: FourAnswers, wrong: UnusableAnswer | None) -> Response:
    return page(
        request,
        "tonight.html",
        status=422 if wrong else 200,
        answers=answers,
        problem=wrong.message if wrong else "",
        problem_field=wrong.field if wrong else "",
        statuses=offered_statuses(day_of(request.app.state.settings)),
        risk_groups=[
            (heading, [(name, capital(risk_words(name))) for name in names])
            for heading, names in (
                ("Risks to the child", RISKS_TO_THE_CHILD),
                ("Risks to others", RISKS_TO_OTHERS),
            )
        ],
    )
