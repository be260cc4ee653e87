"""The council's action plan: milestones with owners and dates, and how many are on track, counted and never typed.

The file is TOML: ``[[milestones]]`` each with ``number``, ``text``, ``owner``, ``due``, ``status`` and, where wanted,
``impact``, ``evidence`` and ``opens_home`` (the id of a planned home that it brings).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from matching.home import Home
from reference_data.problems import ImportIssue, ImportRejected

STATUSES = ("complete", "on_track", "at_risk", "late", "not_started")
ON_TRACK = frozenset({"complete", "on_track"})
_KEYS = ("number", "text", "owner", "due", "status", "impact", "evidence", "opens_home")
_NEEDED = ("number", "text", "owner", "due", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One promised step.

    Parameters
    ----------
    status
        One of ``STATUSES``, as its owner says.
    impact
        What it should change, and how that is measured.
    evidence
        What shows that it is done.
    opens_home
        The planned home that it brings, by its id in the list of homes.
    """

    number: str
    text: str
    owner: str
    due: date
    status: str
    impact: str = ""
    evidence: str = ""
    opens_home: str = ""

    def contradiction(self, on: date, homes: Mapping[str, Home]) -> str:
        """Return what in the records speaks against the milestone, or an empty text."""
        if self.status in ON_TRACK and self.status != "complete" and self.due < on:
            return f"said to be on track, and was due on {self.due:%-d %B %Y}"
        if self.status == "complete" and not self.evidence:
            return "said to be complete, and no evidence is recorded"
        if self.opens_home:
            home = homes.get(self.opens_home)
            if home is None:
                return f"the home {self.opens_home} is not in the list of homes, so the forecast does not count it"
            if home.opens_on is not None and home.opens_on > self.due:
                return f"the home opens on {home.opens_on:%-d %B %Y} by the list of homes, after the milestone is due"
        return ""


def on_track_percent(milestones: Sequence[Milestone]) -> Decimal | None:
    """Return the share of milestones that are complete or on track, to one decimal; ``None`` where there are none."""
    if not milestones:
        return None
    good = sum(one.status in ON_TRACK for one in milestones)
    return (Decimal(100 * good) / len(milestones)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def read_action_plan(path: str | Path) -> tuple[Milestone, ...]:
    """Return the milestones of a TOML file, in its order.

    Raises
    ------
    ImportRejected
        If the file cannot be read, a key is unknown or missing, a value is of the wrong kind, or a number comes twice;
        every problem is listed.
    """
    path = Path(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ImportRejected(
            [_issue(path, None, "file_missing", "There is no such file. Check the path.")]
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise ImportRejected([_issue(path, None, "not_a_plan", "The file is not valid TOML.")]) from None
    rows = values.get("milestones")
    if (
        set(values) - {"milestones"}
        or not isinstance(rows, list)
        or not all(isinstance(row, dict) for row in rows)
    ):
        raise ImportRejected([_issue(path, None, "not_a_plan", "Write each milestone as [[milestones]].")])
    issues: list[ImportIssue] = []
    found: list[Milestone] = []
    seen: set[str] = set()
    for position, row in enumerate(rows, start=1):
        wrong = problems_of_milestone(row, seen)
        issues += [_issue(path, position, rule, what) for rule, what in wrong]
        if not wrong:
            seen.add(str(row["number"]))
            texts: dict[str, Any] = {key: str(value).strip() for key, value in row.items() if key != "due"}
            found.append(Milestone(due=row["due"], **texts))
    if issues:
        raise ImportRejected(issues)
    return tuple(found)


def problems_of_milestone(
    row: Mapping[str, object], seen: AbstractSet[str] = frozenset()
) -> list[tuple[str, str]]:
    """Return what is wrong with the values of a milestone: a rule and what to do, for each.

    Parameters
    ----------
    seen
        Numbers of the milestones before it.
    """
    wrong: list[tuple[str, str]] = []
    if unknown := sorted(set(row) - set(_KEYS)):
        wrong.append(("unknown_key", f"A milestone has only: {', '.join(_KEYS)}; not {unknown[0]}."))
    if missing := [key for key in _NEEDED if not str(row.get(key, "")).strip()]:
        wrong.append(("missing_key", f"Give the milestone its {', '.join(missing)}."))
    due = row.get("due")
    if due is not None and (not isinstance(due, date) or isinstance(due, datetime)):
        wrong.append(("due", "Write due as a date without quotes, YYYY-MM-DD."))
    if "status" in row and row["status"] not in STATUSES:
        wrong.append(("status", f"A status is one of: {', '.join(STATUSES)}."))
    if str(row.get("number")) in seen:
        wrong.append(("repeated_number", "Give each milestone a number of its own."))
    return wrong


def _issue(path: Path, row: int | None, rule: str, what_to_do: str) -> ImportIssue:
    return ImportIssue(file=path.name, row=row, column=None, rule=rule, what_to_do=what_to_do)
