"""The errors of Righthome, and the problem lists that readers of files return.

Every error names a rule and says what to do. None repeats a value from a record: a message may
reach a log or a screen, and the values are about children. How an error becomes an HTTP status
or an exit code is decided in ``api``, not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field


class RighthomeError(Exception):
    """The base of every error Righthome raises on purpose.

    Parameters
    ----------
    code
        A short stable name in snake_case that a program can test.
    message
        One or two plain sentences: what is wrong and what to do.
    context
        Names and counts only (file, column, ids of homes), never a child's data.
    """

    def __init__(
        self, code: str, message: str, context: Mapping[str, str | int | float | None] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.context = dict(context or {})


class InvalidInput(RighthomeError):
    """An argument or a record that cannot be used."""


class NotFound(RighthomeError):
    """There is no such record, or the caller may not know that there is."""


class NotPermitted(RighthomeError):
    """The caller may know of the record but may not do this to it."""


class Conflict(RighthomeError):
    """Somebody changed the record first, or the same thing is already promised."""


class NotEnoughData(RighthomeError):
    """The input is well formed but too little to answer from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportIssue:
    """One problem in one place of a file.

    Parameters
    ----------
    file
        The file's name, without its folder.
    row
        The row as a person counts it (a header is row 1; items of a JSON list start at 1), or
        ``None`` when the whole file is meant.
    column
        The column's name, or ``None`` when the whole row is meant.
    rule
        The broken rule, in snake_case.
    what_to_do
        A plain sentence. It never repeats the value found.
    """

    file: str
    row: int | None
    column: str | None
    rule: str
    what_to_do: str

    def as_dict(self) -> dict[str, str | int | None]:
        """Return the issue as the contract's ``problems`` entry."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What a reader noticed in files it could use: warnings, never errors."""

    warnings: tuple[ImportIssue, ...] = field(default=())

    def __add__(self, other: ImportReport) -> ImportReport:
        return ImportReport(warnings=self.warnings + other.warnings)


class ImportRejected(InvalidInput):
    """A file that cannot be used, with every problem found in it."""

    def __init__(self, issues: Iterable[ImportIssue]) -> None:
        self.issues = tuple(issues)
        files = sorted({issue.file for issue in self.issues})
        count = len(self.issues)
        super().__init__(
            "import_rejected",
            f"{count} problem{'' if count == 1 else 's'} in {', '.join(files)}; nothing was used.",
            {"problems": count},
        )
