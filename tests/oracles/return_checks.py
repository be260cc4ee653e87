"""What a data manager checks before a return is sent: written from the guidance, sharing nothing with the generator.

Codes and columns by year are in ``return_codes.py``, the tables beside the episodes in ``return_table_checks.py``. Each
check gives sentences about rows that break it, without naming a child.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from reference_data.postcodes import look_up
from tests.oracles.return_codes import code_faults, code_list, column_faults, successors
from tests.oracles.return_table_checks import birthday, day, review_faults, table_faults

NEW_CARER, SAME_CARER = frozenset("PB"), frozenset("TU")
TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})
OTHER_PLACES = frozenset({"Z1", "Z11", "Z12", "Z13", "Z14"})
LONGEST_TEMPORARY_DAYS = {"T1": 42, "T3": 21, "T4": 7}
ADOPTION, FOSTERING = frozenset({"A3", "A4", "A5", "A6"}), frozenset({"U1", "U2", "U3", "U4", "U5", "U6"})
PROVIDERS_BARRED = {
    "PR0": frozenset(code_list("PLACE")) - {"P1"},
    "PR1": frozenset({"P1", "R2", "R5"}),
    "PR2": frozenset({"P1", "R2", "R5"}),
    "PR3": frozenset({"P1", "K1", "K2"}) | ADOPTION | FOSTERING,
    "PR4": frozenset({"P1"}),
    "PR5": frozenset({"P1"}),
    "": frozenset(code_list("PLACE")) - TEMPORARY - OTHER_PLACES,
}
NO_URN = frozenset({"P1", "P2", "P3", "R1", "R2", "R5"}) | TEMPORARY | OTHER_PLACES
NEEDS_URN = frozenset({"K1", "K2", "K3", "S1", "R3"}) | ADOPTION | FOSTERING
SHORT_BREAKS = frozenset({"V3", "V4"})
LONGEST_ORDER_DAYS = {"L1": 3, "L2": 21, "L3": 7}
H5_NEEDS_URN_FROM = P2_ENDS = date(2023, 10, 28)
CUSTODY_FROM_YEARS = 10
PLACED = ("PLACE", "PLACE_PROVIDER", "PL_POST")

Rows = list[dict[str, str]]
Tables = dict[str, Rows]


def tables_by_year(files: Mapping[str, str]) -> dict[int, Tables]:
    """Return the rows of every table, by year and name."""
    found: dict[int, Tables] = defaultdict(dict)
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
    known: dict[str, tuple[str, str]] = {}
    for year, tables in years.items():
        headings = {name: files[f"{year}-{name}.csv"].split("\n", 1)[0] for name in tables}
        born = {row["CHILD"]: day(row["DOB"]) or date.max for row in tables["header"]}
        faults = [
            *column_faults(year, headings),
            *code_faults(year, tables),
            *header_faults(tables, known),
            *table_faults(year, tables),
        ]
        by_child = children_of(tables["episodes"])
        for child, rows in by_child.items():
            if child in born:
                for row in rows:
                    faults += [*date_faults(year, row, born[child]), *place_faults(row, born[child], year)]
                faults += sequence_faults(rows)
        faults += roll_forward_faults(before, by_child)
        found += [f"{year}: {text}" for text in faults]
        before = {child: rows[-1] for child, rows in by_child.items() if not rows[-1]["DEC"]}
    found += lifelong_faults(years)
    found += postcode_faults(years)
    return found


def children_of(rows: Rows) -> dict[str, Rows]:
    """Return each child's episodes in order of their start."""
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row["CHILD"]].append(row)
    for own in found.values():
        own.sort(key=lambda row: day(row["DECOM"]) or date.min)
    return found


