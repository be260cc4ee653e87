"""The emergency watch done slowly: every child, every night, one at a time. Shares no code with the engine.

It knows nothing of runs, ordinals or bisection. It writes down each night with the stay that holds
it, asks of that night alone whether it was unsuitable, unlawful or unregistered, and walks through
the days. ``"?"`` stands for not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sufficiency.emergency import Stay

DAY = timedelta(days=1)
BARS_UNDER_16 = date(2021, 9, 9)
BARS_AT_16_17 = date(2023, 10, 28)

FAMILY_OR_SCHOOL = {
    "connected_foster_carer",
    "in_house_foster_carer",
    "agency_foster_carer",
    "residential_school",
    "residential_family_centre",
    "with_parents",
    "adoption",
}
CHILDRENS_HOMES = {"childrens_home", "secure_childrens_home"}
RUN_BY_NOBODY = {"council_office", "unassessed_friend", "police_cell", "hospital_fit_for_discharge"}
SUPPORTED = {"hostel", "supported_accommodation", "crisis_accommodation"}


@dataclass(frozen=True)
class SlowSpell:
    started_on: date
    ended_on: date | None
    nights: int
    unsuitable_nights_90_days: int
    outcomes: dict[str, str]
    over_on: date | None


def is_age(born: date, years: int, on: date) -> bool:
    """Count birthdays one by one."""
    lived = 0
    for year in range(born.year + 1, on.year + 1):
        try:
            anniversary = born.replace(year=year)
        except ValueError:
            anniversary = date(year, 3, 1)
        if anniversary <= on:
            lived += 1
    return lived >= years


def all_of(*answers: str) -> str:
    if "no" in answers:
        return "no"
    return "?" if "?" in answers else "yes"


def tri(value: bool | None) -> str:
    return "?" if value is None else "yes" if value else "no"


def opposite(value: str) -> str:
    return {"yes": "no", "no": "yes", "?": "?"}[value]


def in_care(stay: Stay) -> str:
    if stay.in_care or stay.legal_basis in ("s20", "care_order", "remand"):
        return "yes"
    if stay.in_care is False or stay.legal_basis in ("s17", "part_7", "relevant_child"):
        return "no"
    return "?"


def unlawful_at(stay: Stay, young: bool, night: date) -> str:
    if night < (BARS_UNDER_16 if young else BARS_AT_16_17):
        return "no"
    setting = stay.setting
    if setting is None:
        barred = "?"
    elif (
        setting in FAMILY_OR_SCHOOL
        or setting == "hospital_fit_for_discharge"
        or (setting == "police_cell" and stay.legal_basis == "pace")
    ):
        barred = "no"
    elif setting in CHILDRENS_HOMES or (setting in SUPPORTED and not young):
        barred = opposite(tri(stay.provider_registered))
    else:
        barred = "yes"
    return all_of(barred, in_care(stay))


def unregistered_at(stay: Stay, young: bool, night: date) -> str:
    setting = stay.setting
    if setting is None:
        return "?"
    if setting == "unregistered_home":
        return "yes"
    if setting in FAMILY_OR_SCHOOL | RUN_BY_NOBODY:
        return "no"
    lacking = opposite(tri(stay.provider_registered))
    if setting == "caravan" and lacking == "?":
        lacking = "yes"
    if setting in CHILDRENS_HOMES:
        return lacking
    if night < (BARS_UNDER_16 if young else BARS_AT_16_17):
        return "no"
    covered = "yes" if stay.legal_basis == "relevant_child" else in_care(stay)
    if setting == "unregistered_supported_accommodation":
        return covered
    return all_of(lacking, covered)


def unsuitable_at(stay: Stay, young: bool, night: date) -> str:
    setting = stay.setting
    if setting is None:
        return "?"
    if setting in FAMILY_OR_SCHOOL:
        return "no"
    if setting in CHILDRENS_HOMES:
        return opposite(tri(stay.provider_registered))
    if setting not in SUPPORTED or (setting == "hostel" and stay.provider_registered is False):
        return "yes"
    barred = unlawful_at(stay, young, night)
    if barred != "no":
        return barred
    if setting == "hostel":
        return opposite(tri(stay.provider_registered))
    return unregistered_at(stay, young, night)


def judged(question, stay: Stay, born: date | None, night: date, *, adults: bool) -> str:
    if born is None:
        both = {question(stay, True, night), question(stay, False, night)}
        return both.pop() if len(both) == 1 else "?"
    if is_age(born, 18, night) and not adults:
        return "no"
    return question(stay, not is_age(born, 16, night), night)


def nights_of(stay: Stay, as_of: date) -> list[date]:
    """Every night up to and including tonight."""
    found = []
    night = stay.started_on
    while night <= as_of and (stay.ended_on is None or night < stay.ended_on):
        found.append(night)
        night += DAY
    return found


def runs_with_gaps(nights: set[date], bridge: int) -> list[list[date]]:
    runs: list[list[date]] = []
    for night in sorted(nights):
        if runs and (night - runs[-1][-1]).days - 1 <= bridge:
            runs[-1].append(night)
        else:
            runs.append([night])
    return runs


def elapsed(run: list[date], as_of: date) -> int:
    """Nights from the first to the morning after the last; tonight is not over yet."""
    return (min(run[-1] + DAY, as_of) - run[0]).days


def most_nights(nights: set[date], as_of: date) -> int:
    return max((elapsed(run, as_of) for run in runs_with_gaps(nights, 3)), default=0)


def facts(stay: Stay) -> tuple:
    return (stay.setting, stay.home_id, stay.provider_registered, stay.in_care, stay.legal_basis)


def slow_watch(stays: list[Stay], as_of: date, born: date | None) -> list[SlowSpell]:
    """Return the spells of one child with the outcomes of the rules that look at nights."""
    by_kind: dict[bool, list[Stay]] = {True: [], False: []}
    for stay in stays:
        if not nights_of(stay, as_of):
            continue
        # A stay cut into touching pieces is one stay.
        alike = [other for other in stays if facts(other) == facts(stay)]
        held = {night for other in alike for night in nights_of(other, as_of)}
        whole = next(run for run in runs_with_gaps(held, 0) if stay.started_on in run)
        doubtful = any(
            judged(unsuitable_at, other, born, night, adults=True) != "no"
            for other in alike
            for night in nights_of(other, as_of)
            if night in whole
        )
        by_kind[doubtful].append(stay)

    unsuitable: dict[str, set[date]] = {"yes": set(), "?": set()}
    for stay in stays:
        for night in nights_of(stay, as_of):
            answer = judged(unsuitable_at, stay, born, night, adults=True)
            if answer != "no":
                unsuitable[answer].add(night)

    spells = []
    for kind, members in by_kind.items():
        held = {night for stay in members for night in nights_of(stay, as_of)}
        for run in runs_with_gaps(held, 3):
            here = [stay for stay in members if set(nights_of(stay, as_of)) & set(run)]
            spells.append(_spell(run, here, kind, unsuitable, as_of, born))
    return sorted(spells, key=lambda spell: spell.started_on)


def _spell(run, here, kind, unsuitable, as_of: date, born: date | None) -> SlowSpell:
    still_there = run[-1] == as_of
    until = as_of if still_there else run[-1] + DAY
    each = [(stay, night) for stay in here for night in nights_of(stay, as_of)]
    sure = {night for s, night in each if judged(unsuitable_at, s, born, night, adults=True) == "yes"}
    may_be = {night for s, night in each if judged(unsuitable_at, s, born, night, adults=True) != "no"}

    def worst(answers: set[str], bad: str) -> str:
        return bad if "yes" in answers else "NOT_ASSESSED" if "?" in answers else "CLEAR"

    def window(nights: set[date], on: date) -> int:
        return sum(on - 90 * DAY <= night < on for night in nights)

    def ever_over(nights: set[date], own: set[date]) -> bool:
        day = min(own)
        while day <= until:
            if window(nights, day) > 14:
                return True
            day += DAY
        return False

    outcomes = {
        "unsuitable_at_all": worst(
            {judged(unsuitable_at, s, born, night, adults=True) for s, night in each}, "WARNING"
        ),
        "looked_after_unlawful_setting": worst(
            {judged(unlawful_at, s, born, night, adults=False) for s, night in each}, "RAISED"
        ),
        "unregistered": worst(
            {judged(unregistered_at, s, born, night, adults=False) for s, night in each}, "RAISED"
        ),
        "over_14_nights": "RAISED"
        if most_nights(sure, as_of) > 14
        else "NOT_ASSESSED"
        if most_nights(may_be, as_of) > 14
        else "CLEAR",
        "approaching_14_nights": "WARNING"
        if most_nights(sure, as_of) >= 10
        else "NOT_ASSESSED"
        if most_nights(may_be, as_of) >= 10
        else "CLEAR",
        "cumulative_nights": "RAISED"
        if sure and ever_over(unsuitable["yes"], sure)
        else "NOT_ASSESSED"
        if may_be and ever_over(unsuitable["yes"] | unsuitable["?"], may_be)
        else "CLEAR",
    }
    if born is not None and is_age(born, 18, run[0]):
        outcomes = dict.fromkeys(outcomes, "CLEAR")
    if (
        outcomes["looked_after_unlawful_setting"] != "RAISED"
        and any(stay.setting == "police_cell" and stay.legal_basis == "pace" for stay in here)
        and not (born is not None and is_age(born, 18, run[0]))
    ):
        outcomes["looked_after_unlawful_setting"] = "WARNING"
    over_on = None
    if outcomes["over_14_nights"] == "RAISED":
        first = next(part for part in runs_with_gaps(sure, 3) if elapsed(part, as_of) > 14)
        over_on = first[0] + 15 * DAY
    return SlowSpell(
        started_on=run[0],
        ended_on=None if still_there else until,
        nights=(until - run[0]).days,
        unsuitable_nights_90_days=window(unsuitable["yes"] | unsuitable["?"], until),
        outcomes=outcomes,
        over_on=over_on,
    )
