"""One table from errors to HTTP statuses and exit codes, and the one shape every error is told in.

The same exception becomes an RFC 9457 problem document, an error page or a line in the terminal.
The statuses are here and not on the errors, because the engines know no HTTP. This module imports
no web framework, so the command line uses it too.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference_data.problems import (
    Conflict,
    ImportRejected,
    InvalidInput,
    NotEnoughData,
    NotFound,
    NotPermitted,
    RighthomeError,
)

EXIT_FAULT = 1
EXIT_ARGUMENTS = 2
EXIT_INPUT = 3


class NotSignedIn(NotPermitted):
    """Nobody is signed in. A page sends the reader to sign in; the JSON API answers 401."""

    def __init__(self) -> None:
        super().__init__("not_signed_in", "Sign in to continue.")


class HomeFound(NotFound):
    """A provider's link that ended with the search: the child has a home, and nothing more is told."""

    def __init__(self) -> None:
        super().__init__("home_found", "A home has been found for this child. Thank you for your help.")


class StaleEdit(Conflict):
    """A change of a version that somebody has changed since it was read."""

    def __init__(self) -> None:
        super().__init__(
            "stale_edit",
            "Somebody changed this after you opened it. Nothing of theirs is lost and nothing of yours is saved: "
            "open it again and repeat your change.",
        )


class TooManyAttempts(NotPermitted):
    """Something was tried too often; it must wait.

    Parameters
    ----------
    wait_seconds
        How long until it may be tried again.
    """

    def __init__(self, code: str, message: str, *, wait_seconds: int) -> None:
        super().__init__(code, message)
        self.wait_seconds = wait_seconds


class TooLarge(InvalidInput):
    """A request whose body is larger than the installation accepts."""


class Busy(RighthomeError):
    """Others are writing for so long that this could not begin. Nothing was done; it may be tried again."""

    def __init__(self) -> None:
        super().__init__("busy", "Many people are saving at this moment. Nothing was saved: try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """How one kind of error is told: HTTP status, exit code and a title for a page."""

    status: int
    exit_code: int
    title: str


TREATMENTS: tuple[tuple[type[RighthomeError], Treatment], ...] = (
    (NotSignedIn, Treatment(status=401, exit_code=EXIT_ARGUMENTS, title="Sign in to continue")),
    (TooManyAttempts, Treatment(status=429, exit_code=EXIT_ARGUMENTS, title="Too many attempts")),
    (TooLarge, Treatment(status=413, exit_code=EXIT_INPUT, title="That is too large")),
    (ImportRejected, Treatment(status=422, exit_code=EXIT_INPUT, title="The file cannot be used")),
    (NotEnoughData, Treatment(status=422, exit_code=EXIT_INPUT, title="There is too little to answer from")),
    (HomeFound, Treatment(status=410, exit_code=EXIT_ARGUMENTS, title="A home has been found")),
    (NotFound, Treatment(status=404, exit_code=EXIT_ARGUMENTS, title="Page not found")),
    (NotPermitted, Treatment(status=403, exit_code=EXIT_ARGUMENTS, title="You may not do this")),
    (StaleEdit, Treatment(status=409, exit_code=EXIT_ARGUMENTS, title="Something changed first")),
    (Conflict, Treatment(status=409, exit_code=EXIT_ARGUMENTS, title="This cannot be done")),
    (InvalidInput, Treatment(status=422, exit_code=EXIT_ARGUMENTS, title="Something cannot be used")),
    (Busy, Treatment(status=503, exit_code=EXIT_FAULT, title="The service is busy")),
    (RighthomeError, Treatment(status=400, exit_code=EXIT_FAULT, title="Something went wrong")),
)
"""The first kind that fits decides, so narrower kinds stand first."""

_UNUSABLE = InvalidInput("unusable_request", "The request cannot be used.")
FAULT = Treatment(status=500, exit_code=EXIT_FAULT, title="Sorry, there is a problem with the service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error as it is told to somebody: what a page shows and a problem document holds.

    Parameters
    ----------
    reference
        The number of the request, which the log holds too.
    problems
        Each problem of a file or form, without the values found.
    """

    status: int
    code: str
    title: str
    message: str
    reference: str
    problems: tuple[dict[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the RFC 9457 problem document, with ``code``, ``message`` and ``problems`` beside it."""
        return {
            "type": f"urn:righthome:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.message,
            "instance": f"urn:righthome:request:{self.reference}",
            "code": self.code,
            "message": self.message,
            "problems": list(self.problems),
        }


def treatment_of(error: Exception) -> Treatment:
    """Return how an error is told; anything we did not raise on purpose is a fault of ours."""
    for kind, treatment in TREATMENTS:
        if isinstance(error, kind):
            return treatment
    return FAULT


def exit_code_of(error: Exception) -> int:
    """Return the exit code of an error."""
    return treatment_of(error).exit_code


def problem_of(error: Exception, reference: str) -> Problem:
    """Return an error as it is told. A fault tells only its reference number, never its own text."""
    treatment = treatment_of(error)
    if not isinstance(error, RighthomeError):
        return Problem(
            status=treatment.status,
            code="fault",
            title=treatment.title,
            message=f"This is a fault of ours. Try again later. If it goes on, report {reference}.",
            reference=reference,
        )
    problems = error.issues if isinstance(error, ImportRejected) else ()
    # What was typed into a form or sent as a request is no file.
    of_a_file = any(issue.file != "request" for issue in problems)
    return Problem(
        status=treatment.status,
        code=error.code,
        title=treatment.title if of_a_file or not problems else treatment_of(_UNUSABLE).title,
        message=error.message,
        reference=reference,
        problems=tuple(issue.as_dict() for issue in problems),
    )


def places_of(error: BaseException) -> list[str]:
    """Return where an error passed through our code. Its own text may quote a record, so it is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
