"""Ask a home whether it would take a child, without saying who the child is, and write down what it says."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from api import clock
from api.alert_policy import LONDON
from api.services.desk import Desk, missing, typed
from api.services.searching import require_searching
from reference_data.problems import Conflict, InvalidInput, NotFound

if TYPE_CHECKING:
    from api.database.kept import Kept

OFFERED, DECLINED, WITHDRAWN = "offered", "declined", "withdrawn"


def ask(desk: Desk, referral_id: str, home_id: str, **said: Any) -> Kept:
    """Write down that a home was asked for a child.

    Parameters
    ----------
    said
        ``channel``, ``spoke_to`` and other fields of an enquiry.

    Raises
    ------
    NotFound
        If the referral or the home is not in view.
    ImportRejected
        If a field cannot be used.
    Conflict
        If the child is placed for this referral, or the home was asked already and has not answered.
    """
    from matching.referral import start_of_placement

    referral = desk.records.referral(referral_id)
    home = desk.records.home(home_id)
    require_searching(desk.records, desk.authority, referral, start_of_placement(referral, desk.today))
    _require_unasked(desk, referral_id, home_id)
    local = clock.now().astimezone(LONDON)
    given = {name: value for name, value in said.items() if value not in (None, "")}
    values = typed(
        "enquiry",
        {
            "asked_on": desk.today.isoformat(),
            "asked_at": local.strftime("%H:%M"),
            "asked_by": desk.role.words,
            **given,
            "enquiry_id": uuid4().hex,
            "child_id": referral.child_id,
            "referral_id": referral_id,
            "authority": desk.authority,
            "home_id": home_id,
            "type_of_home": str(home.type),
            **({"provider": home.provider} if home.provider else {}),
        },
    )
    return desk.records.kept("enquiries", desk.authority).add(values)


def _require_unasked(desk: Desk, referral_id: str, home_id: str) -> None:
    for one in of_referral(desk, referral_id):
        if one.values["home_id"] == home_id and one.values.get("answer") is None:
            first = desk.records.kept("enquiries", desk.authority).states(one.record_id)[0]
            at = first.at.astimezone(LONDON)
            raise Conflict(
                "asked_already",
                f"{first.actor} asked this home for this child already, on {at.day} {at:%B %Y} at {at:%H:%M}. "
                "Write down its answer before it is asked again.",
            )


def answer(desk: Desk, enquiry_id: str, *, version: int, vacancies: int | None = None, **said: Any) -> Kept:
    """Write down what a home said: offered, declined, no answer, withdrawn.

    Parameters
    ----------
    version
        The version of the enquiry that was read.
    vacancies
        How many places the home says are free now, when it said so; its record is brought up to date.
    said
        ``answer``, ``reason``, ``said``, ``spoke_to``, ``quoted_weekly_fee_pounds``, ``quoted_staffing``,
        ``offer_expires_on`` and ``offer_expires_at``.

    Raises
    ------
    NotFound
        If the enquiry is not in view.
    ImportRejected
        If a field is missing or cannot be used: no answer without the answer, no refusal without a reason, no offer
        with one, and none that has ended already.
    Conflict
        If somebody changed the enquiry meanwhile.
    """
    enquiries = desk.records.kept("enquiries", desk.authority)
    # Rows are locked before the audit is, and the home's before the enquiry's: so nobody waits in a circle.
    home_id = enquiries.one(enquiry_id).values["home_id"]
    if vacancies is not None:
        desk.records.kept("homes", desk.authority).one(home_id, to_change=True)
    before = enquiries.one(enquiry_id, to_change=True)
    given = {name: value for name, value in said.items() if value not in (None, "")}
    if "answer" not in given:
        raise missing("answer", "Say what the home answered.")
    if given["answer"] in {DECLINED, WITHDRAWN} and "reason" not in given:
        raise missing("reason", "Say why; choose 'no reason given' if the home gave none.")
    ends = expires_at(given.get("offer_expires_on"), given.get("offer_expires_at"))
    if given["answer"] == OFFERED:
        if "reason" in given:
            raise missing("reason", "A home that offers a place declines for no reason: choose none.")
        if ends is not None and _has_passed(desk, ends):
            raise missing(
                "offer_expires_on", "The offer would have ended already. Give a day and time still to come."
            )
    kept = {name: value for name, value in before.values.items() if name not in _ANSWERED}
    heard = typed(
        "enquiry",
        {
            "enquiry_id": enquiry_id,
            "child_id": kept["child_id"],
            "home_id": home_id,
            "asked_on": kept["asked_on"].isoformat(),
            "answered_on": desk.today.isoformat(),
            **given,
        },
    )
    found = enquiries.change(enquiry_id, {**kept, **heard}, version=version)
    if vacancies is not None:
        confirm_vacancies(desk, home_id, vacancies)
    return found


_ANSWERED = frozenset(
    {
        "answer",
        "reason",
        "said",
        "answered_on",
        "quoted_weekly_fee_pence",
        "quoted_staffing",
        "offer_expires_on",
        "offer_expires_at",
    }
)


def confirm_vacancies(desk: Desk, home_id: str, vacancies: int) -> Kept:
    """Write down how many places a home says are free today. What we hold there counts against them.

    Raises
    ------
    NotFound
        If the home is not in view.
    InvalidInput
        If the number is below 0 or above the home's places.
    """
    homes = desk.records.kept("homes", desk.authority)
    before = homes.one(home_id, to_change=True)
    places = before.values.get("places")
    if vacancies < 0 or (places is not None and vacancies > places):
        raise InvalidInput(
            "unusable_vacancies", "Give a number of free places from 0 to the places the home has."
        )
    # What is listed bed by bed wins over a number, so the number takes its place.
    values = {name: value for name, value in before.values.items() if name != "beds"}
    values |= {
        "vacancies": vacancies,
        "vacancies_confirmed_on": desk.today,
        "vacancies_confirmed_by": desk.role.words,
    }
    found = homes.change(home_id, values, version=before.version)
    desk.records.beds_of(desk.authority).set_out_again(home_id)
    return found


def expires_at(on: date | str | None, at: str | None) -> datetime | None:
    """Return the instant at which an offer ends, by the clock of London; the end of the day without a time.

    Raises
    ------
    ImportRejected
        If the time cannot be read.
    """
    if not on:
        return None
    day = (
        on
        if isinstance(on, date)
        else typed("enquiry", _WITH_EXPIRY | {"offer_expires_on": on})["offer_expires_on"]
    )
    try:
        moment = time.fromisoformat(at) if at else time(23, 59, 59)
    except ValueError:
        raise missing("offer_expires_at", "Give the time of day as hh:mm.") from None
    return datetime.combine(day, moment, LONDON)


_WITH_EXPIRY = {"enquiry_id": "e", "child_id": "c", "home_id": "h", "asked_on": "2026-01-01"}


def _has_passed(desk: Desk, ends: datetime) -> bool:
    """Say whether an instant is over: on an installation whose day is fixed, whether its day is."""
    if desk.settings.as_of is not None:
        return ends.date() < desk.settings.as_of
    return ends <= clock.now()


def of_referral(desk: Desk, referral_id: str) -> tuple[Kept, ...]:
    """Return every enquiry made for a referral, in order of their day."""
    found = desk.records.kept("enquiries", desk.authority).all(referral_id=referral_id)
    return tuple(sorted(found, key=lambda one: (one.values["asked_on"], one.changed_at)))


def standing_offer(desk: Desk, referral_id: str, home_id: str) -> Kept:
    """Return the offer of a home for a child that stands now.

    Raises
    ------
    Conflict
        If there is none, or it has run out.
    """
    offers = [
        one
        for one in of_referral(desk, referral_id)
        if one.values["home_id"] == home_id and one.values.get("answer") == OFFERED
    ]
    if not offers:
        raise Conflict(
            "no_offer", "This home decides for itself. Ask it first and write down that it offers a place."
        )
    offer = offers[-1]
    ends = expires_at(offer.values.get("offer_expires_on"), offer.values.get("offer_expires_at"))
    if ends is not None and _has_passed(desk, ends):
        raise Conflict("offer_expired", "The offer has run out. Ask the home again.")
    return offer


def enquiry(desk: Desk, enquiry_id: str) -> Kept:
    """Return one enquiry.

    Raises
    ------
    NotFound
        If there is none of that id in view.
    """
    found = desk.records.kept("enquiries", desk.authority).one(enquiry_id)
    if found.values.get("referral_id") is None:
        raise NotFound("no_such_enquiry", "There is no enquiry of that id.")
    desk.records.referral(found.values["referral_id"])
    return found
