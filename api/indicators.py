"""What ``righthome indicators`` is asked, from the files a caller names: problems of all files are listed together."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from reference_data.problems import ImportIssue, ImportRejected
from reference_data.tables import RecordTable, Row, read_records


def indicators_answer(
    *,
    returns: Path,
    at: date,
    rolling: bool,
    targets: Path | None,
    homes: Path | None,
    enquiries: Path | None,
    referrals: Path | None,
    notices: Path | None,
    meetings: Path | None,
    authority: str | None,
    count_temporary: bool,
    points: bool,
    with_children: bool,
    as_of: date,
) -> dict[str, Any]:
    """Return the indicators, with what the readers noticed among the warnings.

    Raises
    ------
    ImportRejected
        If any file cannot be used; the problems of every file are listed together.
    """
    from matching.files import read_homes, read_referrals
    from sufficiency.enquiries import placements_made, read_enquiries
    from sufficiency.files import read_returns
    from sufficiency.indicators import IndicatorQuestion, indicators_of
    from sufficiency.stability_watch import meeting_of, notice_of

    issues: list[ImportIssue] = []
    warnings: list[str] = []

    def read(reader: Callable[[Path], Any], path: Path | None) -> Any:
        try:
            return None if path is None else reader(path)
        except ImportRejected as rejected:
            issues.extend(rejected.issues)
            return None

    found_returns = read(read_returns, returns)
    found_homes = read(read_homes, homes)
    found_enquiries = read(read_enquiries, enquiries)
    found_referrals = read(read_referrals, referrals)
    found_notices = read(lambda path: read_records(path, "notice"), notices)
    found_meetings = read(lambda path: read_records(path, "stability_meeting"), meetings)
    found_targets = read(read_targets, targets)
    if issues:
        raise ImportRejected(issues)
    for found in (found_homes, found_enquiries, found_referrals):
        if found is not None:
            warnings += [f"{one.file}: {one.column or 'file'}: {one.what_to_do}" for one in found[1]]
    if found_homes is not None and as_of != at:
        warnings.append(
            f"The homes are as given on {as_of.isoformat()}, and not as they were on the night counted."
        )
    given_enquiries = found_enquiries[0] if found_enquiries else ()
    given_referrals = found_referrals[0] if found_referrals else ()
    answer = indicators_of(
        found_returns,
        IndicatorQuestion(
            at=at,
            rolling=rolling,
            authority=authority,
            count_temporary=count_temporary,
            targets=found_targets or {},
            amber_points=points,
            homes=found_homes[0] if found_homes else (),
            enquiries=given_enquiries,
            referrals=given_referrals,
            placements=placements_made(given_enquiries, given_referrals),
            with_children=with_children,
            notices=[notice_of(row.values) for row in _rows(found_notices)],
            meetings=[meeting_of(row.values) for row in _rows(found_meetings)],
        ),
    )
    answer["evidence"]["warnings"] += warnings
    return answer


def _rows(table: RecordTable | None) -> tuple[Row, ...]:
    return () if table is None else table.rows


def read_targets(path: Path) -> dict[str, Decimal]:
    """Return the targets of a TOML file: ``[targets]`` with a percentage, or days, for each indicator named.

    Raises
    ------
    ImportRejected
        If the file cannot be read, or a target is no number of 0 or more.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise _rejected(path, "file_missing", "There is no such file. Check the path.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise _rejected(path, "not_targets", "The file is not valid TOML.") from None
    targets = values.get("targets")
    if set(values) != {"targets"} or not isinstance(targets, dict):
        raise _rejected(path, "not_targets", "Write a table [targets] with a number for each indicator.")
    from sufficiency.indicators import definitions

    known = {definition.id for definition in definitions()}
    for name, value in targets.items():
        if name not in known:
            raise _rejected(
                path, "unknown_indicator", f"No indicator is called so; they are: {', '.join(sorted(known))}."
            )
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise _rejected(path, "target", f"The target of {name} must be a number of 0 or more.")
    return {str(name): Decimal(str(value)) for name, value in targets.items()}


def _rejected(path: Path, rule: str, what_to_do: str) -> ImportRejected:
    return ImportRejected(
        [ImportIssue(file=path.name, row=None, column=None, rule=rule, what_to_do=what_to_do)]
    )
