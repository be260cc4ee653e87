"""Asking a provider about one child without saying who: the signed link, the anonymised referral, the answers.

The link is a signature over its own id and the moment it ends; the database keeps the id and can end it sooner.
Whoever holds it reaches one referral and one home and nothing else.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Connection

from api import clock
from api.database.provider_records import OneLink, ProviderLink, messages_of, no_such_link, say
from api.database.records import Records, Scope
from api.errors import HomeFound
from api.services.anonymous_sheet import AnonymousReferral, told_of
from api.services.holding import lawful_option
from api.services.policy import policy_of
from api.services.ranked_options import ranked_options
from api.services.searching import require_searching
from api.settings import Settings
from reference_data.fields import allowed_values, load_fields
from reference_data.problems import Conflict, InvalidInput, NotFound

if TYPE_CHECKING:
    from matching.home import Home
    from matching.referral import Referral

PURPOSE = "righthome provider link, one referral and one home"
LONGEST_TEXT = 2000


def decline_reasons() -> tuple[str, ...]:
    """Return the coded reasons for saying no: those of the record of enquiries."""
    (reason,) = (field for field in load_fields("enquiry") if field.name == "reason")
    return tuple(allowed_values(reason.values or ""))


def invite(records: Records, authority: str, referral_id: str, home_id: str, settings: Settings) -> str:
    """Make a link for one referral and one home, and return its token; nobody can look it up again.

    Raises
    ------
    NotFound
        If the referral or the home is not in view.
    Conflict
        If the installation has no secret to sign with, the home may not take the child, with every reason, or the
        child is placed for this referral.
    """
    from matching.referral import start_of_placement

    signer = _signer(settings)
    today = clock.day_of(settings)
    referral = records.referral(referral_id)
    records.home(home_id)
    require_searching(records, authority, referral, start_of_placement(referral, today))
    ranking = ranked_options(records, referral_id, today, policy=policy_of(settings))
    lawful_option(ranking, home_id)
    expires_at = clock.now() + timedelta(hours=settings.provider_link_hours)
    link = records.links_of(authority).add(referral_id, home_id, expires_at)
    records.note(
        "provider_invited",
        authority=authority,
        subject_kind="referral",
        subject_id=referral_id,
        detail={"link": link.link_id, "home": home_id},
    )
    return str(signer.dumps([link.link_id, int(expires_at.timestamp())]))


def end(records: Records, authority: str, link_id: str) -> ProviderLink:
    """End a link at once.

    Raises
    ------
    NotFound, Conflict
        If it is not in view, or has ended already.
    """
    links = records.links_of(authority)
    links.end(link_id)
    link = links.link(link_id)
    _note(records, link, "provider_link_ended")
    return link


def end_of_referral(records: Records, authority: str, referral_id: str) -> None:
    """End every open link of a referral, because a home was found."""
    for link in records.links_of(authority).of_referral(referral_id):
        if link.is_open(clock.now()):
            end(records, authority, link.link_id)


def reply(records: Records, authority: str, link_id: str, text: str) -> ProviderLink:
    """Answer a provider's question. What is written is shown to the provider.

    Raises
    ------
    InvalidInput
        If nothing or too much is written.
    NotFound, Conflict
        If the link is not in view, or is no longer open.
    """
    link = records.links_of(authority).link(link_id)
    if not link.is_open(clock.now()):
        raise Conflict("link_ended", "This link has ended: the provider would not see a reply.")
    said = {"kind": "reply", "text": _usable(text, needed=True)}
    say(records.connection, link, records.scope.actor, said)
    _note(records, link, "provider_replied_to")
    return link


def opened(connection: Connection, token: str, settings: Settings) -> OneLink:
    """Return what a link leads to.

    Raises
    ------
    NotFound
        If the token is forged, has run out, was ended or never was; which of these is not said.
    HomeFound
        If the link ended because a home was found.
    """
    try:
        link_id, ends = _signer(settings).loads(token)
    except (BadSignature, ValueError, TypeError, Conflict):
        raise no_such_link() from None
    if not isinstance(ends, int) or datetime.fromtimestamp(ends, clock.now().tzinfo) <= clock.now():
        raise no_such_link()
    held = OneLink(connection, str(link_id))
    if held.link.is_open(clock.now()):
        return held
    if held.link.ended_at is not None and _was_placed(held, held.link.ended_at):
        raise HomeFound
    raise no_such_link()


def _was_placed(held: OneLink, at: datetime) -> bool:
    """Say whether the child of a link was placed at an instant: what ended the link then was the placement."""
    records = _records(held)
    authority = held.link.authority
    return any(
        records.kept("placements", authority).states(claim.claim_id)[0].at <= at
        for claim in records.beds_of(authority).claims(referral_id=held.link.referral_id, kind="placement")
    )


def anonymous_referral(held: OneLink, today: date) -> AnonymousReferral:
    """Return the child of a link without anything that says who it is."""
    return told_of(_referral(held), held.link.authority, today)


def ask(held: OneLink, text: str) -> None:
    """Ask the council something.

    Raises
    ------
    InvalidInput
        If nothing or too much is written.
    """
    _say(held, {"kind": "question", "text": _usable(text, needed=True)})


def answer(held: OneLink, given: str, reason: str, text: str) -> None:
    """Offer a place, or decline with a reason.

    Raises
    ------
    InvalidInput
        If it is neither, or a no comes without one of the reasons, or an offer with one.
    """
    if given not in {"offered", "declined"}:
        raise InvalidInput("no_such_answer", "Say whether you offer a place or decline.")
    if given == "offered" and reason:
        raise InvalidInput("no_such_reason", "You offer a place: choose no reason for declining, or decline.")
    if given == "declined" and reason not in decline_reasons():
        raise InvalidInput("no_such_reason", "Say why you decline: choose one of the reasons.")
    _say(
        held,
        {
            "kind": given,
            "reason": reason if given == "declined" else None,
            "text": _usable(text, needed=False),
        },
    )


def confirm_vacancies(held: OneLink, number: int, today: date) -> None:
    """Confirm how many places of the home are free. Beds that are recorded one by one are the council's to change.

    Raises
    ------
    InvalidInput
        If it is more than the home has.
    """
    records = _records(held)
    home = home_of(held)
    if not 0 <= number <= (home.places if home.places is not None else 50):
        raise InvalidInput("unusable_vacancies", "Give a number from 0 to the places that the home has.")
    (values,) = (
        values for values in records.contract_values("homes") if values["home_id"] == held.link.home_id
    )
    confirmed = {"vacancies_confirmed_on": today, "vacancies_confirmed_by": "provider"}
    if not values.get("beds"):
        records.keep(
            "homes", held.link.authority, [{**values, **confirmed, "vacancies": number}], import_id=None
        )
        # Beds that are promised there are set out one by one: what the home says now counts from now.
        records.beds_of(held.link.authority).set_out_again(held.link.home_id)
    _say(held, {"kind": "vacancies", "vacancies": number})


def home_of(held: OneLink) -> Home:
    """Return the home of a link."""
    try:
        return _records(held).home(held.link.home_id)
    except NotFound:
        raise no_such_link() from None


def _referral(held: OneLink) -> Referral:
    try:
        return _records(held).referral(held.link.referral_id)
    except NotFound:
        raise no_such_link() from None


def _records(held: OneLink) -> Records:
    # The council of the link, whose records these are; what leaves is chosen field by field above.
    scope = Scope(authorities=frozenset({held.link.authority}), actor=held.actor)
    return Records(held.connection, scope)


def _say(held: OneLink, said: dict[str, Any]) -> None:
    say(held.connection, held.link, "provider", said)
    _note(_records(held), held.link, f"provider_{said['kind']}")


def _note(records: Records, link: ProviderLink, action: str) -> None:
    # What was written may be about a child, and stays out of the audit.
    records.note(
        action,
        authority=link.authority,
        subject_kind="referral",
        subject_id=link.referral_id,
        detail={"link": link.link_id, "home": link.home_id},
    )


def note_opened(held: OneLink) -> None:
    """Write down that a link was opened."""
    _note(_records(held), held.link, "provider_link_opened")


def said_over(records: Records, link: ProviderLink) -> list[dict[str, Any]]:
    """Return the messages of a link that was looked up through the records' scope."""
    return [_as_dict(message) for message in messages_of(records.connection, link)]


def said_over_held(held: OneLink) -> list[dict[str, Any]]:
    """Return the messages of the link that somebody holds."""
    return [_as_dict(message) for message in messages_of(held.connection, held.link)]


def _as_dict(message: Any) -> dict[str, Any]:
    return {name: getattr(message, name) for name in ("kind", "reason", "text", "vacancies", "at")} | {
        "by_provider": message.kind != "reply"
    }


def _usable(text: str, *, needed: bool) -> str | None:
    text = text.strip()
    if (needed and not text) or len(text) > LONGEST_TEXT:
        raise InvalidInput("unusable_text", f"Write something, in at most {LONGEST_TEXT:,} characters.")
    return text or None


def _signer(settings: Settings) -> URLSafeSerializer:
    if settings.secret is None:
        raise Conflict("no_secret", "RIGHTHOME_SECRET has to be set before providers can be asked by link.")
    return URLSafeSerializer(settings.secret, salt=PURPOSE, signer_kwargs={"digest_method": sha256})
