"""Faults planted on purpose: each kind is found by the reader, and clean rows lose nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from reference_data.synthetic.careers import simulate_history
from reference_data.synthetic.dirt import KINDS_OF_DIRT, Planted, soiled
from reference_data.synthetic.returns import write_returns
from sufficiency import read_returns
from sufficiency.repair import CareHistory, repaired_history

PIECES = 12
TOLD_AS = {
    "reversed_dates": {"reversed_dates"},
    "duplicate_row": {"duplicate_row"},
    "overlap": {"overlap", "ends_after_the_return"},
    "blank_start": {"no_start_date", "start_taken_from_previous_end"},
    "unknown_place": {"unknown_place"},
}
"""Faults of one row, and the repairs that tell of them."""
READ_ALL_THE_SAME = ("date_in_other_layout", "codes_in_small_letters", "missing_header_row")
"""The birth date of a child without a header row stands in other tables of the return."""


def read(files: Mapping[str, str], folder: Path) -> CareHistory:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return repaired_history(read_returns(folder))


@pytest.fixture(scope="module")
def clean() -> dict[str, str]:
    history = simulate_history("879", seed=2026, until=date(2026, 6, 15))
    return write_returns(history, years=range(2018, 2027))


@pytest.fixture(scope="module")
def dirty(clean: Mapping[str, str]) -> tuple[dict[str, str], list[Planted]]:
    return soiled(clean, seed=11, pieces_of_each=PIECES)


@pytest.fixture(scope="module")
def mended(
    dirty: tuple[dict[str, str], list[Planted]], tmp_path_factory: pytest.TempPathFactory
) -> CareHistory:
    return read(dirty[0], tmp_path_factory.mktemp("dirty") / "returns")


@pytest.fixture(scope="module")
def whole(clean: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> CareHistory:
    return read(clean, tmp_path_factory.mktemp("clean") / "returns")


def stays_by_child(history: CareHistory) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for stay in history.stays:
        found.setdefault(stay.child_id, []).append(stay)
    return found


def test_every_kind_of_dirt_is_planted_and_listed(dirty: tuple[dict[str, str], list[Planted]]) -> None:
    assert Counter(one.kind for one in dirty[1]) == dict.fromkeys(KINDS_OF_DIRT, PIECES)
    assert len({one.child_id for one in dirty[1]}) == PIECES * len(KINDS_OF_DIRT)


@pytest.mark.parametrize("kind", sorted(TOLD_AS))
def test_each_piece_of_dirt_in_a_row_is_told_of_that_row(
    kind: str, dirty: tuple[dict[str, str], list[Planted]], mended: CareHistory
) -> None:
    told = {(row.file, row.row) for row in mended.report.rows if row.rule in TOLD_AS[kind]}
    pieces = [one for one in dirty[1] if one.kind == kind]
    # Of two rows that are the same the earlier may be told of.
    found = [one for one in pieces if {(one.file, one.row), (one.file, (one.row or 0) - 1)} & told]
    assert len(found) == len(pieces)


def test_an_open_episode_that_vanishes_is_ended_and_told(
    dirty: tuple[dict[str, str], list[Planted]], mended: CareHistory
) -> None:
    vanished = {one.child_id for one in dirty[1] if one.kind == "vanished_open_episode"}
    assert mended.report.counts["gone_from_next_return"] >= len(vanished)
    stays = stays_by_child(mended)
    assert all(stay.ended_on is not None for child in vanished for stay in stays[child])


def test_a_reason_without_an_end_keeps_the_child_in_care(
    dirty: tuple[dict[str, str], list[Planted]], mended: CareHistory, whole: CareHistory
) -> None:
    children = [one.child_id for one in dirty[1] if one.kind == "end_reason_without_date"]
    before, after = stays_by_child(whole), stays_by_child(mended)
    assert all(before.get(child) == after.get(child) for child in children)


@pytest.mark.parametrize("kind", READ_ALL_THE_SAME)
def test_what_can_be_read_all_the_same_costs_nothing(
    kind: str, dirty: tuple[dict[str, str], list[Planted]], mended: CareHistory, whole: CareHistory
) -> None:
    children = [one.child_id for one in dirty[1] if one.kind == kind]
    before, after = stays_by_child(whole), stays_by_child(mended)
    lost = [child for child in children if before.get(child) != after.get(child)]
    # A child in care for days only has no row in any table but the header that was taken away.
    assert len(lost) <= (1 if kind == "missing_header_row" else 0)


def test_children_whose_rows_are_clean_lose_nothing(
    dirty: tuple[dict[str, str], list[Planted]], mended: CareHistory, whole: CareHistory
) -> None:
    spoilt = {one.child_id for one in dirty[1]}
    before, after = stays_by_child(whole), stays_by_child(mended)
    assert {child: stays for child, stays in before.items() if child not in spoilt} == {
        child: stays for child, stays in after.items() if child not in spoilt
    }
