"""The page of one child and of one home: what it is now, and what is recorded of it, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from api.web.presenters.kept_records import COLUMNS, Cell, label_of, shown, words_of
from api.web.presenters.placing import SAID
from api.web.words import DOMAIN_WORDS, UNKNOWN, british_date, capital, counted, urgency_words, weekly_cost
from reference_data.vocabulary import NeedDomain

if TYPE_CHECKING:
    from api.database.occupancy import Claim
    from api.services.stories import Entry
    from matching.home import Home
    from matching.referral import Referral

WHAT = {
    "needs_assessments": "Needs judged",
    "enquiries": "A home was asked",
    "nominations": "Nominated",
    "notices": "Notice given",
    "stability_meetings": "Stability meeting",
    "decisions": "Decided",
    "placements": "Placed",
    "moves": "Moved",
    "concerns": "A concern was raised",
    "quality_visits": "Visited",
    "voids": "An empty bed was paid for",
    "stays": "A stay began",
    "provider_links": "A home was asked by link",
    **SAID,
}
OVER_A_LINK = ("home_id", "reason", "vacancies")
SAYS = {
    **COLUMNS,
    "stays": ("setting", "home_id", "ended_on"),
    "provider_links": OVER_A_LINK,
    **dict.fromkeys(SAID, OVER_A_LINK),
}
"""What is told of each record of a story."""
GROUPS = {"concerns": "/home-records", "quality_visits": "/home-records", "voids": "/home-records"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One record in a story: its day, what it was, what it says, and where it stands whole."""

    on: str
    what: str
    cells: tuple[Cell, ...]
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """One judgement of needs: its day, who made it, and each score in the order of the domains."""

    on: str
    rater: str
    scores: tuple[str, ...]


def present_story(entries: Iterable[Entry], homes: Mapping[str, str], about: str) -> tuple[Told, ...]:
    """Return records in words.

    Parameters
    ----------
    about
        The field that every record shares, ``child_id`` or ``home_id``, which is not said again.
    """
    return tuple(
        Told(
            on="No day recorded" if one.on is None else british_date(one.on),
            what=WHAT[one.kind],
            cells=tuple(
                Cell(label=label_of(name), text=text)
                for name in SAYS[one.kind]
                if name != about and (text := shown(_fields_of(one.kind), name, one.values.get(name), homes))
            ),
            address=_address(one),
        )
        for one in entries
    )


def _fields_of(kind: str) -> str:
    """Return the kind whose field table describes what is told: what is said over links is an enquiry's."""
    return "enquiries" if SAYS[kind] is OVER_A_LINK else kind


def _address(one: Entry) -> str:
    if SAYS[one.kind] is OVER_A_LINK:
        return f"/children/{quote(one.record_id, safe='')}/providers"
    if one.kind == "stays":
        return "/emergency-watch"
    return f"{GROUPS.get(one.kind, '/records')}/{one.kind}/{one.record_id}"


def present_needs(entries: Iterable[Entry], referral: Referral) -> tuple[Needs, ...]:
    """Return the judgements of needs, the newest first, with the referral's own where it is none of them."""
    own = tuple(referral.needs.get(NeedDomain(domain)) for domain in DOMAIN_WORDS)
    judged = [
        (one.on, one.values.get("rater"), tuple(one.values.get(str(domain)) for domain in DOMAIN_WORDS))
        for one in entries
        if one.kind == "needs_assessments"
    ]
    day = referral.needs_assessed_on
    if referral.needs and (day, own) not in [(on, scores) for on, _, scores in judged]:
        judged.append((day, referral.needs_source or "The referral", own))
        judged.sort(key=lambda one: one[0] or date.min, reverse=True)
    return tuple(
        Needs(
            on=UNKNOWN if on is None else british_date(on),
            rater=str(rater or UNKNOWN),
            scores=tuple(_score(score) for score in scores),
        )
        for on, rater, scores in judged
    )


def present_child_facts(
    referral: Referral, placed: Iterable[Claim], homes: Mapping[str, str], age: int | None
) -> tuple[Cell, ...]:
    """Return the search for one child; once it has led to a placement, that and no more how soon a home is needed.

    Parameters
    ----------
    placed
        The child's placements that are not over.
    """
    placed = list(placed)
    told = [
        ("Placed at", f"{homes.get(one.home_id, one.home_id)} from {british_date(one.from_on)}")
        for one in placed
    ]
    if not any(one.referral_id == referral.referral_id for one in placed):
        told += [
            ("How soon", urgency_words(str(referral.urgency)) if referral.urgency else UNKNOWN),
            ("Needed by", british_date(referral.needed_by)),
        ]
    told += [
        ("Search opened", british_date(referral.search_opened_at)),
        ("Age", UNKNOWN if age is None else str(age)),
    ]
    return tuple(Cell(label=label, text=text) for label, text in told)


def present_home_facts(home: Home, area: str) -> tuple[Cell, ...]:
    """Return what a home is now: nobody who lives there is named."""
    ages = f"{_known(home.min_age)} to {_known(home.max_age)}"
    free = "" if home.vacancies is None else counted(home.vacancies, "place free", "places free")
    confirmed = (
        ""
        if home.vacancies_confirmed_on is None
        else f", confirmed {british_date(home.vacancies_confirmed_on)}"
    )
    told: dict[str, Any] = {
        "Type": words_of(str(home.type)),
        "Run by": home.provider,
        "Area": area,
        "Contract": words_of(str(home.contract)) if home.contract else None,
        "Status": words_of(str(home.status)) if home.status else None,
        "Places": home.places,
        "Free now": f"{capital(free)}{confirmed}" if free else None,
        "Living there": None
        if home.residents is None
        else capital(counted(len(home.residents), "child", "children")),
        "Ages": ages,
        "Weekly cost": weekly_cost(home.weekly_fee_pence),
        "Partner concern": words_of(str(home.partner_concern)) if home.partner_concern else None,
    }
    return tuple(
        Cell(label=label, text=UNKNOWN if value in (None, "") else str(value))
        for label, value in told.items()
    )


def _known(age: int | None) -> str:
    return "not known" if age is None else str(age)


def _score(value: Any) -> str:
    return "–" if value is None else f"{float(value):g}"
