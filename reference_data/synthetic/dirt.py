"""Spoil returns on purpose, and say exactly what was spoilt, so that a reader's mending can be scored.

Only the episodes and header tables are touched. Each piece of dirt has a label; nothing is spoilt twice.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from reference_data.synthetic.draws import Draws
from reference_data.synthetic.returns import EPISODE_COLUMNS, HEADER_COLUMNS, csv_text

KINDS_OF_DIRT = (
    "vanished_open_episode",
    "reversed_dates",
    "duplicate_row",
    "overlap",
    "blank_start",
    "missing_header_row",
    "unknown_place",
    "date_in_other_layout",
    "codes_in_small_letters",
    "end_reason_without_date",
)
_ROOM_DIRT = 6
_DECOM, _DEC, _REC, _PLACE, _LS = (
    EPISODE_COLUMNS.index(name) for name in ("DECOM", "DEC", "REC", "PLACE", "LS")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One piece of dirt.

    Parameters
    ----------
    kind
        One of ``KINDS_OF_DIRT``.
    file
        The file spoilt.
    row
        The line in it, the header being 1; ``None`` for what was taken away.
    child_id
        Whose row it is.
    """

    kind: str
    file: str
    row: int | None
    child_id: str


class _Line:
    __slots__ = ("cells", "dirt", "gone")

    def __init__(self, cells: list[str]) -> None:
        self.cells = cells
        self.dirt = ""
        self.gone = False


def soiled(
    files: Mapping[str, str], *, seed: int, pieces_of_each: int = 5
) -> tuple[dict[str, str], list[Planted]]:
    """Return returns with dirt in them, and a list of every piece planted.

    Parameters
    ----------
    files
        What ``returns.write_returns`` gave.
    seed
        The same seed spoils the same rows.
    pieces_of_each
        How many of each kind.
    """
    draws = Draws(seed, _ROOM_DIRT)
    tables = {
        name: _lines(text) for name, text in files.items() if name.endswith(("-episodes.csv", "-header.csv"))
    }
    episodes = sorted(name for name in tables if name.endswith("-episodes.csv"))
    taken: set[str] = set()
    planted: list[tuple[str, str, _Line]] = []
    for kind in KINDS_OF_DIRT:
        left, tries = pieces_of_each, 0
        while left and tries < 400:
            tries += 1
            name = episodes[draws.below(len(episodes))]
            lines = tables[name]
            position = draws.below(len(lines))
            child = lines[position].cells[0]
            if child in taken or not _spoilt(kind, name, lines, position, tables, episodes):
                continue
            taken.add(child)
            planted.append((kind, name, lines[position] if kind != "duplicate_row" else lines[position + 1]))
            left -= 1
    out = dict(files)
    rows: dict[int, int] = {}
    for name, lines in tables.items():
        kept = [line for line in lines if not line.gone]
        rows.update({id(line): number for number, line in enumerate(kept, start=2)})
        columns = EPISODE_COLUMNS if name.endswith("-episodes.csv") else HEADER_COLUMNS
        out[name] = csv_text(columns, [line.cells for line in kept])
    return out, [
        Planted(
            kind=kind,
            file=name.replace("episodes", "header") if kind == "missing_header_row" else name,
            row=None if kind in ("missing_header_row", "vanished_open_episode") else rows[id(line)],
            child_id=line.cells[0],
        )
        for kind, name, line in planted
    ]


def _lines(text: str) -> list[_Line]:
    return [_Line(row) for row in csv.reader(io.StringIO(text, newline="")) if row][1:]


def _spoilt(
    kind: str,
    name: str,
    lines: list[_Line],
    position: int,
    tables: Mapping[str, list[_Line]],
    episodes: list[str],
) -> bool:
    """Spoil a row if it is one that this kind of dirt fits, and say whether it was."""
    cells = lines[position].cells
    is_open = not cells[_DEC]
    following = lines[position + 1].cells if position + 1 < len(lines) else [""] * len(cells)
    if kind == "vanished_open_episode":
        later = episodes[episodes.index(name) + 1 :]
        if not is_open or not later:
            return False
        for other in later:
            for table in (other, other.replace("episodes", "header")):
                for line in tables[table]:
                    line.gone |= line.cells[0] == cells[0]
    elif kind == "reversed_dates":
        if is_open or cells[_DEC] == cells[_DECOM]:
            return False
        cells[_DECOM], cells[_DEC] = cells[_DEC], cells[_DECOM]
    elif kind == "duplicate_row":
        lines.insert(position + 1, _Line(list(cells)))
    elif kind == "overlap":
        # The end is put a year late, past the start of the child's next episode.
        if is_open or following[0] != cells[0]:
            return False
        cells[_DEC] = cells[_DEC][:-4] + str(int(cells[_DEC][-4:]) + 1)
    elif kind == "blank_start":
        cells[_DECOM] = ""
    elif kind == "missing_header_row":
        for other in episodes:
            for line in tables[other.replace("episodes", "header")]:
                line.gone |= line.cells[0] == cells[0]
    elif kind == "unknown_place":
        cells[_PLACE] = "Q9"
    elif kind == "date_in_other_layout":
        day, month, year = cells[_DECOM].split("/")
        cells[_DECOM] = f"{year}-{month}-{day}"
    elif kind == "codes_in_small_letters":
        cells[_PLACE], cells[_LS] = cells[_PLACE].lower(), f" {cells[_LS].lower()} "
    elif kind == "end_reason_without_date":
        if not is_open:
            return False
        cells[_REC] = "E4A"
    return True