def header_faults(tables: Tables, known: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Give children that stand twice, are missing, or change their birth date or ethnicity between years."""
    children = Counter(row["CHILD"] for row in tables["header"])
    if max(children.values(), default=1) > 1:
        yield "a child stands twice in the header"
    if children.keys() != {row["CHILD"] for row in tables["episodes"]}:
        yield "header and episodes are not about the same children"
    for row in tables["header"]:
        facts = (row["DOB"], row["ETHNIC"])
        if known.setdefault(row["CHILD"], facts) != facts:
            yield "birth date or ethnicity changed between returns"
        if row["SEX"] in {"1", "M"} and row["MOTHER"] == "1":
            yield "a boy is a mother"


def date_faults(year: int, row: dict[str, str], born: date) -> Iterator[str]:
    """Give what is wrong with the dates of an episode, and with its age and legal status."""
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    started, ended = day(row["DECOM"]), day(row["DEC"])
    if started is None or started > last or started < born:
        yield "no start, one after the year or one before birth"
        return
    if row["DEC"] and (ended is None or ended <= started or not first <= ended <= last):
        yield "an end within a day, before the start or outside the year"
    if (row["DEC"] == "") != (row["REC"] == ""):
        yield "REC and DEC do not go together"
    if (ended or last) > birthday(born, 18):
        yield f"{row['PLACE']} goes on past the eighteenth birthday"
    length_days = ((ended or last) - started).days
    if length_days > LONGEST_ORDER_DAYS.get(row["LS"], length_days):
        yield f"{row['LS']} of {length_days} days"
    if length_days > LONGEST_TEMPORARY_DAYS.get(row["PLACE"], length_days):
        yield f"{row['PLACE']} of {length_days} days"
    if row["LS"] == "V3" and length_days > 17:
        yield f"a short break of {length_days} days"
    rec = row["REC"]
    if rec in {"E43", "E44"} and (ended or last) > date(2018, 3, 31):
        yield f"{rec} after March 2018"
    if rec in {"E45", "E46", "E47", "E48"} and (ended or last) < date(2018, 4, 1):
        yield f"{rec} before April 2018"
    if rec == "E17" and ended != birthday(born, 18):
        yield "E17 on another day than the eighteenth birthday"
    if rec in {"E5", "E6"} and (ended or last) < birthday(born, 16):
        yield f"{rec} before 16"
    if row["REASON_PLACE_CHANGE"] == "CUSTOD" and (ended or last) < birthday(born, CUSTODY_FROM_YEARS):
        yield "custody under ten"


def place_faults(row: dict[str, str], born: date, year: int) -> Iterator[str]:
    """Give what is wrong with an episode's place, provider, number and legal status together."""
    place, provider, status = row["PLACE"], row["PLACE_PROVIDER"], row["LS"]
    started = day(row["DECOM"]) or date.max
    until = day(row["DEC"]) or date(year, 3, 31)
    if place in {"K3", "H5"} and started < birthday(born, 16):
        yield f"{place} before 16"
    if place == "P2" and (started < birthday(born, 15) or started >= P2_ENDS):
        yield "P2 before 15 or from 28 October 2023"
    if place in PROVIDERS_BARRED.get(provider, frozenset()):
        yield f"{place} with provider '{provider}'"
    if status == "V2" and place == "P1":
        yield "V2 with the parents"
    if (place in {"A5", "A6"}) != (status == "E1" and place in ADOPTION):
        yield f"{place} under {status}"
    if row["URN"] and not re.fullmatch(r"SC\d{6}|\d{7}|X{7}", row["URN"]):
        yield "a URN that is none"
    if row["URN"] and (place in NO_URN or (place == "H5" and until < H5_NEEDS_URN_FROM)):
        yield f"{place} with a URN"
    if row["URN"] == "X" * 7 and place not in ADOPTION | FOSTERING:
        yield f"{place} with the number of a regional agency"
    nation = nation_of(row["PL_POST"])
    needed = place in NEEDS_URN or (place == "H5" and until >= H5_NEEDS_URN_FROM)
    if not row["URN"] and needed and nation == "England":
        yield f"{place} without a URN"
    if row["URN"] and nation not in {"England", ""} and year >= 2026:
        yield "a URN outside England"


def nation_of(postcode: str) -> str:
    """Return the nation of a postcode, or an empty text where there is none."""
    found = look_up(postcode).place if postcode else None
    return found.nation if found else ""


def postcode_faults(years: Mapping[int, Tables]) -> Iterator[str]:
    """Give postcodes that no directory knows."""
    for name in ("HOME_POST", "PL_POST"):
        given = {row[name] for tables in years.values() for row in tables["episodes"]} - {""}
        for postcode in sorted(given):
            if look_up(postcode).place is None:
                yield f"{name} {postcode} does not exist"


def sequence_faults(rows: Rows) -> Iterator[str]:
    """Give breaks between one episode of a child and the next in the same return."""
    for row, following in pairwise(rows):
        ended, started = day(row["DEC"]), day(following["DECOM"])
        if row["DECOM"] == following["DECOM"]:
            yield "two episodes start on one day"
        elif ended is None:
            yield "an open episode with another after it"
        elif row["REC"] == "X1":
            if ended != started:
                yield "X1, and the next episode does not start that day"
            yield from change_faults(row, following)
        elif following["RNE"] != "S" or (started or date.min) < ended:
            yield f"care starts anew with RNE {following['RNE']} or before it had ended"
    for row in rows:
        if row["PLACE"] in TEMPORARY and (row["RNE"] == "S" or row["REC"] not in {"X1", ""}):
            yield "care starts or ends in a temporary place"
    if rows[-1]["REC"] == "X1":
        yield "the last episode says that another follows"
    for before, away, after in zip(rows, rows[1:], rows[2:], strict=False):
        if away["PLACE"] not in TEMPORARY or before["REC"] != "X1" or away["REC"] != "X1":
            continue
        if away["RNE"] != "P" or after["RNE"] != "P":
            yield "a temporary place not begun and ended with RNE P"
        if any(before[name] != after[name] for name in PLACED):
            yield "not back from a temporary place in the place that was left"


def change_faults(row: dict[str, str], following: dict[str, str]) -> Iterator[str]:
    """Give how RNE, legal status, place and reason for change contradict each other."""
    reason = following["RNE"]
    status_changed = row["LS"] != following["LS"]
    place_changed = any(row[name] != following[name] for name in PLACED)
    # A number that was asked for only later (H5, from October 2023) is no change.
    number_changed = bool(row["URN"] and following["URN"] and row["URN"] != following["URN"])
    place_changed |= number_changed
    if reason == "S":
        yield "RNE S in the middle of care"
    if (reason in {"L", "B", "U"}) != status_changed:
        yield f"RNE {reason} and the legal status {'changed' if status_changed else 'stayed'}"
    if reason == "L" and place_changed:
        yield "RNE L and the placement changed"
    recorded = row["PL_POST"] or following["PL_POST"]
    if reason in NEW_CARER and recorded and not place_changed:
        yield f"RNE {reason} and nothing of the placement changed"
    if reason in SAME_CARER and (
        row["PL_POST"] != following["PL_POST"] or row["PLACE_PROVIDER"] != following["PLACE_PROVIDER"]
    ):
        yield f"RNE {reason}, the same carer, elsewhere or of another provider"
    moved = reason in NEW_CARER | SAME_CARER
    temporary = row["PLACE"] in TEMPORARY or following["PLACE"] in TEMPORARY
    given = row["REASON_PLACE_CHANGE"] != ""
    if given and (not moved or row["PLACE"] in TEMPORARY):
        yield f"a reason for a change with RNE {reason} after {row['PLACE']}"
    if not given and moved and not temporary:
        yield f"no reason for a change with RNE {reason}"
    if (row["REASON_PLACE_CHANGE"] == "PLACE") != (given and reason in SAME_CARER):
        yield f"reason {row['REASON_PLACE_CHANGE']} with RNE {reason}"


def roll_forward_faults(before: Mapping[str, dict[str, str]], by_child: Mapping[str, Rows]) -> Iterator[str]:
    """Give open episodes that do not stand first in the next return as they were."""
    for child, row in before.items():
        rows = by_child.get(child)
        if rows is None:
            yield "an open episode vanished"
            continue
        again = rows[0]
        for name in ("DECOM", "RNE", "LS", "CIN", "PLACE_PROVIDER", "HOME_POST", "PL_POST"):
            if again[name] != row[name]:
                yield f"{name} of an open episode changed between returns"
        if again["PLACE"] not in successors(row["PLACE"]):
            yield f"an open {row['PLACE']} stands as {again['PLACE']} in the next return"
        if row["URN"] and again["URN"] and row["URN"] != again["URN"]:
            yield "URN of an open episode changed between returns"
    # Nothing is known of who was open before the first return.
    for child, rows in by_child.items() if before else ():
        if child not in before and rows[0]["RNE"] != "S":
            yield f"a child not open before starts with RNE {rows[0]['RNE']}"


def lifelong_faults(years: Mapping[int, Tables]) -> Iterator[str]:
    """Give what shows only over all returns: carers' holidays, short breaks in twelve months, reviews."""
    episodes: dict[tuple[str, str], dict[str, str]] = {}
    for tables in years.values():
        episodes.update({(row["CHILD"], row["DECOM"]): row for row in tables["episodes"]})
    by_child = children_of(list(episodes.values()))
    year_days = timedelta(days=365)
    for rows in by_child.values():
        holidays = [day(row["DECOM"]) or date.min for row in rows if row["PLACE"] == "T3"]
        for first, _, third in zip(holidays, holidays[1:], holidays[2:], strict=False):
            if third - first < year_days:
                yield "a third carer's holiday within twelve months"
        breaks = [
            (day(row["DECOM"]) or date.min, (day(row["DEC"]) or date.min) - (day(row["DECOM"]) or date.min))
            for row in rows
            if row["LS"] == "V3"
        ]
        for start, _ in breaks:
            inside = (length for begun, length in breaks if start <= begun < start + year_days)
            if sum(inside, timedelta()) > timedelta(days=75):
                yield "more than 75 days of short breaks in twelve months"
    yield from review_faults(years, by_child)
