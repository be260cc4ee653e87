"""The limits and duties of law that the rules use: number, unit, instrument, dates in force, certainty.

They are data (``shipped/law``), so that a rule never carries a number or a citation of its own. Each limit
stands once, in the file of its instrument; a table of ``shipped/law/topics`` gathers what one subject
needs, in the words its answers show. What a council chooses for itself is policy and is not here; how
it may make a limit stricter is in ``stricter_limits.py``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_path

STATUTE = "statute"

Certainty = Literal["certain", "secondary", "from_memory"]
"""Read in the instrument; read in a manual or article about it; remembered. The last only warns."""

_CERTAINTY: dict[str, Certainty] = {"C": "certain", "S": "secondary", "M": "from_memory"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One limit or duty as it stands between two dates.

    Parameters
    ----------
    key
        The name by which rules ask for it.
    instrument, paragraph
        Where it is found.
    kind
        ``statute``, ``case law`` or ``guidance``.
    says
        The rule in plain words.
    value
        The number of the limit, or ``None`` where there is none.
    unit
        What the number counts, or empty.
    stricter
        Which way a council may move the number, ``lower`` or ``higher``; empty where it may not.
    used_by
        The rules that rest on it, such as ``eligibility: lawful_age``; ``for reading`` where none does.
    in_force_from, in_force_to
        First and last day; ``in_force_to`` is ``None`` while it is in force.
    certainty
        ``C`` read in the source, ``S`` read second-hand, ``M`` from memory.
    source, note
        Where it was read, and what else to know.
    """

    key: str
    instrument: str
    paragraph: str
    kind: str
    says: str
    value: int | None
    unit: str
    stricter: str
    used_by: tuple[str, ...]
    in_force_from: date
    in_force_to: date | None
    certainty: str
    source: str
    note: str

    @property
    def reference(self) -> str:
        """Return the plain reference people see: ``Children Act 1989, section 22C(7)(a)``."""
        return f"{self.instrument}, {self.paragraph}"

    @property
    def may_bar(self) -> bool:
        """Return whether a rule may exclude by it: statute that was read. Anything else only warns."""
        return self.kind == STATUTE and self.certainty in {"C", "S"}

    def in_force_on(self, on: date) -> bool:
        """Return whether it is in force on a date, its first and last day included."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalLimit:
    """One limit, duty or bar as a topic shows it.

    Parameters
    ----------
    name
        The name the topic's rules look it up by.
    instrument
        The instrument and its paragraph, as an answer shows it.
    value, unit
        The number and what it counts, where the limit is a number.
    in_force_from, in_force_to
        First and last day; ``None`` where no day of interest lies outside.
    certainty
        How the wording is known.
    says
        The limit in our own plain words.
    provision
        The key of the provision it shows, or ``None`` where it stands in no instrument's file.
    """

    name: str
    instrument: str
    value: int | None
    unit: str | None
    in_force_from: date | None
    in_force_to: date | None
    certainty: Certainty
    says: str
    provision: str | None

    def in_force_on(self, day: date) -> bool:
        """Say whether the limit holds on a day."""
        begun = self.in_force_from is None or self.in_force_from <= day
        return begun and (self.in_force_to is None or day <= self.in_force_to)


def law(key: str, on: date) -> Provision | None:
    """Return a provision as it stands on a date, or ``None`` if it is not in force then.

    Parameters
    ----------
    key
        The provision's name, one of :func:`law_keys`.
    on
        The date whose law is asked for: an event is judged by the law of its own day.

    Raises
    ------
    NotFound
        If there is no provision of this name at all.

    Examples
    --------
    >>> law("under_16_other_arrangements", date(2021, 9, 8)) is None
    True
    >>> law("usual_fostering_limit", date(2026, 6, 15)).value
    3
    """
    return next((known for known in _dated(key) if known.in_force_on(on)), None)


def instrument(key: str) -> str:
    """Return the plain reference of a provision, as its latest version has it.

    Raises
    ------
    NotFound
        If there is no provision of this name.

    Examples
    --------
    >>> instrument("connected_carer_preference")
    'Children Act 1989, section 22C(7)(a)'
    """
    return _dated(key)[-1].reference


@cache
def law_number(key: str) -> int:
    """Return the number of a limit, as its latest version has it.

    Raises
    ------
    NotFound
        If there is no provision of this name, or it has no number.

    Examples
    --------
    >>> law_number("child")
    18
    """
    value = _dated(key)[-1].value
    if value is None:
        raise NotFound("law_without_number", f"The provision {key!r} has no number.", {"key": key})
    return value


def law_keys() -> tuple[str, ...]:
    """Return the names of all provisions, in alphabetical order."""
    return tuple(sorted(_provisions()))


def all_provisions() -> tuple[Provision, ...]:
    """Return every provision, past and present, by name and then by date."""
    return tuple(known for key in law_keys() for known in _dated(key))


@cache
def legal_limits(topic: str) -> MappingProxyType[str, LegalLimit]:
    """Return the limits of one topic by name, in the order of its table.

    A row that names a ``provision`` takes from it everything it does not say itself. After them come what a
    council holds itself to in the same matter (``shipped/policy/topics``), which is no law and has no number here.

    Raises
    ------
    NotFound
        If no table has that name.
    """
    path = shipped_path("law/topics", f"{topic}.toml")
    if not path.is_file():
        known = ", ".join(sorted(item.stem for item in shipped_path("law/topics", "").glob("*.toml")))
        raise NotFound("no_such_law_table", f"There is no table of law of that name. Known: {known}.")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    policy = shipped_path("policy/topics", path.name)
    if policy.is_file():
        table |= tomllib.loads(policy.read_text(encoding="utf-8"))
    return MappingProxyType({name: _limit(name, row) for name, row in table.items()})


def _limit(name: str, row: dict[str, Any]) -> LegalLimit:
    given = {**(_shown(_dated(row["provision"])[-1]) if "provision" in row else {}), **row}
    return LegalLimit(
        name=name,
        instrument=given["instrument"],
        value=given.get("value"),
        unit=given.get("unit"),
        in_force_from=given.get("in_force_from"),
        in_force_to=given.get("in_force_to"),
        certainty=given["certainty"],
        says=given["says"],
        provision=row.get("provision"),
    )


def _shown(known: Provision) -> dict[str, Any]:
    return {
        "instrument": known.reference,
        "value": known.value,
        "unit": known.unit or None,
        "in_force_from": known.in_force_from,
        "in_force_to": known.in_force_to,
        "certainty": _CERTAINTY[known.certainty],
        "says": known.says,
    }


def _dated(key: str) -> tuple[Provision, ...]:
    found = _provisions().get(key)
    if found is None:
        raise NotFound(
            "law_not_found", f"There is no provision called {key!r} in the shipped law.", {"key": key}
        )
    return found


@cache
def _provisions() -> dict[str, tuple[Provision, ...]]:
    found: dict[str, list[Provision]] = {}
    for path in sorted(shipped_path("law", "").glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        for entry in document["provision"]:
            given = {"instrument": document["instrument"], "kind": document["kind"], **entry}
            known = Provision(
                key=given["key"],
                instrument=given["instrument"],
                paragraph=given["paragraph"],
                kind=given["kind"],
                says=given["says"],
                value=given.get("value"),
                unit=given.get("unit", ""),
                stricter=given.get("stricter", ""),
                used_by=tuple(given["used_by"]),
                in_force_from=given["in_force_from"],
                in_force_to=given.get("in_force_to"),
                certainty=given["certainty"],
                source=given["source"],
                note=given.get("note", ""),
            )
            found.setdefault(known.key, []).append(known)
    return {
        key: tuple(sorted(versions, key=lambda known: known.in_force_from)) for key, versions in found.items()
    }
