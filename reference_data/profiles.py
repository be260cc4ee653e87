"""Profiles: how another standard's columns are ours, as one table that drives reading and writing alike.

A profile is a CSV in ``shipped/profiles``, a row for each column of the standard. How one cell changes
its words is in ``profile_words.py``, what files of the standard look like is in ``profile_files.py``, and
whole records are in ``profile_reading.py``, ``profile_telling.py`` and ``profile_joining.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from reference_data.fields import LIST_TYPES, Field, load_fields
from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

PROFILES = {"south-west": "south_west_needs"}
"""The name that a command takes, and the shipped table it means."""

RECORD = "referral"
ANY_WORD = "*"

Record = dict[str, Any]
"""One referral with typed values, as the reader of our own files gives it."""

TheirRow = dict[str, Any]
"""The standard's answers by the name of our field: one cell, or a list of cells with ``None`` for gaps."""


@dataclass(frozen=True, kw_only=True)
class ProfileField:
    """One column of a standard and its place in our referral.

    Parameters
    ----------
    table, column
        Where the standard's diagram keeps it.
    heading
        The standard's question, which heads the column where one row is one child.
    ours
        The name of our field. Two columns never share one.
    whole
        Our field for a whole postcode where the standard asks only for a part of one.
    codes
        The standard's words and our code for each. An empty code says nothing; in a list it says "none".
    also_read
        Further writings that are read and never written.
    told_as
        Codes of ours that the standard has no word for, and the word they are told as. ``*`` is any other.
    when
        The yes-or-no field that this column gives the detail of.
    say_more
        What to add to our record, because no home is judged on the standard's answer alone.
    source
        The edition that has the column: ``v3`` the questionnaire, ``1.1`` the diagram.
    """

    table: str
    column: str
    heading: str
    ours: str
    whole: str | None
    codes: Mapping[str, str]
    also_read: Mapping[str, str]
    told_as: Mapping[str, str]
    when: str | None
    say_more: str | None
    source: str

    @cached_property
    def field(self) -> Field:
        """Return our field."""
        return _field_of(self.ours)

    @cached_property
    def whole_field(self) -> Field | None:
        """Return our field for a whole postcode."""
        return _field_of(self.whole) if self.whole else None

    @property
    def is_list(self) -> bool:
        """Say whether one cell holds several answers."""
        return self.field.type in LIST_TYPES or self.field.in_list

    @property
    def says_nothing(self) -> str | None:
        """Return the standard's word for an answer that nobody has given."""
        return next((word for word, code in self.codes.items() if not code and not self.is_list), None)

    @property
    def says_none(self) -> str | None:
        """Return the standard's word for a list that is known to be empty."""
        return next((word for word, code in self.codes.items() if not code and self.is_list), None)


def profile_names() -> tuple[str, ...]:
    """Return the names of all profiles."""
    return tuple(PROFILES)


@cache
def load_profile(name: str) -> tuple[ProfileField, ...]:
    """Return a profile's columns in the standard's order.

    Raises
    ------
    NotFound
        If no profile has that name.
    """
    if name not in PROFILES:
        raise NotFound("no_such_profile", f"Use one of these profiles: {', '.join(PROFILES)}.")
    return tuple(_profile_field(row) for row in shipped_rows("profiles", f"{PROFILES[name]}.csv"))


def _profile_field(row: dict[str, str]) -> ProfileField:
    return ProfileField(
        table=row["table"],
        column=row["column"],
        heading=row["heading"],
        ours=row["ours"],
        whole=row["whole"] or None,
        codes=_pairs(row["codes"]),
        also_read=_pairs(row["also_read"]),
        told_as=_pairs(row["told_as"]),
        when=row["when"] or None,
        say_more=row["say_more"] or None,
        source=row["source"],
    )


def _pairs(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split("|") if part)
    return {word: code for word, _, code in pairs}


def _field_of(name: str) -> Field:
    return next(field for field in load_fields(RECORD) if field.name == name)


def plain(name: str) -> str:
    """Return a heading or a word as it is looked up: lower case, letters, digits and ``:>`` only."""
    return re.sub(r"[^a-z0-9:>]", "", name.casefold())


@cache
def headings(name: str) -> dict[str, ProfileField]:
    """Return a profile's columns by every writing of their heading that names one column only.

    A heading may be the standard's question with or without what stands in brackets, the diagram's column, or
    both of the diagram's names (``RISKS.risk_to_child_self_harm``).
    """
    found: dict[str, ProfileField | None] = {}
    for entry in load_profile(name):
        short = re.sub(r"\s*\([^()]*\)$", "", entry.heading)
        for writing in {
            plain(w) for w in (entry.heading, short, entry.column, f"{entry.table}{entry.column}")
        }:
            found[writing] = None if writing in found else entry
    return {writing: entry for writing, entry in found.items() if entry is not None}


def put_value(record: Record, field: Field, value: object) -> None:
    """Put a value into a record where the field has its place."""
    holder = record if field.parent is None else record.setdefault(field.parent, {})
    holder[field.value_name] = value


def value_in(record: Mapping[str, Any], field: Field) -> Any:
    """Return what a record holds in a field; of a list of objects, the items' values."""
    if field.in_list:
        items = [item.get(field.value_name) for item in record.get(field.parent or "") or ()]
        return items if any(item is not None for item in items) else None
    holder = record if field.parent is None else record.get(field.parent) or {}
    return holder.get(field.value_name)


def record_words(count: int) -> str:
    """Return a number of records in words."""
    return "1 record" if count == 1 else f"{count:,} records"
