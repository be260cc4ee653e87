"""Error pages: what happened and what to do next, in plain English, with the reference number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.errors import Problem
from api.web.words import capital, plain

WHAT_TO_DO = {
    403: ("If you think you should be able to do this, ask a manager in your council.",),
    404: (
        "If you typed the address, check it. If you followed a link, the record may have been closed, "
        "or belong to another council.",
    ),
    409: ("Nothing was saved.",),
    429: ("Wait a little before you try again.",),
}
OF_WHAT_WAS_SENT = "Something in the address or in what was filled in cannot be used. Nothing was saved."
WHEN_STALE = ("Nothing was saved. Go back, reload the page and look at what changed before you try again.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage:
    """Everything an error page shows; a fault shows its reference, which the log holds too."""

    title: str
    paragraphs: tuple[str, ...]
    lines: tuple[str, ...]
    reference: str


def present_problem(problem: Problem) -> ProblemPage:
    """Return the page of a problem. It repeats no value that was filled in."""
    if problem.status >= 500:
        return ProblemPage(
            title=problem.title,
            paragraphs=(
                "This is a fault of ours, and nothing was saved.",
                "Try again in a few minutes. If it goes on, tell the person who runs Righthome "
                "in your council this reference.",
            ),
            lines=(),
            reference=problem.reference,
        )
    sent = problem.problems and all(issue["file"] == "request" for issue in problem.problems)
    return ProblemPage(
        title=problem.title,
        paragraphs=(
            OF_WHAT_WAS_SENT if sent else problem.message,
            *(WHEN_STALE if problem.code == "stale_edit" else WHAT_TO_DO.get(problem.status, ())),
        ),
        lines=tuple(
            f"{_named(issue)}: {issue['what_to_do']}" if issue["column"] else str(issue["what_to_do"])
            for issue in problem.problems
        ),
        reference="",
    )


def _named(issue: dict[str, Any]) -> str:
    """Return the name of a field as a form or an address has it; a column of a file stays as the file writes it."""
    column = str(issue["column"])
    return capital(plain(column)) if issue["file"] == "request" else column
