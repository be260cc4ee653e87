"""The commands on retention: ``righthome retention run | hold | release | holds``."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli_options import (
    AsOf,
    AsUser,
    Authority,
    DryRun,
    Json,
    UsageError,
    print_json,
    settings,
    today,
)

retention = typer.Typer(help="Deleting what is past its time.", no_args_is_help=True)
Child = Annotated[str, typer.Argument(metavar="CHILD", help="The child's pseudonymous id.")]


@retention.command()
def run(
    authority: Authority = None,
    as_user: AsUser = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Delete what is past its time by the council's rules. With --dry-run only say what would go."""
    from api.retention_policy import retention_policy_of
    from api.services.retention import apply_retention

    code, user = _named(authority, as_user)
    chosen = settings()
    if as_of is not None and as_of > today():
        raise UsageError("Records are kept until their day has come: give --as-of today or earlier.")
    result = apply_retention(
        chosen.database_url,
        code,
        user,
        as_of=as_of or today(),
        policy=retention_policy_of(chosen),
        dry_run=dry_run,
    )
    if as_json:
        print_json(result.as_dict())
        return
    for kind, ids in result.deleted.items():
        name = kind.replace("_", " ")
        typer.echo(f"{len(ids):,} {name} {'would be' if dry_run else 'were'} deleted.")
        if dry_run:
            for record_id in ids:
                typer.echo(f"  {record_id}")
        if result.held_back[kind]:
            typer.echo(f"  {len(result.held_back[kind]):,} more are held back.")


@retention.command()
def hold(
    child: Child,
    reason: Annotated[str, typer.Option("--reason", help="Why, such as the name of an inquiry.")],
    authority: Authority = None,
    as_user: AsUser = None,
    as_json: Json = False,
) -> None:
    """Keep a child's records from deletion."""
    from api.services.retention import hold as hold_records

    code, user = _named(authority, as_user)
    hold_records(settings().database_url, code, user, child, reason)
    _done(child, "held", as_json)


@retention.command()
def release(child: Child, authority: Authority = None, as_user: AsUser = None, as_json: Json = False) -> None:
    """Hold a child's records no longer."""
    from api.services.retention import release as release_records

    code, user = _named(authority, as_user)
    release_records(settings().database_url, code, user, child)
    _done(child, "released", as_json)


@retention.command("holds")
def list_holds(authority: Authority = None, as_user: AsUser = None, as_json: Json = False) -> None:
    """Whose records are held, by whom and why."""
    from api.services.retention import holds

    code, user = _named(authority, as_user)
    found = holds(settings().database_url, code, user)
    if as_json:
        print_json(
            [
                {
                    "child_id": one.child_id,
                    "reason": one.reason,
                    "held_by": one.held_by,
                    "held_at": one.held_at.isoformat(),
                }
                for one in found
            ]
        )
        return
    for one in found:
        typer.echo(f"{one.child_id}: {one.reason} ({one.held_by})")


def _named(authority: str | None, as_user: str | None) -> tuple[str, str]:
    if authority is None or as_user is None:
        raise UsageError("Give --authority CODE, and --as-user NAME for the audit.")
    return authority, as_user


def _done(child: str, what: str, as_json: bool) -> None:
    if as_json:
        print_json({"child_id": child, "done": what})
    else:
        typer.echo(f"The records of {child} are {what}.")
