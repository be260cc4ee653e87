"""`match --arrivals`: several samples of the children who may arrive next, averaged into the prices of beds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from api import cli

GIRL = {
    "referral_id": "R1",
    "child_id": "A",
    "authority": "879",
    "date_of_birth": "2014-03-03",
    "sex": "F",
    "legal_status": "C2",
    "urgency": "planned",
    "needed_by": "2026-03-10",
    "search_opened_at": "2026-03-01",
}
BOY = GIRL | {"referral_id": "R2", "child_id": "X", "sex": "M"}
HOME = {
    "type": "in_house_foster_carer",
    "contract": "in_house",
    "registered": True,
    "status": "open",
    "places": 1,
    "vacancies": 1,
    "min_age": 0,
    "max_age": 17,
    "authority": "879",
    "weekly_fee_pounds": 400,
}
HOMES = [HOME | {"home_id": "H1", "sexes": "F"}, HOME | {"home_id": "H2", "sexes": "any"}]


@pytest.fixture
def match(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    for name, records in (("homes", HOMES), ("waiting", [GIRL])):
        (tmp_path / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")

    def call(*arrivals: Path) -> tuple[int, Any]:
        words = ["--homes", str(tmp_path / "homes.json"), "--referrals", str(tmp_path / "waiting.json")]
        words += [word for path in arrivals for word in ("--arrivals", str(path))]
        monkeypatch.setattr(
            sys, "argv", ["righthome", "match", *words, "--as-of", "2026-03-05", "--seed", "0", "--json"]
        )
        with pytest.raises(SystemExit) as left:
            cli.main()
        return left.value.code or 0, json.loads(capsys.readouterr().out)

    return call


def _sample(folder: Path, name: str, *children: dict[str, str]) -> Path:
    path = folder / name
    path.write_text(json.dumps(list(children)), encoding="utf-8")
    return path


def test_a_price_is_the_mean_over_the_samples_given_one_by_one_or_as_a_folder(
    match: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "samples"
    folder.mkdir()
    misses = _sample(folder, "1.json", BOY)
    spares = _sample(folder, "2.json", GIRL)
    assert match(misses)[1]["bed_prices"] == {"H2": 100}
    assert match(misses, spares)[1]["bed_prices"] == {"H2": 50}
    assert match(folder)[1]["bed_prices"] == {"H2": 50}


def test_a_sample_that_cannot_be_used_is_named_with_every_other_and_nothing_is_planned(
    match: Any, tmp_path: Path
) -> None:
    twice = _sample(tmp_path, "twice.json", BOY, BOY | {"referral_id": "R3"})
    empty = tmp_path / "empty"
    empty.mkdir()
    code, answer = match(twice, empty, tmp_path / "absent.csv")
    assert code == 3
    assert {problem["file"] for problem in answer["problems"]} == {"twice.json", "empty", "absent.csv"}
