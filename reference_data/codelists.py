"""The dated code lists of the SSDA903 return: what a code means, when it was valid, what it counts as.

A list is a file of ``shipped/codelists``, named as the return names its field. The enumerations that logic
branches on are in ``vocabulary.py``; reading a return is not done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from reference_data.problems import NotFound
from reference_data.shipped_tables import optional_date, shipped_path, shipped_rows

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
    certainty: str
    note: str

    def is_valid_on(self, on: date) -> bool:
        """Return whether the code may be used on a date."""
        return self._status_on(on) is CodeStatus.VALID

    def _status_on(self, on: date) -> CodeStatus:
        if self.valid_from is not None and on < self.valid_from:
            return CodeStatus.NOT_YET_VALID
        if self.valid_to is not None and on > self.valid_to:
            return CodeStatus.NO_LONGER_VALID
        return CodeStatus.VALID


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
                certainty=row["certainty"],
                note=row["note"],
            )
            for row in shipped_rows(_FOLDER, f"{list_name}.csv")
        }
    )
