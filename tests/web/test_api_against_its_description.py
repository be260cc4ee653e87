"""Schemathesis over the whole API in every role: no fault of ours, and no answer that the description lacks."""

from __future__ import annotations

import warnings
from typing import Any

import hypothesis
import pytest

from api.auth.access import route_table
from api.auth.roles import Role, permission_table
from api.auth.sessions import user_of
from api.auth.tokens import make_token
from tests.counts import count

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


def token_of(site: Any, role: Role) -> str:
    """Return a token that carries everything a role does."""
    maker = user_of(site.database, site.signed_in(role).cookies["righthome_session"], idle_minutes=60)
    assert maker is not None
    carried = [permission for permission, _, roles in permission_table() if role in roles]
    with site.database.writing() as connection:
        return make_token(connection, maker, name="tests", scopes=carried, days=1)


def answers_as_described(site: Any, role: Role | None) -> None:
    headers = {} if role is None else {"Authorization": f"Bearer {token_of(site, role)}"}
    statuses: dict[str, set[int]] = {}

    def send(case: Any) -> None:
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
    # Few draws of an address with several parameters may all be unusable.
    assert len(lists - answered) <= 3, lists - answered
    assert answered <= {
        f"{method} {path}" for method, path in described if route_table()[method, path].allows(role)
    }
