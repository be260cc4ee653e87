"""The dated code lists of the SSDA903 return: what a code means, when it was valid, what it counts as.

A list is a file of ``shipped/codelists``, named as the return names its field. The enumerations that logic
branches on are in ``vocabulary.py``; reading a return is not done here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from reference_data.problems import NotFound
from reference_data.shipped_tables import optional_date, shipped_path, shipped_rows

RETURN_YEARS = range(2016, 2028)
"""The returns the lists cover, each by the year in which it closes: 2015/16 to 2026/27."""

_FOLDER = "codelists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of a list.

    Parameters
    ----------
    code, label
        The code and its meaning.
    valid_from, valid_to
        First and last day it may be used; ``None`` where there is no limit.
    maps_to
        What it counts as; for PLACE a ``vocabulary.PlacementGroup``. Empty where nothing is counted.
    detail
        A finer kind within ``maps_to``, or empty.
    may_become
        The codes that an open episode with this one may have after it went out of use.
    certainty
        ``C`` read in a named source, ``M`` from memory.
    note
        What a user of the code should know, or empty.
    """

    code: str
    label: str
    valid_from: date | None
    valid_to: date | None
    maps_to: str
    detail: str
    may_become: tuple[str, ...]
    certainty: str
    note: str

    def is_valid_on(self, on: date) -> bool:
        """Return whether the code may be used on a date."""
        return self._status_on(on) is CodeStatus.VALID

    def is_valid_between(self, first: date, last: date) -> bool:
        """Return whether the code may be used on some day of a time, both its ends included."""
        return (self.valid_to is None or first <= self.valid_to) and (
            self.valid_from is None or self.valid_from <= last
        )

    def _status_on(self, on: date) -> CodeStatus:
        if self.valid_from is not None and on < self.valid_from:
            return CodeStatus.NOT_YET_VALID
        if self.valid_to is not None and on > self.valid_to:
            return CodeStatus.NO_LONGER_VALID
        return CodeStatus.VALID


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSource:
    """Where a list was compiled from.

    Parameters
    ----------
    about
        What the list says.
    source, read_on
        What it was compiled from, and when.
    licence
        Under which licence the source stands.
    """

    about: str
    source: str
    read_on: date
    licence: str


class CodeStatus(StrEnum):
    """What a list says about a code on a date."""

    VALID = "valid"
    NOT_YET_VALID = "not_yet_valid"
    NO_LONGER_VALID = "no_longer_valid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAnswer:
    """A status and, unless the code is unknown, its meaning: an outdated code still has one.

    Parameters
    ----------
    status
        Whether the code may be used.
    code
        The code, or ``None`` when the list never had it.
    """

    status: CodeStatus
    code: Code | None


def list_names() -> tuple[str, ...]:
    """Return the names of the lists that are shipped."""
    return tuple(sorted(path.stem for path in shipped_path(_FOLDER, "").glob("*.csv")))


def list_source(list_name: str) -> ListSource:
    """Return where a list was compiled from, when, and under which licence.

    Raises
    ------
    NotFound
        If there is no such list.

    Examples
    --------
    >>> list_source("PLACE").read_on
    datetime.date(2026, 4, 22)
    """
    _codes(list_name)
    return ListSource(**_sources()[list_name])


def codes(list_name: str, on: date | None = None) -> Mapping[str, Code]:
    """Return the codes of a list in its order, by code.

    Parameters
    ----------
    list_name
        The return's name of the field: ``"PLACE"``, ``"LS"``.
    on
        Only codes valid on this date; ``None`` for every code that ever was.

    Raises
    ------
    NotFound
        If there is no such list.

    Examples
    --------
    >>> "H5" in codes("PLACE"), "H5" in codes("PLACE", date(2024, 4, 1))
    (True, False)
    """
    listed = _codes(list_name)
    if on is None:
        return listed
    return MappingProxyType({code: known for code, known in listed.items() if known.is_valid_on(on)})


