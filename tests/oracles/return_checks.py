"""What a data manager checks before a return is sent: written from the guidance, sharing nothing with the generator.

Codes and their years come from the shipped code lists and from the few rules below; each check gives sentences about
rows that break it, without naming a child.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
NEW_CARER, SAME_CARER = frozenset("PB"), frozenset("TU")
NO_PROVIDER = frozenset({"T0", "T1", "T2", "T3", "T4", "Z1", "Z11", "Z12", "Z13", "Z14"})
TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})
LONGEST_TEMPORARY_DAYS = {"T1": 42, "T3": 21, "T4": 7}
NO_URN_NEEDED = frozenset({"P1", "P3", "R1", "R2", "R5", *NO_PROVIDER})
SHORT_BREAKS = frozenset({"V3", "V4"})
POLICE_PROTECTION_DAYS, EMERGENCY_ORDER_DAYS = 3, 21
H5_NEEDS_URN_FROM = P2_ENDS = date(2023, 10, 28)

Rows = list[dict[str, str]]


def day(text: str) -> date | None:
    """Return a date written dd/mm/yyyy, as the return asks; anything else is none."""
    match = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    return date(int(match[3]), int(match[2]), int(match[1])) if match else None


def tables_by_year(files: Mapping[str, str]) -> dict[int, dict[str, Rows]]:
    found: dict[int, dict[str, Rows]] = defaultdict(dict)
    for name, text in files.items():
        match = re.fullmatch(r"(\d{4})-(\w+)\.csv", name)
        if match:
            found[int(match[1])][match[2]] = list(csv.DictReader(io.StringIO(text)))
    return dict(sorted(found.items()))


def failures(files: Mapping[str, str]) -> list[str]:
    """Return a sentence for every row that a check finds wrong, over all years of one council."""
    years = tables_by_year(files)
    found: list[str] = []
    before: dict[str, dict[str, str]] = {}
    for year, tables in years.items():
        born = {row["CHILD"]: day(row["DOB"]) for row in tables["header"]}
        found += [f"{year} header: {text}" for text in header_faults(year, tables["header"])]
        by_child: dict[str, Rows] = defaultdict(list)
        for row in tables["episodes"]:
            by_child[row["CHILD"]].append(row)
        for child, rows in by_child.items():
            rows.sort(key=lambda row: day(row["DECOM"]) or date.min)
            faults = [*row_faults(year, rows, born.get(child)), *sequence_faults(rows)]
            found += [f"{year} episodes: {text}" for text in faults]
        found += [f"{year} roll-forward: {text}" for text in roll_forward_faults(before, by_child)]
        before = {child: rows[-1] for child, rows in by_child.items() if not rows[-1]["DEC"]}
    return found


def header_faults(year: int, rows: Rows) -> Iterator[str]:
    allowed = {"1", "2"} if year < 2025 else {"M", "F", "U"}
    if len({row["CHILD"] for row in rows}) != len(rows):
        yield "a child stands twice"
    for row in rows:
        if row["SEX"] not in allowed:
            yield f"SEX {row['SEX']} is not of this year"


def row_faults(year: int, rows: Rows, born: date | None) -> Iterator[str]:
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    if born is None:
        yield "no header row"
        return
    for row in rows:
        started, ended = day(row["DECOM"]), day(row["DEC"])
        place, provider, status = row["PLACE"], row["PLACE_PROVIDER"], row["LS"]
        if started is None or started > last:
            yield "no start, or one after the year"
            continue
        if ended is not None and (ended <= started or not first <= ended <= last):
            yield f"{place} ends within a day, before it starts or outside the year"
        if (ended is None) != (row["REC"] == ""):
            yield "REC and DEC do not go together"
        if started < born:
            yield "starts before birth"
        eighteen = date(born.year + 18, born.month, min(born.day, 28))
        if (ended or last) > eighteen + timedelta(days=4):
            yield f"{place} goes on past the eighteenth birthday"
        age = (started - born).days / 365.25
        if (place in {"K3", "H5"} and age < 15.99) or (place == "P2" and age < 14.99):
            yield f"{place} at {age:.1f}"
        if (place == "K3" and year < 2025) or (place in {"H5", "P2"} and year >= 2025):
            yield f"{place} in the return of {year}"
        if place == "P2" and started >= P2_ENDS:
            yield "P2 from 28 October 2023"
        if (place == "Z1" and year >= 2026) or (place in {"Z11", "Z12", "Z13", "Z14"} and year < 2026):
            yield f"{place} in the return of {year}"
        if (provider == "") != (place in NO_PROVIDER):
            yield f"{place} with provider '{provider}'"
        if (provider == "PR0") != (place == "P1"):
            yield f"{place} with PR0"
        if provider in {"PR1", "PR2"} and place in {"P1", "R2", "R5"}:
            yield f"{place} with {provider}"
        if row["URN"] and not re.fullmatch(r"SC\d{6}|\d{7}|X{7}", row["URN"]):
            yield "a URN that is none"
        if row["URN"] and place in NO_URN_NEEDED:
            yield f"{place} with a URN"
        length_days = ((ended or last) - started).days
        if place in LONGEST_TEMPORARY_DAYS and length_days > LONGEST_TEMPORARY_DAYS[place]:
            yield f"{place} of {length_days} days"
        if status == "L1" and length_days > POLICE_PROTECTION_DAYS:
            yield f"police protection of {length_days} days"
        if status == "L2" and length_days > EMERGENCY_ORDER_DAYS:
            yield f"emergency protection of {length_days} days"


def sequence_faults(rows: Rows) -> Iterator[str]:
    for row, following in pairwise(rows):
        ended, started = day(row["DEC"]), day(following["DECOM"])
        if row["LS"] in SHORT_BREAKS or following["LS"] in SHORT_BREAKS:
            continue
        if row["REC"] == "X1":
            if ended != started:
                yield "X1, and the next episode does not start that day"
            yield from change_faults(row, following)
        elif not row["REC"].startswith("E"):
            yield "an open episode with another after it"
        elif following["RNE"] != "S":
            yield f"care starts anew with RNE {following['RNE']}"
    if rows[-1]["REC"] == "X1":
        yield "the last episode says that another follows"


def change_faults(row: dict[str, str], following: dict[str, str]) -> Iterator[str]:
    reason = following["RNE"]
    status_changed = row["LS"] != following["LS"]
    place_changed = any(row[name] != following[name] for name in ("PLACE", "PLACE_PROVIDER", "PL_POST"))
    # A number that was asked for only later (H5, from October 2023) is no change.
    place_changed |= bool(row["URN"] and following["URN"] and row["URN"] != following["URN"])
    if reason == "S":
        yield "RNE S in the middle of care"
    if (reason in {"L", "B", "U"}) != status_changed:
        yield f"RNE {reason} and the legal status {'changed' if status_changed else 'stayed'}"
    if reason == "L" and place_changed:
        yield "RNE L and the placement changed"
    moved = reason in NEW_CARER | SAME_CARER
    temporary = row["PLACE"] in TEMPORARY or following["PLACE"] in TEMPORARY
    given = row["REASON_PLACE_CHANGE"] != ""
    if given and (not moved or row["PLACE"] in TEMPORARY):
        yield f"a reason for a change with RNE {reason} after {row['PLACE']}"
    if not given and moved and not temporary:
        yield f"no reason for a change with RNE {reason}"
    if row["REASON_PLACE_CHANGE"] == "PLACE" and reason in NEW_CARER:
        yield "status only, and yet a new carer"


def roll_forward_faults(before: Mapping[str, dict[str, str]], by_child: Mapping[str, Rows]) -> Iterator[str]:
    for child, row in before.items():
        rows = by_child.get(child)
        if rows is None:
            yield "an open episode vanished"
        elif rows[0]["DECOM"] != row["DECOM"] or rows[0]["LS"] != row["LS"]:
            yield "the first episode is not the one that was open"
    # Nothing is known of who was open before the first return.
    for child, rows in by_child.items() if before else ():
        if child not in before and rows[0]["RNE"] != "S":
            yield f"a child not open before starts with RNE {rows[0]['RNE']}"
