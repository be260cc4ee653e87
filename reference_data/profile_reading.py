"""Referrals from the files of another standard, with every problem of every table, and nothing guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reference_data.cells import CellError
from reference_data.problems import ImportIssue, ImportRejected
from reference_data.profile_files import Cell, StandardFile, StandardRow, read_standard
from reference_data.profile_words import Answer, in_our_words
from reference_data.profiles import ProfileField, Record, load_profile, put_value, record_words, value_in


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileReading:
    """The referrals of a file of the standard, and what was noticed but did no harm."""

    records: tuple[Record, ...]
    warnings: tuple[ImportIssue, ...]


def read_profile(path: Path, profile: str) -> ProfileReading:
    """Return the referrals of a file, folder or zip of another standard.

    Parameters
    ----------
    profile
        The name of a profile, such as ``south-west``.

    Raises
    ------
    ImportRejected
        With every problem of every table; nothing is returned.
    NotFound
        If no profile has that name.
    """
    load_profile(profile)
    found = read_standard(path, profile)
    records = [_record(row, profile, found) for row in found.rows]
    _check_ids(records, found)
    if not found.rows and not found.issues:
        found.issues.append(
            ImportIssue(
                file=path.name,
                row=None,
                column=None,
                rule="no_rows",
                what_to_do="The file has no referrals. Add at least one.",
            )
        )
    if found.issues:
        raise ImportRejected(found.issues)
    warnings = (*found.warnings, *_to_say_more(found.rows, records, profile))
    return ProfileReading(records=tuple(records), warnings=warnings)


def _record(row: StandardRow, profile: str, found: StandardFile) -> Record:
    record: Record = {}
    for entry in load_profile(profile):
        cells = row.cells.get(entry.ours)
        if cells is None:
            continue
        if entry.field.in_list:
            _put_items(record, row, entry, cells, found)
            continue
        answers = [(cell, answer) for cell in cells if cell for answer in [_answer(cell, entry, found)]]
        given = [answer for _, answer in answers if answer is not None]
        if entry.is_list:
            if given and len(given) < len(answers) and entry.says_none:
                advice = f"{entry.says_none} stands beside other answers. Keep one or the other."
                found.issues.append(answers[0][0].issue("contradiction", advice))
            if given or answers:
                put_value(record, entry.field, [answer.value for answer in given])
        elif given:
            put_value(record, given[0].field, given[0].value)
    if "referral_id" not in record and "child_id" in record:
        # One row is one child, so the child's own id is unique where the file names no other.
        record["referral_id"] = record["child_id"]
    return record


def _answer(cell: Cell, entry: ProfileField, found: StandardFile) -> Answer | None:
    try:
        return in_our_words(cell.value, entry)
    except CellError as error:
        found.issues.append(cell.issue(error.rule, error.what_to_do))
        return None


def _put_items(
    record: Record,
    row: StandardRow,
    entry: ProfileField,
    cells: Sequence[Cell | None],
    found: StandardFile,
) -> None:
    items = record.setdefault(entry.field.parent or "", [])
    if items and len(items) != len(cells):
        advice = "Give as many answers here as there are places, separated by ';'."
        column = next((cell.column for cell in cells if cell), entry.column)
        found.issues.append(row.issue(column, "list_lengths_differ", advice))
        return
    while len(items) < len(cells):
        items.append({})
    for item, cell in zip(items, cells, strict=True):
        answer = _answer(cell, entry, found) if cell else None
        if answer is not None:
            item[answer.field.value_name] = answer.value


def _check_ids(records: Sequence[Record], found: StandardFile) -> None:
    for name, rule, advice in (
        ("referral_id", "duplicate_id", "The id is used by an earlier row. Give each its own."),
        ("child_id", "child_twice", "A child has two referrals here; keep the open one."),
    ):
        seen: set[object] = set()
        for row, record in zip(found.rows, records, strict=True):
            value = record.get(name)
            told = {(issue.row, issue.rule) for issue in found.issues}
            if value is None and name == "child_id" and not row.cells.get("child_id"):
                if (row.row, "missing_value") not in told:
                    advice_missing = "Every referral needs the child's id; fill it in."
                    found.issues.append(row.issue("child_id", "missing_value", advice_missing))
            elif value is not None and value in seen and (row.row, "duplicate_id") not in told:
                cells = row.cells.get(name) or row.cells.get("child_id") or [None]
                column = cells[0].column if cells[0] else name
                found.issues.append(row.issue(column, rule, advice))
            seen.add(value)


def _to_say_more(
    rows: Sequence[StandardRow], records: Sequence[Record], profile: str
) -> Iterator[ImportIssue]:
    """Yield what the standard's answers leave open, once a column and not once a child."""
    file = rows[0].file
    for entry in load_profile(profile):
        values = [value_in(record, entry.field) for record in records]
        count = sum(bool(value) for value in values)
        if entry.say_more and count:
            yield _noticed(file, entry.heading, "say_more", f"{entry.say_more} (In {record_words(count)}.)")
        if entry.when:
            when = next(one for one in load_profile(profile) if one.ours == entry.when)
            denied = sum(
                value_in(record, when.field) is False and bool(value)
                for record, value in zip(records, values, strict=True)
            )
            if denied:
                advice = f"The answer here is No and the details are given: check both. (In {record_words(denied)}.)"
                yield _noticed(file, when.heading, "contradiction", advice)
    if any("referral_id" not in row.cells for row in rows):
        advice = "Where no id of the referral is given, the child's id stands for it."
        yield _noticed(file, "Referral ID", "no_referral_id", advice)


def _noticed(file: str, column: str, rule: str, advice: str) -> ImportIssue:
    return ImportIssue(file=file, row=None, column=column, rule=rule, what_to_do=advice)
