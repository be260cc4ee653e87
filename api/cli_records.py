"""Referrals and homes for a command: from two files, or from the database; and what was noticed in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.cli_options import UsageError
from reference_data.problems import ImportIssue, ImportRejected

if TYPE_CHECKING:
    from matching.home import Home
    from matching.referral import Referral


def referrals_and_homes(
    referrals: Path | None,
    homes: Path | None,
    authority: str | None,
    named: str,
    *,
    may_be_empty: bool = False,
) -> tuple[tuple[Referral, ...], tuple[Home, ...], tuple[str, ...]]:
    """Return records from two files, or from the database when neither file is named."""
    if referrals is None and homes is None:
        from api.services.stored import stored_referrals_and_homes

        if authority is None:
            raise UsageError(f"Give --homes and {named}, or --authority to use the database.")
        return (*stored_referrals_and_homes(authority), ())
    if referrals is None or homes is None:
        raise UsageError(f"Give both --homes and {named}.")
    return _read_both(referrals, homes, may_be_empty=may_be_empty)


def _read_both(
    referrals: Path, homes: Path, *, may_be_empty: bool
) -> tuple[tuple[Referral, ...], tuple[Home, ...], tuple[str, ...]]:
    from matching.files import read_homes, read_referrals

    issues: list[ImportIssue] = []
    found: list[Any] = [(), ()]
    warnings: list[str] = []
    readers: tuple[Callable[[], Any], ...] = (
        lambda: read_referrals(referrals, require_rows=not may_be_empty),
        lambda: read_homes(homes),
    )
    for position, read in enumerate(readers):
        try:
            found[position], noticed = read()
            warnings += warning_sentences(noticed)
        except ImportRejected as rejected:
            issues += rejected.issues
    if issues:
        raise ImportRejected(issues)
    return found[0], found[1], tuple(warnings)


def warning_sentences(noticed: Iterable[ImportIssue]) -> list[str]:
    """Return what was noticed in files and did no harm, as sentences for the evidence."""
    return [f"{issue.file}: {issue.column or 'file'}: {issue.what_to_do}" for issue in noticed]


def with_warnings(answer: dict[str, Any], warnings: tuple[str, ...]) -> dict[str, Any]:
    """Return an answer whose evidence also holds these warnings."""
    answer["evidence"]["warnings"] = [*answer["evidence"]["warnings"], *warnings]
    return answer
