"""The commands on the audit: ``righthome audit verify | list | export``."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli_options import (
    EXIT_INPUT,
    AsUser,
    Authority,
    Json,
    UsageError,
    british_or_iso,
    print_json,
    settings,
)

audit = typer.Typer(help="Who did what, in a chain that shows tampering.", no_args_is_help=True)
Actor = Annotated[str | None, typer.Option("--actor", help="Only what this name did.")]
Action = Annotated[str | None, typer.Option("--action", help="Only this kind of thing, such as viewed.")]
Subject = Annotated[str | None, typer.Option("--subject", metavar="ID", help="Only about this record.")]
Since = Annotated[
    date | None, typer.Option("--from", parser=british_or_iso, metavar="DATE", help="The first day.")
]
Until = Annotated[
    date | None, typer.Option("--to", parser=british_or_iso, metavar="DATE", help="The last day.")
]


@audit.command()
def verify(
    last_known: Annotated[
        str | None,
        typer.Option(
            "--last-known", metavar="DIGEST", help="A digest kept elsewhere that must still be there."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Walk the whole chain; a broken one leaves with 3 and names the first entry that does not follow."""
    from api.services.audit_trail import verify_audit

    found = verify_audit(settings().database_url, last_known=last_known)
    if as_json:
        print_json(found.as_dict())
    else:
        typer.echo(found.sentence)
    if not found.whole:
        # A script must see it.
        raise typer.Exit(EXIT_INPUT)


@audit.command("list")
def list_entries(
    authority: Authority = None,
    as_user: AsUser = None,
    actor: Actor = None,
    action: Action = None,
    subject: Subject = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many of the newest.")] = 50,
    as_json: Json = False,
) -> None:
    """The newest entries of one council, newest first."""
    from api.services.audit_trail import list_audit

    code, user = _named(authority, as_user)
    found = list_audit(
        settings().database_url, code, user, limit=limit, **_wanted(actor, action, subject, since, until)
    )
    if as_json:
        print_json([entry.as_dict() for entry in found])
        return
    for entry in found:
        about = f" {entry.subject_kind} {entry.subject_id}" if entry.subject_id else ""
        typer.echo(f"{entry.sequence} {entry.at} {entry.actor}: {entry.action}{about}")


@audit.command()
def export(
    path: Annotated[Path, typer.Argument(help="A file ending in .csv or .json.")],
    authority: Authority = None,
    as_user: AsUser = None,
    actor: Actor = None,
    action: Action = None,
    subject: Subject = None,
    since: Since = None,
    until: Until = None,
    as_json: Json = False,
) -> None:
    """Every entry of one council that fits, into a file that only its owner may read; itself audited."""
    from api.services.audit_trail import export_audit

    code, user = _named(authority, as_user)
    count = export_audit(
        settings().database_url, code, user, path, **_wanted(actor, action, subject, since, until)
    )
    if as_json:
        print_json({"file": path.name, "authority": code, "count": count})
    else:
        typer.echo(f"{count:,} entries were written.")


def _named(authority: str | None, as_user: str | None) -> tuple[str, str]:
    if authority is None or as_user is None:
        raise UsageError("Give --authority CODE, and --as-user NAME for the audit.")
    return authority, as_user


def _wanted(
    actor: str | None, action: str | None, subject: str | None, since: date | None, until: date | None
) -> dict[str, Any]:
    return {
        "actor": actor,
        "action": action,
        "subject_id": subject,
        "since": datetime.combine(since, time.min, UTC) if since else None,
        "until": datetime.combine(until + timedelta(days=1), time.min, UTC) if until else None,
    }
