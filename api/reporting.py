"""What ``righthome report`` is made from, and which kind of file it becomes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from reference_data.problems import ImportIssue, ImportRejected, InvalidInput

if TYPE_CHECKING:
    from api.database.records import Records
    from sufficiency.annual_report import ReportQuestion
    from sufficiency.report import Report

KINDS = (".pdf", ".docx", ".xlsx", ".html", ".json")
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_COUNCIL_KEYS = ("name", "colour", "written")


def write_report(report: Report, out: Path) -> None:
    """Write a report as the kind of file its name says; one that is there already is never overwritten.

    Raises
    ------
    InvalidInput
        If the kind is not one the report can be, or the file exists.
    """
    check_out(out)
    kind = out.suffix.lower()
    if kind == ".pdf":
        from api.reports.pdf import write_pdf as write
    elif kind == ".docx":
        from api.reports.word import write_word as write
    elif kind == ".xlsx":
        from api.reports.excel import write_excel as write
    elif kind == ".html":
        from api.reports.page import write_page as write
    else:
        import json

        out.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=2), encoding="utf-8")
        return
    write(report, out)


def report_bytes(report: Report, kind: str) -> bytes:
    """Return a report as the content of a file of a kind, such as ``.pdf``."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / f"report{kind}"
        write_report(report, out)
        return out.read_bytes()


def check_out(out: Path) -> None:
    """Refuse a file that cannot be written before anything is worked out.

    Raises
    ------
    InvalidInput
        If its kind is unknown, its folder is not there, or it exists.
    """
    if out.suffix.lower() not in KINDS:
        raise InvalidInput("report_kind", f"Name a file ending in {', '.join(KINDS)}.")
    if not out.parent.is_dir():
        raise InvalidInput("no_folder", "The folder of the report does not exist.")
    if out.exists():
        raise InvalidInput(
            "report_exists", "There is a file of that name. A report is kept and never overwritten."
        )


def report_of_files(
    *,
    returns: Path,
    year: int,
    homes: Path | None,
    referrals: Path | None,
    enquiries: Path | None,
    stays: Path | None,
    stays_from: date | None,
    actions: Path | None,
    plan: Path | None,
    targets: Path | None,
    council: Path | None,
    authority: str | None,
    as_of: date,
    yearly_budget_pence: int | None,
    runs: int,
    seed: int,
    step: Callable[[str], None],
) -> Report:
    """Return the report made from files.

    Raises
    ------
    ImportRejected
        If any file cannot be used; the problems of every file are listed together.
    """
    from api.indicators import read_targets
    from matching.files import read_homes, read_referrals
    from sufficiency.action_plan import read_action_plan
    from sufficiency.annual_report import ReportQuestion, annual_report
    from sufficiency.enquiries import read_enquiries
    from sufficiency.files import read_actions, read_returns
    from sufficiency.stay_files import read_stays

    issues: list[ImportIssue] = []

    def read(reader: Callable[[Path], Any], path: Path | None) -> Any:
        try:
            return None if path is None else reader(path)
        except ImportRejected as rejected:
            issues.extend(rejected.issues)
            return None

    def records(reader: Callable[[Path], Any], path: Path | None) -> Any:
        found = read(reader, path)
        return found[0] if found else ()

    step("Reading files")
    found_returns = read(read_returns, returns)
    given: dict[str, Any] = {
        "homes": records(read_homes, homes),
        "referrals": records(read_referrals, referrals),
        "enquiries": records(read_enquiries, enquiries),
        "stays": records(read_stays, stays),
        "milestones": read(read_action_plan, plan) or (),
        "targets": read(read_targets, targets) or {},
        **(read(read_council, council) or {}),
    }
    found_actions = read(read_actions, actions)
    if issues:
        raise ImportRejected(issues)
    if found_actions is not None:
        given["actions"] = found_actions
    question = ReportQuestion(
        year=year,
        made_on=as_of,
        authority=authority,
        stays_from=stays_from,
        yearly_budget_pence=yearly_budget_pence,
        runs=runs,
        seed=seed,
        **given,
    )
    return annual_report(found_returns, question, step=step)


def report_of_records(
    authority: str, *, year: int, as_of: date, runs: int, seed: int, step: Callable[[str], None]
) -> Report:
    """Return the report made from one council's stored records and what it wrote itself, as the pages make it.

    Raises
    ------
    NotFound
        If there is no database, or no authority of that code.
    NotEnoughData
        If no return is stored.
    """
    from api.services.analyses import ReportSettings
    from api.services.analysis_inputs import report_question
    from api.services.stored import stored_of
    from sufficiency.annual_report import annual_report

    step("Reading the records")
    with stored_of(authority) as (records, policy):
        returns = records.returns()
        question = report_question(
            records.for_everybody(),
            authority,
            as_of,
            ReportSettings(year=year, runs=runs, seed=seed),
            policy=policy,
        )
    return annual_report(returns, question, step=step)


def question_of_records(
    records: Records, authority: str, asked: Mapping[str, Any], *, made_on: date
) -> ReportQuestion:
    """Return what a report asks of a council's stored records and of what the council wrote itself.

    Stays are taken as complete from the day named, or from the day that the council wrote. A name and paragraphs given
    with the question stand in place of those the council wrote.
    """
    from api.services.analyses import ReportSettings
    from api.services.analysis_inputs import report_question

    question = report_question(
        records,
        authority,
        made_on,
        ReportSettings(year=asked["year"], runs=asked["runs"], seed=asked["seed"]),
    )
    return replace(
        question,
        council=asked["council"] or question.council,
        written={**question.written, **asked["written"]},
        stays_from=date.fromisoformat(asked["stays_from"]) if asked["stays_from"] else question.stays_from,
    )


def read_council(path: Path) -> dict[str, Any]:
    """Return a council's name, colour and paragraphs from a TOML file.

    ``name``, ``colour`` (``#rrggbb``), and a table ``[written]`` with one text or a list of texts for each section's key.

    Raises
    ------
    ImportRejected
        If the file cannot be read, or a value is of the wrong kind.
    """

    def rejected(rule: str, what_to_do: str) -> ImportRejected:
        return ImportRejected(
            [ImportIssue(file=path.name, row=None, column=None, rule=rule, what_to_do=what_to_do)]
        )

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise rejected("file_missing", "There is no such file. Check the path.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise rejected("not_a_council", "The file is not valid TOML.") from None
    if set(values) - set(_COUNCIL_KEYS):
        raise rejected("unknown_key", f"The file has only: {', '.join(_COUNCIL_KEYS)}.")
    found: dict[str, Any] = {}
    if "name" in values:
        found["council"] = str(values["name"])
    if "colour" in values:
        if not _COLOUR.fullmatch(str(values["colour"])):
            raise rejected("colour", "Write the colour as #rrggbb.")
        found["colour"] = str(values["colour"])
    written = values.get("written", {})
    if not isinstance(written, dict):
        raise rejected("written", "Write a table [written] with a text for each section.")
    found["written"] = {
        str(key): [str(one) for one in (text if isinstance(text, list) else [text])]
        for key, text in written.items()
    }
    return found