def codes_of_return(list_name: str, year_ending: int) -> Mapping[str, Code]:
    """Return the codes that a return may use: those valid on some day of its year.

    A code that went out of use within the year is among them; its own dates say until when.

    Parameters
    ----------
    list_name
        The return's name of the field.
    year_ending
        The year of the 31 March on which the return closes: 2025 for the return of 2024/25.

    Raises
    ------
    NotFound
        If there is no such list, or the return is not one of ``RETURN_YEARS``.

    Examples
    --------
    >>> [code for code in codes_of_return("PLACE", 2025) if code in ("H5", "K3", "P2", "Z1", "Z11")]
    ['K3', 'Z1']
    """
    first, last = _days_of_return(year_ending)
    return MappingProxyType(
        {code: known for code, known in _codes(list_name).items() if known.is_valid_between(first, last)}
    )


def roll_forwards(list_name: str, code: str, year_ending: int) -> tuple[str, ...]:
    """Return the codes with which an episode that is open when a return closes may stand in the next.

    Usually its own. Empty where its code is gone and no source says what takes its place: that is for the
    council to say and is never guessed.

    Parameters
    ----------
    list_name, code
        The list and the code at the close of the return.
    year_ending
        The year of the 31 March on which it closed. The next return must be one of ``RETURN_YEARS``.

    Raises
    ------
    NotFound
        If there is no such list or code, or the next return is not one of ``RETURN_YEARS``.

    Examples
    --------
    >>> roll_forwards("PLACE", "H5", 2023), roll_forwards("PLACE", "H5", 2024)
    (('H5',), ('K3',))
    """
    known = _codes(list_name).get(code)
    if known is None:
        raise NotFound("code_not_found", f"The list {list_name} never had this code.")
    following = codes_of_return(list_name, year_ending + 1)
    return tuple(each for each in (code, *known.may_become) if each in following)


def lookup(list_name: str, code: str, on: date | None = None) -> CodeAnswer:
    """Return whether a list has a code, whether it may be used on a date, and what it means.

    Surrounding spaces and case do not matter.

    Parameters
    ----------
    list_name
        The return's name of the field.
    code
        The code as returned.
    on
        The date it is used on; ``None`` asks only whether the list ever had it.

    Raises
    ------
    NotFound
        If there is no such list.

    Examples
    --------
    >>> lookup("PLACE", "K3", date(2023, 11, 1)).status.value
    'not_yet_valid'
    """
    known = _codes(list_name).get(code.strip().upper())
    if known is None:
        return CodeAnswer(status=CodeStatus.UNKNOWN, code=None)
    return CodeAnswer(status=CodeStatus.VALID if on is None else known._status_on(on), code=known)


def _days_of_return(year_ending: int) -> tuple[date, date]:
    if year_ending not in RETURN_YEARS:
        raise NotFound(
            "return_not_covered",
            f"The code lists cover the returns that close in {RETURN_YEARS[0]} to {RETURN_YEARS[-1]}.",
        )
    return date(year_ending - 1, 4, 1), date(year_ending, 3, 31)


@cache
def _sources() -> dict[str, dict[str, Any]]:
    lists = tomllib.loads(shipped_path(_FOLDER, "sources.toml").read_text(encoding="utf-8"))
    compiled: dict[str, Any] = lists.pop("compiled")
    return {name: {**compiled, **own} for name, own in lists.items()}


@cache
def _codes(list_name: str) -> Mapping[str, Code]:
    if list_name not in list_names():
        raise NotFound(
            "code_list_not_found", f"There is no such code list. There are {', '.join(list_names())}."
        )
    return MappingProxyType(
        {
            row["code"]: Code(
                code=row["code"],
                label=row["label"],
                valid_from=optional_date(row["valid_from"]),
                valid_to=optional_date(row["valid_to"]),
                maps_to=row["maps_to"],
                detail=row["detail"],
                may_become=tuple(row["may_become"].split(";")) if row["may_become"] else (),
                certainty=row["certainty"],
                note=row["note"],
            )
            for row in shipped_rows(_FOLDER, f"{list_name}.csv")
        }
    )
