"""The forecast beside cs-demand-model, the sector's published tool, on the same returns: accuracy and time.

Two sets of returns, invented both: the shipped sample (five returns of a cohort that runs off) and the five councils
of the invented partnership. Both tools get the returns up to a 31 March; what happened is read from the returns that
came after. The peer is installed from the package registry into an environment of its own that is thrown away.

It is compared as it comes, and once more on the episodes that our reader has mended, so that its model can be judged
apart from its reading. Its categories are made ours by its own configuration file: fostering U1-U6, residential K1, K2
and S1, supported H5, K3 and P2, other the rest. Children it counts as NOT_IN_CARE are not in care. It gives one path
and no band.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from reference_data.sample import SAMPLE_RETURNS
from reference_data.synthetic.partnership import invent_partnership
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.files import read_returns
from sufficiency.forecast import forecast_need, learnt_world, monthly_dates
from sufficiency.repair import CareHistory, repaired_history
from sufficiency.simulate import simulate
from sufficiency.stays import in_care_on

PEER = "cs-demand-model"
PEER_RUNNER = Path(__file__).with_name("peer_forecast.py")
MONTHS = (12, 24)
RUNS = 500
ORIGINS = (2022, 2024)
"""The 31 March of each forecast of the partnership."""
PLACEMENTS = {
    "FOSTERING": ["U1", "U2", "U3", "U4", "U5", "U6"],
    "RESIDENTIAL": ["K1", "K2", "S1"],
    "SUPPORTED": ["H5", "K3", "P2"],
}
CATEGORIES = ("FOSTERING", "RESIDENTIAL", "SUPPORTED", "OTHER")
_CODE = {
    PlacementDetail.KINSHIP: "U1",
    PlacementDetail.IN_HOUSE_FOSTERING: "U6",
    PlacementDetail.AGENCY_FOSTERING: "U6",
    PlacementDetail.HOMES: "K2",
    PlacementDetail.SECURE: "K1",
    PlacementDetail.RESIDENTIAL_SCHOOLS: "S1",
    PlacementDetail.SUPPORTED: "H5",
    PlacementDetail.PARENTS: "P1",
    PlacementDetail.ADOPTION: "A3",
}
"""A code of each kind, to write mended stays as episodes again; every other kind is Z1."""
PROTOTYPES_CHILD_YEARS_PER_SECOND = {"plain": 2_900_000, "compiled": 8_000_000}
"""Of our prototypes, per core (source: the issue that asks for this benchmark)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One council's returns up to an origin, and what happened after it.

    Parameters
    ----------
    returns, peer, peer_mended
        Folders: the returns to read, and the same as the peer wants them, as they came and mended.
    today, happened
        Children by category at the origin, as then known, and at each of ``MONTHS`` after it.
    """

    name: str
    origin: date
    returns: Path
    peer: Path
    peer_mended: Path
    today: Mapping[str, float]
    happened: tuple[Mapping[str, float], ...]


def measure(full: bool) -> dict[str, Any]:
    """Return errors of both tools and of "same as today", and their times; or why the peer could not be run."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        python, told = _installed(folder / "peer")
        cases = _cases(folder, full)
        figures: dict[str, Any] = {"peer_installed": told}
        ours = [_ours(case, RUNS if full else 50) for case in cases]
        peers: dict[str, Any] = {}
        if python:
            version, answers = _peers(python, folder, cases)
            figures["peer_version"] = version
            peers = {"peer": answers[: len(cases)], "peer_on_mended_episodes": answers[len(cases) :]}
        for group in ("partnership", "sample"):
            chosen = [place for place, case in enumerate(cases) if case.name.startswith(group)]
            told_cases = [cases[place] for place in chosen]
            figures |= _errors(group, "same_as_today", told_cases, [[case.today] * 2 for case in told_cases])
            figures |= _errors(group, "righthome", told_cases, [ours[place]["predicted"] for place in chosen])
            figures |= _coverage(group, told_cases, [ours[place] for place in chosen])
            for name, answers in peers.items():
                figures |= _peer_errors(group, name, told_cases, [answers[place] for place in chosen])
        figures |= _speed(ours, peers.get("peer", []))
    return {
        "what": f"righthome ({RUNS if full else 50} futures) beside {PEER} (one path) on the same returns, "
        f"{' and '.join(map(str, MONTHS))} months ahead",
        "counts": {
            "forecasts": len(cases),
            "partnership": sum(c.name.startswith("partnership") for c in cases),
        },
        "figures": figures,
        "mapping": PLACEMENTS,
        "peer_settings": "rates and starts of the last year of the data, daily steps, from the last date in the data",
    }


