"""Beds short of each council of a partnership alone and with the others' beds left over, from their returns and homes.

Whose bed is whose: a home of our own or in a block contract belongs to the council that approved it, else to the one
in whose area it stands. Homes bought by the place are everybody's: each council counts its own residents there, and an
equal part of the vacancies that our children get. How sharing works is in ``partnership.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching.home import Home
from reference_data.authorities import authority_name
from reference_data.evidence import evidence
from reference_data.problems import InvalidInput
from sufficiency.capacity import SHARED_VACANCY_SHARE, Capacity, usable_capacity
from sufficiency.capacity_account import OWN_CONTRACTS
from sufficiency.forecast import forecast_need, monthly_dates
from sufficiency.partnership import partnership_rows
from sufficiency.returns import Returns
from sufficiency.stays import IntArray

EVERY_MONTHS = 6
FEWEST_OWN_HOMES = 3
"""A council with fewer homes of its own in the list is told so: its homes were probably left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnershipQuestion:
    """What is asked of a partnership.

    Parameters
    ----------
    start, months, runs, seed
        As for ``forecast_need``; every sixth month is answered, the first and the last among them.
    as_of
        The date on which the homes' facts hold.
    """

    start: date
    months: int
    as_of: date
    runs: int = 100
    seed: int = 0


def plan_partnership(
    returns: Returns, homes: Sequence[Home], question: PartnershipQuestion
) -> dict[str, Any]:
    """Return beds short of each council and of the whole, alone and together.

    Returns
    -------
    ``councils`` (code, name, beds that are its own to use), ``rows`` (``date``, ``placement``, ``council``, ``alone``,
    ``together``, mean beds short; ``all`` is the whole), ``answers`` (sentences), ``from``, ``months``, ``runs`` and
    ``evidence``. No council is worse off together than alone.

    Raises
    ------
    InvalidInput
        If the returns are of fewer than two councils, or of more than can be looked at together.
    NotEnoughData
        As ``forecast_need`` does.
    """
    councils = returns.authorities
    if len(councils) < 2:
        raise InvalidInput(
            "one_council",
            "Give the returns of at least two councils, each in a folder with its code or name.",
        )
    dates = monthly_dates(question.start, question.months)
    picked = sorted({*range(0, len(dates), EVERY_MONTHS), len(dates) - 1})
    counts: dict[str, IntArray] = {}
    warnings: list[str] = []
    for place, code in enumerate(councils):
        found = forecast_need(
            returns.of(code),
            start=question.start,
            months=question.months,
            runs=question.runs,
            # Each council has luck of its own, or all would have their bad years together.
            seed=question.seed + place,
            track_record=False,
        )
        counts[code] = found.counts[:, picked]
        warnings += [f"{authority_name(code)}: {text}" for text in found.warnings if "Assumed" not in text]
    capacities = {code: capacity_of(code, homes, question.as_of, len(councils)) for code in councils}
    rows = partnership_rows(counts, [dates[place] for place in picked], capacities)
    return {
        "from": question.start.isoformat(),
        "months": question.months,
        "runs": question.runs,
        "councils": [
            {
                "council": code,
                "name": authority_name(code),
                "usable": round(sum(account.usable for account in capacities[code].accounts), 2),
            }
            for code in councils
        ],
        "rows": list(rows),
        "answers": _answers(rows, dates[picked[-1]]),
        "evidence": evidence(
            inputs=(returns.episodes, returns.people, tuple(homes), question),
            policy_version=None,
            data_date=min(question.start, returns.last_day),
            seed=question.seed,
            warnings=[
                *warnings,
                *_few_homes_of_their_own(councils, homes),
                "Homes bought by the place are everybody's: each council is given an equal part of the vacancies there.",
            ],
        ),
    }


def capacity_of(code: str, homes: Sequence[Home], as_of: date, councils: int) -> Capacity:
    """Return the beds that are one council's own to use, so that over all councils no bed counts twice."""
    own = [
        home
        for home in homes
        if home.contract not in OWN_CONTRACTS or (home.approved_by_authority or home.authority) == code
    ]
    return usable_capacity(own, as_of=as_of, authority=code, shared_share=SHARED_VACANCY_SHARE / councils)


def _answers(rows: Sequence[dict[str, Any]], last: date) -> list[str]:
    at_the_end = [row for row in rows if row["date"] == last.isoformat()]
    found = []
    for group in dict.fromkeys(row["placement"] for row in at_the_end):
        whole = next(row for row in at_the_end if row["placement"] == group and row["council"] == "all")
        saved = whole["alone"] - whole["together"]
        if whole["alone"] < 0.05:
            found.append(f"{group.capitalize()}: no council is short in {last:%B %Y}, on average.")
            continue
        gains = {
            row["council"]: round(row["alone"] - row["together"], 1)
            for row in at_the_end
            if row["placement"] == group and row["council"] != "all"
        }
        found.append(
            f"{group.capitalize()}: alone the councils are short of {whole['alone']:.1f} beds in {last:%B %Y} on "
            f"average; with beds lent that would stand empty, of {_beds(whole['together'])}."
            + (_who_gains_most(gains) if saved >= 0.05 else "")
        )
    worse = [row for row in rows if row["together"] > row["alone"] + 1e-9]
    found.append(
        "No council is worse off than alone on any date." if not worse else "A council is worse off."
    )
    return found


def _who_gains_most(gains: Mapping[str, float]) -> str:
    """Return who gains most, and all of them where several gain the same to the figure told."""
    most = max(gains.values())
    names = [authority_name(code) for code, gain in gains.items() if gain == most]
    if len(names) == 1:
        return f" {names[0]} gains most, {most:.1f} beds."
    return f" {', '.join(names[:-1])} and {names[-1]} gain the same, {most:.1f} beds each" + (
        ", and no other more." if len(names) < len(gains) else "."
    )


def _few_homes_of_their_own(councils: Sequence[str], homes: Sequence[Home]) -> list[str]:
    """Return a warning of each council that has hardly any home of its own in the list."""
    own = Counter(
        home.approved_by_authority or home.authority for home in homes if home.contract in OWN_CONTRACTS
    )
    return [
        f"{authority_name(code)} has {own[code]} homes of its own or in a block contract in the list of homes: if it "
        "has more, it is told shorter of beds, and gaining more, than it is."
        for code in councils
        if own[code] < FEWEST_OWN_HOMES
    ]


def _beds(mean: float) -> str:
    return "hardly any" if mean < 0.05 else f"{mean:.1f}"
