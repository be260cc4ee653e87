"""The page of one child and of one home: what it is now, and what is recorded of it, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.web.presenters.kept_records import COLUMNS, Cell, label_of, shown, words_of
from api.web.words import DOMAIN_WORDS, UNKNOWN, british_date, capital, counted, weekly_cost

if TYPE_CHECKING:
    from api.services.stories import Entry
    from matching.home import Home

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
}
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
                for name in COLUMNS[one.kind]
                if name != about and (text := shown(one.kind, name, one.values.get(name), homes))
            ),
            address=f"{GROUPS.get(one.kind, '/records')}/{one.kind}/{one.record_id}",
        )
        for one in entries
    )


def present_needs(entries: Iterable[Entry]) -> tuple[Needs, ...]:
    """Return the judgements of needs, the newest first."""
    return tuple(
        Needs(
            on=UNKNOWN if one.on is None else british_date(one.on),
            rater=str(one.values.get("rater") or UNKNOWN),
            scores=tuple(_score(one.values.get(str(domain))) for domain in DOMAIN_WORDS),
        )
        for one in entries
        if one.kind == "needs_assessments"
    )


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
