"""Which codes and which columns the return of a year may have: the shipped lists read plainly, and the official headers.

Nothing of the generator and nothing of our reader of code lists is used: a list is a CSV file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

_LISTS = Path(__file__).resolve().parents[2] / "reference_data" / "shipped" / "codelists"

COLUMNS = {
    "header": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
    "episodes": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN",
    "reviews": "CHILD,DOB,REVIEW,REVIEW_CODE",
    "uasc": "CHILD,SEX,DOB,DUC",
    "oc2": "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,"
    "SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED",
    "oc3": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM",
    "ad1": "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR",
    "placed_for_adoption": "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED",
    "previous_permanence": "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM",
    "missing": "CHILD,DOB,MISSING,MIS_START,MIS_END",
    "sw_episodes": "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON",
}
"""The official header line of each table."""
FIRST_YEAR_OF = {"sw_episodes": 2024}
"""Tables that did not always exist, by the year that ends on 31 March."""

_CODED = {
    "header": ("SEX", "ETHNIC"),
    "episodes": ("RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "REC", "REASON_PLACE_CHANGE"),
    "reviews": ("REVIEW_CODE",),
    "uasc": ("SEX",),
    "oc2": ("SDQ_REASON",),
    "oc3": ("IN_TOUCH", "ACTIV", "ACCOM"),
    "placed_for_adoption": ("REASON_PLACED_CEASED",),
    "previous_permanence": ("PREV_PERM",),
    "missing": ("MISSING",),
    "sw_episodes": ("SW_REASON",),
}
_MAY_BE_EMPTY = frozenset(
    {"PLACE_PROVIDER", "REC", "REASON_PLACE_CHANGE", "SDQ_REASON", "ACTIV", "ACCOM", "REASON_PLACED_CEASED"}
    | {"SW_REASON"}
)


@cache
def code_list(name: str) -> Mapping[str, Mapping[str, str]]:
    """Return the rows of one list by code."""
    with (_LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


@cache
def valid_in_year(name: str, code: str, year: int) -> bool:
    """Say whether a code may stand in the return that closes on 31 March of a year."""
    row = code_list(name).get(code)
    if row is None:
        return False
    first = date.fromisoformat(row["valid_from"] or "0001-01-01")
    last = date.fromisoformat(row["valid_to"] or "9999-12-31")
    return first <= date(year, 3, 31) and last >= date(year - 1, 4, 1)


def successors(place: str) -> frozenset[str]:
    """Return the PLACE codes as which an episode left open may stand in the next return."""
    return frozenset({place, *code_list("PLACE")[place]["may_become"].split(";")}) - {""}


def column_faults(year: int, headings: Mapping[str, str]) -> Iterator[str]:
    """Give what is wrong with the tables of a year and their header lines."""
    due = {name for name in COLUMNS if FIRST_YEAR_OF.get(name, 0) <= year}
    for name in due ^ set(headings):
        yield f"{name} is missing or too early"
    for name in due & set(headings):
        if headings[name] != COLUMNS[name]:
            yield f"{name} has other columns than the official ones"


def code_faults(year: int, tables: Mapping[str, list[dict[str, str]]]) -> Iterator[str]:
    """Give every cell whose code is not of the year's list."""
    for table, names in _CODED.items():
        for row in tables.get(table, ()):
            for name in names:
                code = row[name]
                if not (code or name in _MAY_BE_EMPTY):
                    yield f"{table} {name} is empty"
                if code and not valid_in_year(name, code, year):
                    yield f"{table} {name} {code} is not of this year"
