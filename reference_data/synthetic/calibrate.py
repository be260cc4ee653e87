"""Find the factors with which an authority's invented children match its published figures.

Run it as ``python -m reference_data.synthetic.calibrate``. Each round simulates some histories, compares their mean
with what is published, and multiplies each factor by the ratio of the two, damped. Factors go on from those in
``rates/authorities.json``, which the caller writes back: only this program opens that file for writing.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

from reference_data.published_flows import children_by
from reference_data.synthetic.careers import simulate_history
from reference_data.synthetic.cuts import REASONS_FOR_CEASING, START_STATUSES, Counted
from reference_data.synthetic.rates import Rates, calibrated_factors, shapes
from reference_data.synthetic.targets import (
    AUTHORITIES,
    BANDS,
    KINSHIP_SHARE_OF_FOSTERING,
    PUBLISHED_YEARS,
    counts,
    headline,
    stock,
    summed,
    unaccompanied_stock,
)

UNTIL = date(2025, 4, 1)
YEARS = tuple(range(2017, 2026))
LEAST, MOST = 0.01, 60.0
_FILE = Path(__file__).parent / "rates" / "authorities.json"

Table = dict[str, float]


class Means:
    """Mean counts of several histories, by year and cut.

    Parameters
    ----------
    counted
        The histories.
    """

    def __init__(self, counted: list[Counted]) -> None:
        self._stock = {year: _mean([c.on_31_march(year) for c in counted]) for year in YEARS}
        self._flow = {year: _mean([c.in_year(year) for c in counted]) for year in YEARS}

    def stock(self, cut: str, year: int) -> Table:
        """Return the mean stock by a cut."""
        return self._stock[year].get(cut, {})

    def flow(self, cut: str, years: Iterable[int]) -> Table:
        """Return the mean flow by a cut, summed over years."""
        total: Table = {}
        for year in years:
            for key, value in self._flow[year].get(cut, {}).items():
                total[key] = total.get(key, 0.0) + value
        return total


def _mean(found: list[Mapping[str, Mapping[str, int]]]) -> dict[str, Table]:
    means: dict[str, Table] = {}
    for cuts in found:
        for cut, values in cuts.items():
            table = means.setdefault(cut, {})
            for key, value in values.items():
                table[key] = table.get(key, 0.0) + value / len(found)
    return means


class _Turn:
    """One round's changes of one authority's factors.

    Parameters
    ----------
    factors
        Changed in place.
    power
        How far a factor follows its ratio: 1 all the way.
    """

    def __init__(self, factors: dict[str, dict[str, float]], power: float) -> None:
        self._factors = factors
        self._power = power

    def by(self, lever: str, key: str, wanted: float, got: float, strength: float = 1.0) -> None:
        """Multiply a factor by wanted over got; small counts are held back by half a child on both sides."""
        ratio = ((max(wanted, 0.0) + 0.5) / (max(got, 0.0) + 0.5)) ** (self._power * strength)
        ratio = min(max(ratio, 0.6), 1.6)
        values = self._factors.setdefault(lever, {})
        values[key] = round(min(max(values.get(key, 1.0) * ratio, LEAST), MOST), 5)


def calibrated(
    authority: str, factors: dict[str, dict[str, float]], *, rounds: int, histories: int, first_seed: int
) -> dict[str, dict[str, float]]:
    """Return factors after some rounds.

    Parameters
    ----------
    factors
        Where to go on from.
    rounds, histories
        Rounds, and histories simulated in each.
    first_seed
        Seeds are counted up from it, so that no round sees the same children twice.
    """
    seed = first_seed
    for turn in range(rounds):
        rates = Rates(factors)
        counted = []
        for _ in range(histories):
            counted.append(Counted(simulate_history(authority, seed=seed, until=UNTIL, rates=rates)))
            seed += 1
        power = 0.9 if turn < rounds // 2 else 0.5 if turn < rounds - 3 else 0.3
        _adjust(authority, _Turn(factors, power), Means(counted))
    return factors


def _adjust(authority: str, turn: _Turn, means: Means) -> None:
    _numbers(authority, turn, means)
    _ages(authority, turn, means)
    _destinations(authority, turn, means)
    _legal(authority, turn, means)
    _starts(authority, turn, means)
    _durations(authority, turn, means)
    for year in (2021, 2025):
        _placements(authority, turn, means, year)
    # Moves differ much from year to year, so each end is held to more than one.
    _moves(authority, turn, means, 2021, (2021, 2022, 2023))
    _moves(authority, turn, means, 2025, (2024, 2025))
    _frailty(authority, turn, means)
    _turnover(authority, turn, means)


def _numbers(authority: str, turn: _Turn, means: Means) -> None:
    wanted = headline(authority, "stock")
    starts = headline(authority, "starts")
    got = {year: means.stock("total", year).get("total", 0.0) for year in YEARS}
    turn.by("run_in", "all", wanted[2017], got[2017])
    for year in YEARS[1:]:
        ceases = means.flow("ceases", [year]).get("total", 1.0)
        # Half of any error of the year before is put right in this one.
        from_before = got[year - 1] + 0.5 * (wanted[year - 1] - got[year - 1])
        turn.by("exit_in_year", str(year), max(from_before + starts[year] - wanted[year], 5.0), ceases, 0.8)


def _ages(authority: str, turn: _Turn, means: Means) -> None:
    early, late = stock(authority, "age_band", 2021), stock(authority, "age_band", 2025)
    got_early, got_late = means.stock("age_band", 2021), means.stock("age_band", 2025)
    ceased = summed("ceases", authority, (2022, 2023, 2024, 2025))
    got_ceased = means.flow("ceases_by_age", (2022, 2023, 2024, 2025))
    for table in (ceased, got_ceased):
        table["16-17"] = table.pop("16", 0.0) + table.pop("17", 0.0)
    scale_early = sum(got_early.values()) / sum(early.values())
    scale_late = sum(got_late.values()) / sum(late.values())
    for band in BANDS:
        turn.by("exit_before_2021", band, got_early.get(band, 0.0), early[band] * scale_early, 0.7)
        turn.by("start_early", band, early[band] * scale_early, got_early.get(band, 0.0), 0.5)
        turn.by("exit_from_2021", band, ceased[band], got_ceased.get(band, 0.0), 0.4)
        turn.by("exit_from_2021", band, got_late.get(band, 0.0), late[band] * scale_late, 0.7)


def _destinations(authority: str, turn: _Turn, means: Means) -> None:
    wanted = summed("ceases_by_reason", authority, PUBLISHED_YEARS)
    got = means.flow("ceases_by_reason", PUBLISHED_YEARS)
    home = ("home_planned", "home_unplanned")
    turn.by("exit_to", "home", sum(wanted[k] for k in home), sum(got.get(k, 0.0) for k in home), 0.6)
    turn.by("exit_to", "unplanned", wanted["home_unplanned"], got.get("home_unplanned", 0.0))
    for to in (
        "special_guardianship_order",
        "child_arrangements_order",
        "relatives",
        "other_authority",
        "custody",
    ):
        turn.by("exit_to", to, wanted[to], got.get(to, 0.0), 0.8)
    turn.by("legal", "placement_order", wanted["adopted"], got.get("adopted", 0.0))
    for code in ("E17", "E5", "E6", "E7", "E8"):
        key = REASONS_FOR_CEASING[code]
        turn.by("at_18", code, wanted[key], got.get(key, 0.0))
    alone = unaccompanied_stock(authority, 2025)
    got_alone = means.stock("uasc", 2025).get("yes", 0.0)
    turn.by("exit_to", "unaccompanied", got_alone, alone, 0.5)
    turn.by("start", "unaccompanied_young", alone, got_alone, 1.5)


def _legal(authority: str, turn: _Turn, means: Means) -> None:
    wanted, got = stock(authority, "legal_status", 2025), means.stock("legal_status", 2025)
    adoption = stock(authority, "placement", 2025)["adoption"]
    got_adoption = means.stock("placement", 2025).get("adoption", 0.0)
    turn.by("legal", "interim_days", wanted["C1"], got.get("C1", 0.0))
    turn.by("legal", "to_care_order", got.get("V2", 0.0), wanted["V2"])
    turn.by("legal", "to_adopters", got.get("E1", 0.0) - got_adoption, wanted["E1"] - adoption)
    turn.by("legal", "adopted", got_adoption, adoption)


def _starts(authority: str, turn: _Turn, means: Means) -> None:
    statuses = summed("starts_by_legal_status", authority, PUBLISHED_YEARS)
    got = means.flow("starts_by_legal_status", PUBLISHED_YEARS)
    for code, key in START_STATUSES.items():
        turn.by("start_status", code, statuses.get(key, 0.0), got.get(key, 0.0))
    needs = summed("starts_by_need", authority, PUBLISHED_YEARS)
    got = means.flow("starts_by_need", PUBLISHED_YEARS)
    held, got_held = counts("stock_by_need", authority, 2025), means.stock("stock_by_need", 2025)
    for need in needs:
        turn.by("start_need", need, needs[need], got.get(need, 0.0))
        turn.by("need_home", need, got_held.get(need, 0.0), held[need], 0.8)
    sexes = summed("starts_by_sex", authority, PUBLISHED_YEARS)
    turn.by("start", "male", sexes["M"], means.flow("starts_by_sex", PUBLISHED_YEARS).get("M", 0.0))
    # Nobody publishes the sex of those who started before 2021: who was left of them in 2021 and 2025 tells it.
    for year in (2021, 2025):
        wanted, got = stock(authority, "sex", year), means.stock("sex", year)
        scale = sum(got.values()) / sum(wanted.values())
        turn.by("start", "male_early", wanted["M"] * scale, got.get("M", 0.0), 0.5)


def _placements(authority: str, turn: _Turn, means: Means, year: int) -> None:
    wanted, got = stock(authority, "placement", year), means.stock("kind", year)
    kinds = {"H": "homes", "G": "supported", "P": "parents", "B": "residential_schools", "Z": "other"}
    for kind, group in kinds.items():
        turn.by(
            f"kind_{year}",
            kind,
            wanted[group],
            got.get(kind, 0.0) + (got.get("S", 0.0) if kind == "H" else 0),
        )
    turn.by(f"kind_{year}", "R", wanted["other_residential"], got.get("R", 0.0) + got.get("Y", 0.0))
    fostered = got.get("F", 0.0) + got.get("K", 0.0)
    turn.by(f"kind_{year}", "K", KINSHIP_SHARE_OF_FOSTERING * fostered, got.get("K", 0.0))
    provided, got = stock(authority, "provider", year), means.stock("provider", year)
    for code in ("PR1", "PR2", "PR3", "PR4", "PR5"):
        turn.by(f"provider_{year}", code, provided.get(code, 0.0), got.get(code, 0.0))
    where, got = stock(authority, "distance_and_locality", year), means.stock("distance_and_locality", year)
    for place in ("in_up_to_20", "out_up_to_20", "in_over_20", "out_over_20"):
        turn.by(f"locality_{year}", place, where[place], got.get(place, 0.0))
    unknown = where["in_unknown"] + where["out_unknown"]
    got_unknown = got.get("in_unknown", 0.0) + got.get("out_unknown", 0.0)
    alone = means.stock("uasc", year).get("yes", 0.0)
    for place in ("in_unknown", "out_unknown"):
        turn.by(f"locality_{year}", place, max(unknown - alone, 0.2), max(got_unknown - alone, 0.2), 0.7)
    if year == 2025:
        scale = got_unknown / max(unknown, 1.0)
        turn.by("start", "unaccompanied_inside", where["in_unknown"] * scale, got.get("in_unknown", 0.0))


def _durations(authority: str, turn: _Turn, means: Means) -> None:
    """Fit how long children stay, beyond how many: who came this year, and who has stayed for years."""
    years = (2023, 2024, 2025)
    lasting = sum(children_by("three_or_more_in_two_years", authority, y)["total"] or 0 for y in years)
    held = sum(headline(authority, "stock")[year] for year in years)
    got_held = sum(means.stock("total", year)["total"] for year in years)
    got_lasting = sum(means.stock("three_or_more_in_two_years", year)["total"] for year in years)
    scale = got_held / held
    turn.by("exit_after", "early", got_held - got_lasting, (held - lasting) * scale, 1.2)
    long = sum(children_by("same_carer_two_years", authority, y)["total"] or 0 for y in years)
    got_long = sum(means.stock("same_carer_two_years", year)["total"] for year in years)
    turn.by("exit_after", "later", got_long, long * scale, 1.2)


def _moves(authority: str, turn: _Turn, means: Means, anchor: int, years: tuple[int, ...]) -> None:
    lever = f"move_{anchor}"
    wanted = summed("placement_changes_by_reason", authority, years)
    got = means.flow("placement_changes_by_reason", years)
    moves = sum(value for key, value in wanted.items() if key != "PLACE")
    got_moves = sum(value for key, value in got.items() if key not in ("PLACE", "total"))
    turn.by(lever, "early", moves, got_moves)
    turn.by(lever, "status", wanted["PLACE"], got.get("PLACE", 0.0))
    for year in years:
        three = _share(children_by("three_or_more_in_year", authority, year))
        got_three = _share(means.stock("three_or_more_in_year", year))
        turn.by(lever, "first", 100 * three, 100 * got_three, 0.7 / len(years))
        same = children_by("same_carer_two_years", authority, year)
        got_same = means.stock("same_carer_two_years", year)
        moved = (same["total"] or 0) - (same["counted"] or 0)
        scale = got_same.get("total", 0.0) / (same["total"] or 1)
        got_moved = got_same.get("total", 0.0) - got_same.get("counted", 0.0)
        turn.by(lever, "late", moved * scale, got_moved, 1 / len(years))


def _frailty(authority: str, turn: _Turn, means: Means) -> None:
    """Moves of the same children year after year show in two years more than in one."""
    for year in (2023, 2024, 2025):
        three = _share(children_by("three_or_more_in_year", authority, year))
        got_three = _share(means.stock("three_or_more_in_year", year))
        in_two = _share(children_by("three_or_more_in_two_years", authority, year))
        got_in_two = _share(means.stock("three_or_more_in_two_years", year))
        turn.by("start", "frailty_spread", 100 * got_in_two / got_three, 100 * in_two / three, 0.14)
    reasons = summed("placement_changes_by_reason", authority, PUBLISHED_YEARS)
    got = means.flow("placement_changes_by_reason", PUBLISHED_YEARS)
    for code in shapes()["reason_by_band"]:
        turn.by("reason", code, reasons[code], got.get(code, 0.0))


def _turnover(authority: str, turn: _Turn, means: Means) -> None:
    """Fit how fast placements of a locality end: more are made in a year than the stock alone would tell."""
    wanted = summed("new_placements_by_location", authority, PUBLISHED_YEARS)
    got = means.flow("new_placements_by_location", PUBLISHED_YEARS)
    turn.by("start", "unaccompanied_moves", wanted["unknown"], got.get("unknown", 0.0))
    places = ("in_up_to_20", "out_up_to_20", "in_over_20", "out_over_20")
    scale = sum(wanted[place] for place in places) / sum(got.get(place, 0.0) for place in places)
    for place in places:
        turn.by("move_from", place, wanted[place], got.get(place, 0.0) * scale, 0.6)


def _share(table: Mapping[str, float | None]) -> float:
    return (table.get("counted") or 0.0) / (table.get("total") or 1.0)


def main() -> None:
    """Calibrate the authorities named, or all, and write the factors back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("authorities", nargs="*", default=list(AUTHORITIES))
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--histories", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    known = {code: {k: dict(v) for k, v in f.items()} for code, f in calibrated_factors().items()}
    with ProcessPoolExecutor(asked.processes) as pool:
        running = {
            code: pool.submit(
                calibrated,
                code,
                known.get(code, {}),
                rounds=asked.rounds,
                histories=asked.histories,
                first_seed=asked.first_seed,
            )
            for code in asked.authorities
        }
        for code, answer in running.items():
            known[code] = answer.result()
            _FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
