"""The header ``Idempotency-Key``: a request that is sent again is not done again, and gets the first answer.

``asked_once`` is a dependency of every address of the API that changes something, after the one that asks who may use
it. It writes the key into the request's own transaction; ``api/edge.py`` adds the answer before it commits, so that
what was done and what was answered are kept together or not at all. A request that was refused did nothing, so its
answer is not kept: sent again, it is judged anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Header, Request
from starlette.responses import Response

from api.auth.sessions import User, current_user
from api.database.answers_given import AnswersGiven, GivenAnswer
from api.database.session import READING_METHODS, RequestTransaction
from reference_data.problems import InvalidInput

LONGEST_KEY = 200
KEPT_HEADERS = ("content-type", "etag", "location")
REPLAYED = "Idempotency-Replayed"
PARAMETER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your own for this request, such as a UUID. The same request sent again under it within "
    "24 hours is not done again and gets the first answer, with `Idempotency-Replayed: true`; another request under "
    "it is refused (422, `idempotency_key_reused`). A refused request did nothing and is judged anew.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    "example": "7f1d2c1e-9a53-4a0e-8d4b-1f6a2f0b9c11",
}
"""How the API's description tells of the header, at every address that changes something."""


class AnsweredBefore(Exception):
    """The request was answered before, under its key; the first answer is sent again."""

    def __init__(self, answer: GivenAnswer) -> None:
        super().__init__("answered before")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that is the first under its key: where its answer is to be kept."""

    answers: AnswersGiven
    key_digest: str

    def keep(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Keep the answer, in the transaction of the request."""
        kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        self.answers.keep(self.key_digest, status, kept, body.decode())


def asked_once(
    request: Request,
    idempotency_key: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> None:
    """Remember a request under its key, or send the first answer again.

    Raises
    ------
    AnsweredBefore
        If the request was answered before.
    InvalidInput
        If the key cannot be used, or stands for another request.
    """
    if idempotency_key is None or request.method in READING_METHODS:
        return
    key = idempotency_key.strip()
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or " " in key or not key.isprintable():
        raise InvalidInput(
            "unusable_idempotency_key",
            f"Give an Idempotency-Key of 1 to {LONGEST_KEY} printable letters without spaces.",
        )
    user = current_user(request)
    transaction: RequestTransaction = request.state.transaction
    answers = transaction.records(user).answers_given_to(user.authority, user.user_id)
    keyed = KeyedRequest(answers, hashlib.sha256(key.encode()).hexdigest())
    found = answers.begin(keyed.key_digest, _digest_of(request, user))
    if found is not None:
        raise AnsweredBefore(found)
    request.state.keyed = keyed


def answer_again(before: Exception) -> Response:
    """Return the first answer once more."""
    if not isinstance(before, AnsweredBefore):
        raise before
    answer = before.answer
    return Response(answer.body, status_code=answer.status, headers={**answer.headers, REPLAYED: "true"})


def _digest_of(request: Request, user: User) -> str:
    # What the asker may see is part of the question: an answer for a token that carries more is not for this one.
    parts = (
        request.method,
        request.url.path,
        request.url.query,
        request.headers.get("if-match", ""),
        request.headers.get("content-type", ""),
        user.role,
        "" if user.scopes is None else " ".join(sorted(user.scopes)),
        request.state.body_digest,
    )
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
