"""Schemathesis over the whole API in every role: no fault of ours, and no answer that the description lacks."""

from __future__ import annotations

import warnings
from itertools import count as count_up
from typing import Any

import hypothesis
import pytest

from api.auth.access import route_table
from api.auth.roles import Role, permission_table
from api.auth.sessions import user_of
from api.auth.tokens import make_token
from api.services.importing import KINDS
from tests.counts import count
from tests.web.sample_placing import make_placing
from tests.web.test_access import Values

with warnings.catch_warnings():
    # What the tool imports warns of its own future; nothing of ours does.
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

REQUESTS = count("requests of a role drawn from the API's description")


DESCRIPTION = "/api/v1/openapi.json"
CHECKED = (
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_every_operation_answers_every_role_as_described(make_site: Any, role: Role | None) -> None:
    answers_as_described(make_site(), role)


@pytest.mark.filterwarnings("default")
def test_every_operation_answers_as_described_on_either_database(fresh_site: Any) -> None:
    answers_as_described(fresh_site, Role.MANAGER)


PLACING = (
    "/referrals/{referral_id}/sheet",
    "/referrals/{referral_id}/enquiries",
    "/referrals/{referral_id}/options",
    "/homes/{home_id}/beds",
    "/holds/{claim_id}",
    "/records/{kind}",
    "/home-records/{kind}",
    "/approvals",
    "/jobs/{job_id}",
    "/forecasts/{forecast_id}",
)
IN_TURN = {
    "records": (
        "needs_assessments",
        "enquiries",
        "decisions",
        "nominations",
        "notices",
        "moves",
        "stability_meetings",
    ),
    "home-records": ("concerns", "contracts", "voids", "planned_openings", "quality_visits"),
}
RECORD_IDS = {
    "needs_assessments": "DEMO-N-879",
    "enquiries": "DEMO-E-879",
    "decisions": "DEMO-D-879",
    "nominations": "DEMO-O-879",
    "notices": "DEMO-G-879",
    "stability_meetings": "DEMO-Y-879",
    "moves": "DEMO-M-879",
    "concerns": "DEMO-K-879",
}


def token_of(site: Any, role: Role) -> str:
    """Return a token that carries everything a role does."""
    maker = user_of(site.database, site.signed_in(role).cookies["righthome_session"], idle_minutes=60)
    assert maker is not None
    carried = [permission for permission, _, roles in permission_table() if role in roles]
    with site.database.writing() as connection:
        return make_token(connection, maker, name="tests", scopes=carried, days=1)


def with_records_that_are_there(site: Any, case: Any, turn: int) -> None:
    """Put ids of records that there are in the place of drawn ones, in the address and the body: two times of three."""
    if turn % 3 == 0:
        return
    values = Values(site, "879")
    for name in case.path_parameters or {}:
        if name == "kind":
            kinds = IN_TURN["home-records" if "home-records" in case.path else "records"]
            case.path_parameters[name] = (
                KINDS[turn % len(KINDS)] if "imports" in case.path else kinds[turn % len(kinds)]
            )
        elif name == "record_id":
            case.path_parameters[name] = RECORD_IDS.get(case.path_parameters.get("kind", ""), "none")
        else:
            case.path_parameters[name] = values[name]
    if isinstance(case.body, dict):
        for name in {"child_id", "referral_id", "home_id"} & set(case.body):
            case.body[name] = values[name]
    if case.headers is not None and "if-match" in {name.lower() for name in case.headers}:
        case.headers = {**case.headers, "If-Match": '"1"'}


def answers_as_described(site: Any, role: Role | None) -> None:
    headers = {} if role is None else {"Authorization": f"Bearer {token_of(site, role)}"}
    statuses: dict[str, set[int]] = {}
    make_placing(site, "879")
    drawn_cases = count_up(1)

    def send(case: Any) -> None:
        with_records_that_are_there(site, case, next(drawn_cases))
        response = case.call(headers=headers)
        statuses.setdefault(case.operation.label, set()).add(response.status_code)
        case.validate_response(response, checks=CHECKED)

    schema = schemathesis.openapi.from_asgi(DESCRIPTION, site.app)
    for result in schema.get_all_operations():
        drawn = hypothesis.given(case=result.ok().as_strategy())(lambda case: send(case))
        hypothesis.settings(
            max_examples=REQUESTS,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.generate],
        )(drawn)()
    described = {(method, path) for method, path in route_table() if path.startswith("/api/v1/")}
    assert set(statuses) == {f"{method} {path}" for method, path in described if path != DESCRIPTION}
    lists = {
        f"{method} {path}"
        for method, path in described
        if method == "GET"
        and "{" not in path
        and path != DESCRIPTION
        and route_table()[method, path].allows(role)
    }
    answered = {label for label, found in statuses.items() if 200 in found}
    if role is Role.MANAGER:
        # The rooms of placing are entered, not only their doors tried.
        assert answered >= {f"GET /api/v1{path}" for path in PLACING}, PLACING
    # Few draws of an address with several parameters may all be unusable.
    assert len(lists - answered) <= 3, lists - answered
    assert answered <= {
        f"{method} {path}" for method, path in described if route_table()[method, path].allows(role)
    }
