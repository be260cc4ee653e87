"""Every data file that ships is named on its folder's page, with its source, its date and its licence."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

SHIPPED = Path(__file__).resolve().parents[2] / "reference_data" / "shipped"
FOLDERS = sorted(path for path in SHIPPED.iterdir() if path.is_dir())


def data_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "README.md")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_folder_says_where_its_data_come_from_when_and_under_which_licence(folder: Path) -> None:
    page = (folder / "README.md").read_text(encoding="utf-8")
    assert re.search(r"\b[Ss]ources?\b|\bCompiled\b", page)
    assert re.search(r"\b20[12]\d\b", page)
    assert re.search(r"Open\s+Government\s+Licence|OGL|MIT", page)
    listing = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert f"]({folder.name}/README.md)" in listing


# These folders hold one file for each list, record or instrument, all of one kind; the page explains the kind.
OF_ONE_KIND = {"codelists": ".csv", "law": ".toml"}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_data_file_is_named_on_its_folders_page(folder: Path) -> None:
    page = (folder / "README.md").read_text(encoding="utf-8")
    unnamed = [
        str(path.relative_to(folder))
        for path in data_files(folder)
        if path.suffix != OF_ONE_KIND.get(folder.name) and path.name not in page
    ]
    assert unnamed == []


def test_every_folder_listed_is_there() -> None:
    listing = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\((\w+)/README\.md\)", listing)) == {path.name for path in FOLDERS}


def test_every_table_of_published_figures_has_a_source_and_a_function_that_reads_it() -> None:
    listed = tomllib.loads((SHIPPED / "published" / "tables.toml").read_text(encoding="utf-8"))
    files = {path.name for path in data_files(SHIPPED / "published")} - {"tables.toml"}
    assert set(listed["tables"]) == files
    for table in listed["tables"].values():
        assert set(table["sources"]) <= set(listed["sources"])
        module, _, function = table["function"].partition(".")
        assert callable(getattr(import_module(f"reference_data.{module}"), function))
    assert {source for table in listed["tables"].values() for source in table["sources"]} == set(
        listed["sources"]
    )