def _installed(folder: Path) -> tuple[Path | None, str]:
    """Return the interpreter of a new environment with the peer, and what came of it."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", PEER], capture_output=True, text=True, check=False
    )
    if run.returncode:
        reason = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
        return None, f"no: pip install {PEER} failed: {reason}"
    return python, f"yes: pip install {PEER}, Python {sys.version_info.major}.{sys.version_info.minor}"


def _cases(folder: Path, full: bool) -> list[Case]:
    cases = [_case("sample", SAMPLE_RETURNS, 2019, folder, starts_in_year=True)]
    partnership = invent_partnership(on=date(2026, 3, 31))
    for authority in sorted(partnership.histories)[: None if full else 1]:
        written = folder / f"returns_{authority}"
        written.mkdir()
        for name, text in partnership.returns(authority).items():
            (written / name).write_text(text, encoding="utf-8")
        for origin in ORIGINS if full else ORIGINS[-1:]:
            cases.append(_case(f"partnership_{authority}", written, origin, folder))
    return cases


def _case(name: str, source: Path, year: int, folder: Path, *, starts_in_year: bool = False) -> Case:
    """Return the case of the returns up to 31 March of a year; the sample names a return by where it begins."""
    origin = date(year, 3, 31)
    ours, peer, mended = (folder / f"{name}_{year}_{which}" for which in ("ours", "peer", "mended"))
    ours.mkdir()
    for path in sorted(source.glob("*-*.csv")):
        closes = int(path.name[:4]) + starts_in_year
        if closes > year:
            continue
        text = path.read_text(encoding="utf-8-sig")
        (ours / path.name).write_text(text, encoding="utf-8")
        kind = path.name[5:]
        if kind in ("episodes.csv", "header.csv"):
            (peer / str(closes)).mkdir(parents=True, exist_ok=True)
            (peer / str(closes) / kind).write_text(text, encoding="utf-8")
    history = repaired_history(read_returns(source), known_on=date.max)
    known = repaired_history(read_returns(ours), known_on=origin)
    _write_mended(known, mended / str(year))
    return Case(
        name=name,
        origin=origin,
        returns=ours,
        peer=peer,
        peer_mended=mended,
        today=_in_care(known, origin),
        happened=tuple(_in_care(history, monthly_dates(origin, months)[-1]) for months in MONTHS),
    )


def _write_mended(history: CareHistory, folder: Path) -> None:
    folder.mkdir(parents=True)
    header, episodes = (
        ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
        [
            *("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC"),
            *("REASON_PLACE_CHANGE", "HOME_POST", "PL_POST"),
        ],
    )
    born = {stay.child_id: stay.date_of_birth for stay in history.stays}
    with (folder / "header.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(header)
        rows.writerows([child, "1", f"{day:%d/%m/%Y}", "WBRI", "", "", ""] for child, day in born.items())
    with (folder / "episodes.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(episodes)
        for stay in history.stays:
            ended = f"{stay.ended_on:%d/%m/%Y}" if stay.ended_on else ""
            place = _CODE.get(stay.detail, "Z1")
            rows.writerow(
                [stay.child_id, f"{stay.started_on:%d/%m/%Y}", "S", "C2", "N1", place, "PR1", ended]
                + ["", "", "", ""]
            )


def _in_care(history: CareHistory, day: date) -> dict[str, float]:
    found = dict.fromkeys(CATEGORIES, 0.0)
    for stay in in_care_on(history.stays, day):
        found[str(stay.detail.group).upper()] += 1
    return found


def _ours(case: Case, runs: int) -> dict[str, Any]:
    started, worked = time.perf_counter(), time.process_time()
    returns = read_returns(case.returns)
    forecast = forecast_need(returns, start=case.origin, months=max(MONTHS), runs=runs)
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    predicted = []
    for months in MONTHS:
        here = forecast.counts[:, months].sum(axis=1).mean(axis=0)
        found = dict.fromkeys(CATEGORIES, 0.0)
        for k, detail in enumerate(DETAILS):
            found[str(detail.group).upper()] += float(here[k])
        predicted.append(found)
    world = learnt_world(repaired_history(returns, known_on=case.origin), case.origin)
    days = [(day - case.origin).days for day in monthly_dates(case.origin, max(MONTHS))]
    began = time.process_time()
    counts = simulate(world, snapshot_days=days, runs=runs, seed=0)
    return {
        "predicted": predicted,
        "totals": forecast.counts.sum(axis=(2, 3)),
        "seconds": seconds,
        "processor_s": processor,
        "drawing_processor_s": time.process_time() - began,
        "child_years": float(counts.sum(axis=(2, 3)).mean(axis=1).sum()) * max(MONTHS) / 12,
    }


def _peers(python: Path, folder: Path, cases: Sequence[Case]) -> tuple[str, list[dict[str, Any]]]:
    jobs = [
        {
            "folder": str(source),
            "dates": [monthly_dates(case.origin, months)[-1].isoformat() for months in MONTHS],
        }
        for source, case in [(case.peer, case) for case in cases]
        + [(case.peer_mended, case) for case in cases]
    ]
    asked, answered = folder / "jobs.json", folder / "answers.json"
    asked.write_text(json.dumps({"placements": PLACEMENTS, "jobs": jobs}), encoding="utf-8")
    subprocess.run([python, PEER_RUNNER, asked, answered], check=True)
    found = json.loads(answered.read_text(encoding="utf-8"))
    return found["version"], found["answers"]


def _peer_errors(
    group: str, name: str, cases: Sequence[Case], answers: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    stopped = [answer["stopped"] for answer in answers if "stopped" in answer]
    told = [(case, answer) for case, answer in zip(cases, answers, strict=True) if "predicted" in answer]
    figures: dict[str, Any] = {f"{group}_{name}_stopped": len(stopped)}
    if stopped:
        figures[f"{group}_{name}_stopped_by"] = stopped[0]
    if not told:
        return figures
    days = [[monthly_dates(case.origin, months)[-1].isoformat() for months in MONTHS] for case, _ in told]
    predicted = [[a["predicted"][day] for day in some] for (_, a), some in zip(told, days, strict=True)]
    counted = sum(sum(a["today"].values()) for _, a in told) / sum(sum(c.today.values()) for c, _ in told)
    figures[f"{group}_{name}_children_counted_on_the_day_percent"] = round(100 * counted, 1)
    return figures | _errors(group, name, [case for case, _ in told], predicted)


def _errors(
    group: str, name: str, cases: Sequence[Case], predicted: Sequence[Sequence[Mapping[str, float]]]
) -> dict[str, Any]:
    """Return the mean error of totals, its bias, and the error by type as a share of all children, in percent."""
    figures: dict[str, Any] = {}
    for place, months in enumerate(MONTHS):
        happened = [case.happened[place] for case in cases]
        found = [some[place] for some in predicted]
        off = [sum(f.values()) / sum(h.values()) - 1 for f, h in zip(found, happened, strict=True)]
        by_type = sum(
            abs(f.get(kind, 0.0) - h[kind])
            for f, h in zip(found, happened, strict=True)
            for kind in CATEGORIES
        ) / sum(sum(h.values()) for h in happened)
        figures[f"{group}_{name}_error_percent_{months}_months"] = round(100 * float(np.mean(np.abs(off))), 2)
        figures[f"{group}_{name}_bias_percent_{months}_months"] = round(100 * float(np.mean(off)), 2)
        figures[f"{group}_{name}_error_by_type_percent_{months}_months"] = round(100 * by_type, 2)
    return figures


def _coverage(group: str, cases: Sequence[Case], ours: Sequence[dict[str, Any]]) -> dict[str, Any]:
    figures = {}
    for place, months in enumerate(MONTHS):
        inside = []
        for case, answer in zip(cases, ours, strict=True):
            low, high = np.quantile(answer["totals"][:, months], (0.025, 0.975))
            inside.append(bool(low <= sum(case.happened[place].values()) <= high))
        figures[f"{group}_righthome_inside_95_band_{months}_months"] = f"{sum(inside)} of {len(inside)}"
    return figures


def _speed(ours: Sequence[dict[str, Any]], peers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return seconds from files to answer, and child-years drawn a second beside the peer's and the prototypes'."""
    drawing = sum(answer["drawing_processor_s"] for answer in ours)
    figures: dict[str, Any] = {
        "righthome_seconds_from_files_to_answer": round(float(np.mean([a["seconds"] for a in ours])), 2),
        "righthome_child_years_per_second": round(sum(a["child_years"] for a in ours) / drawing),
    }
    for name, value in PROTOTYPES_CHILD_YEARS_PER_SECOND.items():
        figures[f"prototype_{name}_child_years_per_second"] = value
    whole = [answer for answer in peers if "predicted" in answer]
    if whole:
        figures["peer_seconds_from_files_to_answer"] = round(float(np.mean([a["seconds"] for a in whole])), 2)
        seconds = sum(answer["predicting_seconds"] for answer in whole)
        figures["peer_child_years_per_second"] = round(sum(a["child_years"] for a in whole) / seconds)
        figures["righthome_to_peer_seconds_ratio"] = round(
            figures["righthome_seconds_from_files_to_answer"] / figures["peer_seconds_from_files_to_answer"],
            2,
        )
    return figures
