"""Run cs-demand-model on folders of returns; it stands in an environment of its own, without Righthome.

``python peer_forecast.py JOBS.json ANSWERS.json``: a job names a folder with a subfolder for each year, the origin and
the dates to predict. The settings are those its own application begins with: rates of the last year of the data.
"""

# mypy: ignore-errors
from __future__ import annotations

import importlib.metadata
import json
import sys
import tempfile
import time
import warnings
from datetime import date
from pathlib import Path

import pandas as pd
import yaml
from cs_demand_model import (
    Config,
    DemandModellingDataContainer,
    ModelPredictor,
    PopulationStats,
    fs_datastore,
)
from cs_demand_model.config._configuration_loader import DEFAULT_CONFIG_PATH
from dateutil.relativedelta import relativedelta

warnings.simplefilter("ignore")


def main() -> None:
    jobs = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    config = _config(jobs["placements"])
    answers = []
    for job in jobs["jobs"]:
        started = time.perf_counter(), time.process_time()
        try:
            answer = _predicted(config, job["folder"], [date.fromisoformat(day) for day in job["dates"]])
        except Exception as error:  # whatever stops it is its answer
            answer = {"stopped": f"{type(error).__name__}: {error}"[:200]}
        answer["seconds"] = time.perf_counter() - started[0]
        answer["processor_s"] = time.process_time() - started[1]
        answers.append(answer)
    found = {"version": importlib.metadata.version("cs-demand-model"), "answers": answers}
    Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")


def _config(placements: dict[str, list[str]]) -> Config:
    """Return its standard configuration with the codes of each of its categories replaced by ours."""
    standard = yaml.safe_load(Path(DEFAULT_CONFIG_PATH).read_text(encoding="utf-8"))
    for category, codes in placements.items():
        standard["config"]["PlacementCategories"][category]["placement_types"] = codes
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False, encoding="utf-8") as file:
        yaml.safe_dump(standard, file, sort_keys=False)
    return Config(file.name)


def _predicted(config: Config, folder: str, dates: list[date]) -> dict:
    container = DemandModellingDataContainer(fs_datastore(folder), config)
    stats = PopulationStats(container.enriched_view, config)
    end = container.end_date
    predictor = ModelPredictor.from_model(stats, end - relativedelta(years=1), end)
    began = time.perf_counter()
    # One step a day, as its command line takes them.
    daily = predictor.predict(max((pd.Timestamp(day) - end).days for day in dates))
    seconds = time.perf_counter() - began
    found = {day.isoformat(): _by_category(daily.loc[pd.Timestamp(day)]) for day in dates}
    in_care = daily[[state for state in daily.columns if state[1] != "NOT_IN_CARE"]]
    return {
        "end": end.date().isoformat(),
        "today": _by_category(predictor.initial_population),
        "predicted": found,
        "predicting_seconds": seconds,
        "child_years": float(in_care.sum().sum()) / 365.25,
    }


def _by_category(population: pd.Series) -> dict[str, float]:
    """Return children in care by category; its state NOT_IN_CARE holds who has left."""
    found: dict[str, float] = {}
    for (_, category), children in population.items():
        if category != "NOT_IN_CARE":
            found[category] = found.get(category, 0.0) + float(children)
    return found


if __name__ == "__main__":
    main()
