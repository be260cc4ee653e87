"""The files of ``tidy-returns``: a workbook or a folder of CSV files, whole or not there, for their owner only."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli_options import UsageError
from reference_data.writing import csv_content, xlsx_content

if TYPE_CHECKING:
    from sufficiency.repair import RepairReport
    from sufficiency.tidy import TidyTables

REPAIRS = ("file", "row", "rule", "done")


def check_out(out: Path) -> None:
    """Refuse a place that cannot be written to before anything is read.

    Raises
    ------
    UsageError
        If it is neither a workbook nor a new or empty folder, or lies in a folder that is not there.
    """
    if not out.parent.is_dir():
        raise UsageError("The folder to write in is not there.")
    if out.suffix.casefold() == ".xlsx":
        return
    if out.suffix:
        raise UsageError("Give a workbook (.xlsx), or a folder for CSV files.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError("The folder for the CSV files is not empty. Give a new one.")


def write_tables(out: Path, tidy: TidyTables, repairs: RepairReport) -> None:
    """Write the tidy tables and the repair report."""
    grids: dict[str, list[list[object]]] = {
        name: tidy.grid(name) for name in ("periods", "placements", "homes")
    }
    grids["repairs"] = [list(REPAIRS), *([row.file, row.row, row.rule, row.done] for row in repairs.rows)]
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".tidy-") as folder:
        # A temporary folder is its owner's alone, and so is what is moved out of it.
        if out.suffix.casefold() == ".xlsx":
            made = Path(folder) / out.name
            made.write_bytes(xlsx_content(grids))
            made.chmod(0o600)
            os.replace(made, out)
            return
        made = Path(folder) / "tables"
        made.mkdir(mode=0o700)
        for name, grid in grids.items():
            (made / f"{name}.csv").write_bytes(csv_content(grid))
        if out.exists():
            out.rmdir()
        shutil.move(made, out)
