"""The commands on the stored records: import, export, and the database itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli_options import (
    EXIT_INPUT,
    AsOf,
    AsUser,
    Authority,
    DryRun,
    Json,
    UsageError,
    print_json,
    refuse_future,
    settings,
)


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this page to the application."""
    app.command("import")(import_records)
    app.command("export")(export_records)
    app.add_typer(database, name="database")


KINDS = ("homes", "referrals", "returns", "stays")
Profile = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", help="For referrals: another standard's layout (south-west)."),
]


def import_records(
    kind: Annotated[str, typer.Argument(help="homes, referrals, returns or stays.")],
    path: Annotated[Path, typer.Argument(help="A file, or for returns and profiles a folder or zip.")],
    profile: Profile = None,
    authority: Authority = None,
    as_user: AsUser = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Import records into the database: all of a file or nothing of it.

    A dry run with a profile and --json prints the referrals that the file would become.
    """
    from api.services.importing import import_file

    url, code, user = _asked(kind, profile, authority, as_user, "import")
    refuse_future(as_of)
    result = import_file(
        url,
        kind,
        path,
        authority=code,
        as_user=user,
        dry_run=dry_run,
        profile=profile,
        as_of=as_of,
        settings=settings(),
    ).as_dict()
    if as_json:
        print_json(result)
    else:
        done = "would be" if dry_run else "were"
        for name, count in result["counts"].items():
            typer.echo(f"{count:,} {kind} {done} {name}.")
        for warning in result["warnings"]:
            typer.echo(f"Noticed: {warning}")


def export_records(
    kind: Annotated[
        str,
        typer.Argument(
            help="homes, referrals, returns or stays; or child, with --child: one child's records."
        ),
    ],
    path: Annotated[
        Path,
        typer.Argument(
            help="A file ending in .csv, .xlsx or .json (profiles: .zip too); for returns a new folder or a .zip."
        ),
    ],
    profile: Profile = None,
    child: Annotated[
        str | None, typer.Option("--child", metavar="ID", help="For child: whose records, into a .json file.")
    ] = None,
    authority: Authority = None,
    as_user: AsUser = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a file that is there already.")] = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,  # noqa: ARG001  every command takes it; an export writes facts, not answers
    as_json: Json = False,
) -> None:
    """Export an authority's records into a file that reads back as the same records.

    With child and --child ID: everything kept about one child, for a subject-access request.
    """
    from api.services.exporting import export_file

    if (kind == "child") != (child is not None):
        raise UsageError("Give --child ID with the kind child, and only with it.")
    if path.is_file() and not replace:
        raise UsageError("A file of this name is there already. Give another name, or --replace.")
    if child is not None:
        _export_child(path, child, authority, as_user, dry_run=dry_run, as_json=as_json)
        return
    url, code, user = _asked(kind, profile, authority, as_user, "export")
    result = export_file(
        url, kind, path, authority=code, as_user=user, dry_run=dry_run, profile=profile
    ).as_dict()
    if as_json:
        print_json(result)
    else:
        what = "files of returns" if kind == "returns" else kind
        typer.echo(f"{result['count']:,} {what} {'would be' if dry_run else 'were'} written.")
        for note in result["notes"]:
            typer.echo(f"Note: {note}")


def _export_child(
    path: Path, child: str, authority: str | None, as_user: str | None, *, dry_run: bool, as_json: bool
) -> None:
    from api.services.child_export import export_child

    if authority is None or as_user is None:
        raise UsageError("An export needs --authority CODE and --as-user NAME for the audit.")
    counts = export_child(settings().database_url, path, child, authority, as_user, dry_run=dry_run)
    if as_json:
        print_json({"child_id": child, "file": path.name, "dry_run": dry_run, "counts": counts})
    else:
        rows = sum(counts.values())
        typer.echo(f"{rows:,} rows about {child} {'would be' if dry_run else 'were'} written.")


def _asked(
    kind: str, profile: str | None, authority: str | None, as_user: str | None, action: str
) -> tuple[str, str, str]:
    """Return the database's address, the authority and the user, or refuse the arguments."""
    if kind not in KINDS:
        raise UsageError(f"{action.capitalize()} one of: {', '.join(KINDS)}.")
    if profile is not None and kind != "referrals":
        raise UsageError("A profile is for referrals only.")
    if authority is None or as_user is None:
        raise UsageError(f"An {action} needs --authority CODE and --as-user NAME for the audit.")
    return settings().database_url, authority, as_user


database = typer.Typer(help="The database's tables.", no_args_is_help=True)


@database.command()
def upgrade(as_json: Json = False) -> None:
    """Bring the tables to this version."""
    _migrated("upgrade", as_json)


@database.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="The revision to go back to, or 'base'.")],
    as_json: Json = False,
) -> None:
    """Take the tables back to an earlier revision."""
    _migrated("downgrade", as_json, revision)


@database.command()
def check(as_json: Json = False) -> None:
    """Say whether the tables are at this version."""
    _migrated("check", as_json)


def _migrated(action: str, as_json: bool, *arguments: str) -> None:
    from api.database import migrate

    result = getattr(migrate, action)(settings().database_url, *arguments)
    answer = result.as_dict()
    if as_json:
        print_json(answer)
    else:
        typer.echo(result.sentence)
    if answer.get("whole") is False:
        # A script must see that the database cannot be used as it is.
        raise typer.Exit(EXIT_INPUT)
