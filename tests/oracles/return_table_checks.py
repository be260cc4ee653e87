"""A data manager's checks of the tables beside the episodes: reviews, outcomes, leavers, adoption, going missing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from reference_data.working_days import working_days_after

Rows = list[dict[str, str]]

KEYS = {
    "episodes": ("CHILD", "DECOM"),
    "reviews": ("CHILD", "REVIEW"),
    "uasc": ("CHILD",),
    "oc2": ("CHILD",),
    "oc3": ("CHILD",),
    "ad1": ("CHILD",),
    "placed_for_adoption": ("CHILD", "DATE_PLACED"),
    "previous_permanence": ("CHILD",),
    "missing": ("CHILD", "MIS_START"),
    "sw_episodes": ("CHILD", "SW_DECOM"),
}
MONTHS_TO_SECOND_REVIEW, MONTHS_BETWEEN_REVIEWS = 3, 6
SCORED_FROM, SCORED_TO = 4, 17
UNKNOWN_DATE = re.compile(r"(?:\d\d|zz)/(?:\d\d|zz)/(?:\d{4}|zzzz)")


def day(text: str) -> date | None:
    """Return a date written dd/mm/yyyy, as the return asks; anything else is none."""
    match = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    return date(int(match[3]), int(match[2]), int(match[1])) if match else None


def birthday(born: date, years: int) -> date:
    """Return a birthday; one on 29 February is had on 1 March of other years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def months_after(start: date, months: int) -> date:
    """Return the same day of a later month, or the last one before it."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for last in (start.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(start.day, last))
        except ValueError:
            continue
    raise AssertionError


def table_faults(year: int, tables: Mapping[str, Rows]) -> Iterator[str]:
    """Give what is wrong in the tables beside the episodes of one return."""
    born = {row["CHILD"]: row["DOB"] for row in tables["header"]}
    for name, key in KEYS.items():
        rows = tables.get(name, [])
        if len({tuple(row[part] for part in key) for row in rows}) != len(rows):
            yield f"{name} has a key twice"
        for row in rows:
            # A care leaver's row outlives the episodes, and so the header.
            if row["CHILD"] not in born:
                if name != "oc3":
                    yield f"{name} tells of a child without a header row"
            elif row.get("DOB", born[row["CHILD"]]) != born[row["CHILD"]]:
                yield f"{name} and header have other birth dates"
    yield from alone_faults(tables)
    yield from outcome_faults(year, tables)
    yield from leaver_faults(year, tables)
    yield from adoption_faults(year, tables)
    yield from missing_faults(year, tables)
    yield from worker_faults(year, tables)


def alone_faults(tables: Mapping[str, Rows]) -> Iterator[str]:
    """Give unaccompanied children whose dates or home postcode cannot be."""
    alone = {row["CHILD"] for row in tables["uasc"]}
    for row in tables["uasc"]:
        born, until = day(row["DOB"]), day(row["DUC"])
        if born is None or until is None or not born < until <= birthday(born, 18):
            yield "uasc ends after the eighteenth birthday, or nobody knows when"
    for row in tables["episodes"]:
        if row["CHILD"] in alone and row["HOME_POST"]:
            yield "an unaccompanied child with a home postcode"
        if row["CHILD"] not in alone and row["REC"] == "E15":
            yield "an age assessment of somebody who is not unaccompanied"


def outcome_faults(year: int, tables: Mapping[str, Rows]) -> Iterator[str]:
    """Give health and behaviour told of the wrong children, or of one age what belongs to another."""
    last = date(year, 3, 31)
    since: dict[str, date] = {}
    for row in sorted(tables["episodes"], key=lambda row: day(row["DECOM"]) or date.min):
        started = day(row["DECOM"]) or date.max
        since[row["CHILD"]] = started if row["RNE"] == "S" else since.get(row["CHILD"], started)
    still = {row["CHILD"] for row in tables["episodes"] if not row["DEC"]}
    short = {row["CHILD"] for row in tables["episodes"] if row["LS"] in {"V3", "V4"}}
    told = {row["CHILD"] for row in tables["oc2"]}
    if told - still or told & short:
        yield "oc2 tells of a child not in care on 31 March, or in short breaks"
    for child in still - short - told:
        if (last - since[child]).days > 366:
            yield "oc2 leaves out a child in care for a year"
    for row in tables["oc2"]:
        born = day(row["DOB"]) or date.max
        # Turning four, or seventeen, about the day itself is left to the council.
        age = (last - born).days / 365.25
        scored = SCORED_FROM <= age < SCORED_TO
        near = min(abs(age - SCORED_FROM), abs(age - SCORED_TO)) < 0.01
        if row["SDQ_SCORE"] and not ((scored or near) and 0 <= int(row["SDQ_SCORE"]) <= 40):
            yield "a score outside 0-40 or outside the ages that are scored"
        if scored and (row["SDQ_SCORE"] == "") == (row["SDQ_REASON"] == ""):
            yield "neither a score nor a reason, or both"
        if row["CONVICTED"] == "1" and born > date(year - 10, 3, 31):
            yield "a conviction under ten"
        if row["HEALTH_CHECK"] and born < date(year - 5, 3, 30):
            yield "a development check at five or over"
        offered, received = row["INTERVENTION_OFFERED"], row["INTERVENTION_RECEIVED"]
        if row["SUBSTANCE_MISUSE"] == "0" and "1" in {offered, received}:
            yield "help with a misuse that was not found"


def leaver_faults(year: int, tables: Mapping[str, Rows]) -> Iterator[str]:
    """Give care leavers told of in a year without a birthday from the 17th to the 21st, or against themselves."""
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    still = {row["CHILD"] for row in tables["episodes"] if not row["DEC"]}
    for row in tables["oc3"]:
        born = day(row["DOB"]) or date.max
        if not any(first <= birthday(born, age) <= last for age in range(17, 22)):
            yield "oc3 tells of somebody without such a birthday in the year"
        if row["IN_TOUCH"] == "DIED" and (row["ACTIV"] or row["ACCOM"]):
            yield "oc3 tells what somebody does who has died"
        if row["CHILD"] in still and birthday(born, 18) > last:
            yield "oc3 tells of somebody who is still looked after"


def adoption_faults(year: int, tables: Mapping[str, Rows]) -> Iterator[str]:
    """Give adoptions without a row, rows without one, and decisions without a placement order."""
    adopted = {row["CHILD"] for row in tables["episodes"] if row["REC"] in {"E11", "E12"}}
    if adopted != {row["CHILD"] for row in tables["ad1"]}:
        yield "ad1 is not about those adopted"
    for row in tables["ad1"]:
        told, matched = day(row["DATE_INT"]), day(row["DATE_MATCH"])
        if told is None or matched is None or matched > date(year, 3, 31):
            yield "ad1 has no dates, or dates that are to come"
    ordered = {row["CHILD"] for row in tables["episodes"] if row["LS"] == "E1"}
    for row in tables["placed_for_adoption"]:
        if row["CHILD"] not in ordered:
            yield "a decision for adoption without a placement order"
        if (row["DATE_PLACED_CEASED"] == "") != (row["REASON_PLACED_CEASED"] == ""):
            yield "a decision given up without a reason, or a reason without a day"
    started = {row["CHILD"] for row in tables["episodes"] if row["RNE"] == "S"}
    started &= {row["CHILD"] for row in tables["episodes"] if row["LS"] not in {"V3", "V4"}}
    new = {
        row["CHILD"]
        for row in tables["episodes"]
        if row["RNE"] == "S" and (day(row["DECOM"]) or date.min) >= date(year - 1, 4, 1)
    } & started
    if {row["CHILD"] for row in tables["previous_permanence"]} != new:
        yield "previous permanence is not about those who started"
    for row in tables["previous_permanence"]:
        if (row["DATE_PERM"] == "") != (row["PREV_PERM"] == "Z1"):
            yield "an earlier order without a date, or a date without one"
        if row["DATE_PERM"] and not UNKNOWN_DATE.fullmatch(row["DATE_PERM"]):
            yield "a date of an earlier order that is none"


def missing_faults(year: int, tables: Mapping[str, Rows]) -> Iterator[str]:
    """Give times away that do not end after they begin, overlap, or lie outside care or the year."""
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    spans: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for row in tables["episodes"]:
        spans[row["CHILD"]].append((day(row["DECOM"]) or date.max, day(row["DEC"]) or last))
    away: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for row in tables["missing"]:
        went, back = day(row["MIS_START"]), day(row["MIS_END"])
        if went is None or went > last or (back is not None and not (went < back and first <= back <= last)):
            yield "a time away that does not end after it began, or not in the year"
            continue
        if not any(start <= went <= end for start, end in spans[row["CHILD"]]):
            yield "away while not looked after"
        away[row["CHILD"]].append((went, back or date.max))
    for times in away.values():
        if any(back > went for (_, back), (went, _) in pairwise(sorted(times))):
            yield "away twice at the same time"


def worker_faults(year: int, tables: Mapping[str, Rows]) -> Iterator[str]:
    """Give social workers that follow each other with a gap or an overlap, or change for no reason."""
    by_child: dict[str, Rows] = defaultdict(list)
    for row in tables.get("sw_episodes", ()):
        by_child[row["CHILD"]].append(row)
        if (row["SW_DEC"] == "") != (row["SW_REASON"] == ""):
            yield "a social worker's end without a reason, or a reason without an end"
    starts = {(row["CHILD"], row["DECOM"]) for row in tables["episodes"] if row["RNE"] == "S"}
    for rows in by_child.values():
        rows.sort(key=lambda row: day(row["SW_DECOM"]) or date.max)
        for row, following in pairwise(rows):
            anew = (following["CHILD"], following["SW_DECOM"]) in starts
            if row["SW_DEC"] != following["SW_DECOM"] and not anew:
                yield "a time without a social worker, or with two"
    looked_after = {row["CHILD"] for row in tables["episodes"] if row["LS"] not in {"V3", "V4"}}
    if year >= 2024 and looked_after - by_child.keys():
        yield "a child without a social worker"


def review_faults(years: Mapping[int, Mapping[str, Rows]], by_child: Mapping[str, Rows]) -> Iterator[str]:
    """Give reviews not held in time: twenty working days, three months, then every six, and who took part.

    Parameters
    ----------
    by_child
        Each child's episodes over all returns, in order.
    """
    first_day = date(min(years) - 1, 4, 1)
    last_day = date(max(years), 3, 31)
    held: dict[str, set[date]] = defaultdict(set)
    for tables in years.values():
        for row in tables["reviews"]:
            on, born = day(row["REVIEW"]), day(row["DOB"])
            if on is None or born is None:
                yield "a review without a date"
                continue
            held[row["CHILD"]].add(on)
            # A few days about the fourth birthday are left to whoever fills it in.
            to_four = (birthday(born, 4) - on).days
            if abs(to_four) > 3 and (row["REVIEW_CODE"] == "PN0") != (to_four > 0):
                yield f"{row['REVIEW_CODE']} of a child {'under' if to_four > 0 else 'over'} four"
    found: Counter[str] = Counter()
    for child, rows in by_child.items():
        if any(row["LS"] in {"V3", "V4"} for row in rows):
            continue
        start: date | None = None
        for row in rows:
            if row["RNE"] == "S":
                start = day(row["DECOM"])
            if start is None or row["REC"] == "X1":
                continue
            end = day(row["DEC"]) or last_day
            if start >= first_day:
                found.update(_late(start, end, sorted(on for on in held[child] if start <= on <= end)))
            start = None
    for text, count in found.items():
        yield from [text] * count


def _late(start: date, end: date, held: list[date]) -> Iterator[str]:
    due = working_days_after(start, 20)
    for number, on in enumerate([*held, end + timedelta(days=1)]):
        if min(on, end) > due:
            yield f"review {min(number + 1, 3)} is late"
        due = months_after(on, MONTHS_TO_SECOND_REVIEW if number == 0 else MONTHS_BETWEEN_REVIEWS)
