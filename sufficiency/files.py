"""The files of this package that a caller names: SSDA903 returns, scenarios, and candidate actions."""

from __future__ import annotations

import json
import tomllib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from reference_data.problems import ImportIssue, ImportRejected, InvalidInput
from reference_data.sheets import LARGEST_UNPACKED_BYTES, file_content
from reference_data.tables import RawTable
from sufficiency.action_values import ActionList, actions_from_values
from sufficiency.return_sheets import tables_of_content
from sufficiency.returns import Returns, returns_from_tables
from sufficiency.scenario import Scenario
from sufficiency.scenario_values import scenario_from_values
from sufficiency.several_authorities import authority_named

_Made = TypeVar("_Made")
TABLE_SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".xml")
ARCHIVE = ".zip"


def read_returns(path: str | Path) -> Returns:
    """Return the SSDA903 returns in a folder (folders inside it too), a zip file, or one file.

    Parameters
    ----------
    path
        A folder of CSV, XLSX or XML files such as ``2017-episodes.csv`` and ``2017-header.csv``, zip files of them
        among them. Other kinds of file are passed over and told. An XML file is a whole return, a workbook has a
        table on each sheet. The Standard Safeguarding Dataset's ``ssd_cla_placement`` and ``ssd_person`` are read in
        place of episodes and header.

    Raises
    ------
    ImportRejected
        If nothing usable is left: no file with episodes or none with birth dates. Every problem of every file is
        listed then; as long as something is left, a file that cannot be read is a warning.
    """
    return returns_from_tables(return_tables(path))


def return_tables(path: str | Path) -> list[RawTable]:
    """Return the tables that a folder, zip or file of returns holds, as they stand.

    A table of a folder is named by its path inside it. Of equal names in a zip the second is ``name (2)``. A file that
    cannot be read is a table without columns that says so in its warnings.

    Raises
    ------
    ImportRejected
        If there is no file of a kind that can be read, or none of them is a table; every problem is listed.
    """
    path = Path(path)
    if path.is_dir():
        found = _tables_in(path)
    elif path.suffix.casefold() == ARCHIVE:
        found = _tables_of_zip(path)
    else:
        found = list(tables_of_content(path.name, file_content(path)))
    if not any(table.header for table in found):
        raise ImportRejected([issue for table in found for issue in table.warnings])
    return found


def _numbered(tables: Iterable[RawTable]) -> list[RawTable]:
    """Return tables named without their folder but for a council's, told apart by a number."""
    seen: Counter[str] = Counter()
    named = []
    for table in tables:
        folder, _, name = table.file.rpartition("/")
        council = folder.rpartition("/")[2]
        if authority_named(council):
            name = f"{council}/{name}"
        seen[name] += 1
        again = f" ({seen[name]})" if seen[name] > 1 else ""
        named.append(replace(table, file=f"{name}{again}"))
    return named


def read_scenario(path: str | Path) -> Scenario:
    """Return the scenario of a TOML or JSON file; an empty file changes nothing.

    Parameters
    ----------
    path
        A file with any of ``scenario_values.KEYS``; ``docs/reference/scenarios.md`` describes each.

    Raises
    ------
    ImportRejected
        If the file cannot be read, names something unknown, or holds a factor out of range.
    """
    return _from_values(Path(path), "scenario", scenario_from_values)


def read_actions(path: str | Path) -> ActionList:
    """Return the candidate actions of a TOML or JSON file; ``docs/reference/actions.md`` describes each key.

    Raises
    ------
    ImportRejected
        If the file cannot be read, names something unknown, or holds a value out of range.
    """
    where = Path(path)
    return _from_values(where, "list_of_actions", lambda values: actions_from_values(values, file=where.name))


def _from_values(path: Path, kind: str, made: Callable[[Mapping[str, object]], _Made]) -> _Made:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _rejected(path.name, "file_missing", "There is no such file. Check the path.") from None
    except (OSError, UnicodeDecodeError):
        raise _rejected(path.name, "file_unreadable", "The file cannot be read as UTF-8 text.") from None
    try:
        values = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError):
        raise _rejected(path.name, f"not_a_{kind}", "The file is neither TOML nor JSON.") from None
    try:
        return made(values)
    except ImportRejected:
        raise
    except InvalidInput as error:
        raise _rejected(path.name, error.code, error.message) from None


def _tables_in(folder: Path) -> list[RawTable]:
    paths = sorted(
        path
        for path in folder.rglob("*")
        if not path.name.startswith((".", "~"))
        and "__MACOSX" not in path.parts
        and path.stem.casefold() != "readme"
        and path.is_file()
    )
    if not any(path.suffix.casefold() in (*TABLE_SUFFIXES, ARCHIVE) for path in paths):
        raise _rejected(
            folder.name, "no_files", "The folder has no CSV, XLSX or XML file. Name the returns' folder."
        )
    tables: list[RawTable] = []
    for path in paths:
        inner = path.relative_to(folder).parent.as_posix()
        within = "" if inner == "." else f"{inner}/"
        tables.extend(replace(table, file=f"{within}{table.file}") for table in _tables_of(path))
    return tables


def _tables_of(path: Path) -> list[RawTable]:
    """Return the tables of one file of a folder; a file that is none is an empty table that says why."""
    suffix = path.suffix.casefold()
    if suffix not in (*TABLE_SUFFIXES, ARCHIVE):
        return [_unread(path.name, "passed_over", "Not read: it is no CSV, XLSX, XML or zip file.")]
    try:
        if suffix == ARCHIVE:
            return _tables_of_zip(path)
        return list(tables_of_content(path.name, file_content(path)))
    except ImportRejected as error:
        return [RawTable(file=path.name, header=(), rows=(), warnings=tuple(error.issues))]


def _unread(file: str, rule: str, what_to_do: str) -> RawTable:
    issue = ImportIssue(file=file, row=None, column=None, rule=rule, what_to_do=what_to_do)
    return RawTable(file=file, header=(), rows=(), warnings=(issue,))


def _tables_of_zip(path: Path) -> list[RawTable]:
    with TemporaryDirectory() as folder:
        _unpack(path, Path(folder))
        return _numbered(_tables_in(Path(folder)))


def _unpack(path: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            items = [item for item in archive.infolist() if not item.is_dir()]
            if sum(item.file_size for item in items) > LARGEST_UNPACKED_BYTES:
                raise _rejected(path.name, "file_too_large", "The zip unpacks to more than can be read.")
            for number, item in enumerate(items):
                name = Path(item.filename).name
                if "__MACOSX" not in Path(item.filename).parts and Path(name).suffix.casefold() != ARCHIVE:
                    # A folder each keeps equal names apart without trusting any path in the archive.
                    council = (authority_named(part) for part in reversed(Path(item.filename).parts[:-1]))
                    place = folder / f"{number:04d}" / next(filter(None, council), "")
                    place.mkdir(parents=True)
                    (place / name).write_bytes(archive.read(item))
    except FileNotFoundError:
        raise _rejected(path.name, "file_missing", "There is no such file. Check the path.") from None
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        raise _rejected(path.name, "not_a_table", "The file is not a zip that can be read.") from None


def _rejected(file: str, rule: str, what_to_do: str) -> ImportRejected:
    return ImportRejected([ImportIssue(file=file, row=None, column=None, rule=rule, what_to_do=what_to_do)])
