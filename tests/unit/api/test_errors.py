"""Every error has one treatment, and a fault never tells its own text."""

from __future__ import annotations

import inspect

import pytest

from api.errors import TREATMENTS, exit_code_of, places_of, problem_of, treatment_of
from reference_data import problems
from reference_data.problems import (
    Conflict,
    ImportIssue,
    ImportRejected,
    InvalidInput,
    NotEnoughData,
    NotFound,
    NotPermitted,
    RighthomeError,
)

ISSUE = ImportIssue(file="a.csv", row=2, column="sex", rule="not_a_choice", what_to_do="Give F, M or U.")


@pytest.mark.parametrize(
    ("error", "status", "exit_code"),
    [
        (ImportRejected([ISSUE]), 422, 3),
        (NotEnoughData("code", "message"), 422, 3),
        (InvalidInput("code", "message"), 422, 2),
        (NotFound("code", "message"), 404, 2),
        (NotPermitted("code", "message"), 403, 2),
        (Conflict("code", "message"), 409, 2),
        (KeyError("DEMO-C-1"), 500, 1),
    ],
)
def test_an_error_has_the_status_and_exit_code_of_the_table(
    error: Exception, status: int, exit_code: int
) -> None:
    assert problem_of(error, "abc").status == status
    assert exit_code_of(error) == exit_code


def test_every_kind_of_error_of_the_engines_stands_in_the_table() -> None:
    kinds = {
        kind for _, kind in inspect.getmembers(problems, inspect.isclass) if issubclass(kind, RighthomeError)
    }
    assert kinds <= {kind for kind, _ in TREATMENTS}


def test_a_narrower_kind_stands_before_the_kind_it_belongs_to() -> None:
    for place, (kind, _) in enumerate(TREATMENTS):
        assert not any(issubclass(kind, earlier) for earlier, _ in TREATMENTS[:place])


def test_a_rejected_file_tells_every_problem_in_the_contracts_shape() -> None:
    problem = problem_of(ImportRejected([ISSUE]), "abc").as_dict()
    assert problem["problems"] == [ISSUE.as_dict()]
    assert set(problem["problems"][0]) == {"file", "row", "column", "rule", "what_to_do"}


def test_a_fault_tells_its_reference_and_where_but_never_its_own_text() -> None:
    def fail() -> None:
        raise KeyError("PL4 8AA")

    with pytest.raises(KeyError) as raised:
        fail()
    told = repr(problem_of(raised.value, "abc123").as_dict()) + " ".join(places_of(raised.value))
    assert "abc123" in told
    assert "fail" in told
    assert "PL4" not in told
    assert treatment_of(raised.value).status == 500
