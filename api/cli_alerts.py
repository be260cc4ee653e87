"""The commands of the emergency watch's alerts: scan, deliver, list, acknowledge, snooze, recipients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli_options import (
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

if TYPE_CHECKING:
    from api.database.records import Records
    from api.settings import Settings

alerts = typer.Typer(
    help="Alerts of the emergency watch: who is told, and who answers.", no_args_is_help=True
)
AlertId = Annotated[str, typer.Argument(help="The alert's id, as `alerts list` shows it.")]


def _named(authority: str | None, as_user: str | None) -> tuple[str, str]:
    if authority is None or as_user is None:
        raise UsageError("Give --authority CODE, and --as-user NAME for the audit.")
    return authority, as_user


def _unreached(records: Records, authority: str, chosen: Settings) -> tuple[str, ...]:
    from api.alert_policy import alert_policy_of
    from api.services.recipients import roles_unreached

    return roles_unreached(records.alerts_of(authority).reached(), alert_policy_of(chosen))


def _say_unreached(roles: tuple[str, ...]) -> None:
    if roles:
        typer.echo(f"Nobody is recorded for: {', '.join(roles)}. Their alerts reach nobody.", err=True)


@alerts.command()
def scan(
    authority: Authority = None,
    as_user: AsUser = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Look at every stay: raise, escalate and close alerts, and queue whom to tell."""
    from api.auth.roles import Permission
    from api.services.alerts import database_for_alerts, scan_with_settings, writing_records

    code, user = _named(authority, as_user)
    chosen = settings()
    refuse_future(as_of)
    with (
        database_for_alerts(chosen, code) as database,
        writing_records(database, code, user, Permission.IMPORT, dry_run=dry_run) as records,
    ):
        result = scan_with_settings(records, code, as_of=as_of, settings=chosen).as_dict()
        unreached = _unreached(records, code, chosen)
    _say_unreached(unreached)
    if as_json:
        print_json(result)
    else:
        typer.echo(
            f"{result['raised']} raised, {result['escalated']} escalated, {result['closed']} closed, "
            f"{result['open_alerts']} open; {result['messages']} messages to send."
        )


@alerts.command()
def deliver(
    authority: Authority = None,
    as_user: AsUser = None,
    dry_run: DryRun = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many messages.")] = 1000,
    as_of: AsOf = None,  # noqa: ARG001  every command takes it; messages go out by the clock
    as_json: Json = False,
) -> None:
    """Send what waits in the outbox, and report a watch that has not run."""
    from api.alert_policy import alert_policy_of
    from api.outbox import deliver as deliver_messages
    from api.outbox import waiting
    from api.services.alerts import database_for_alerts, reading_records
    from api.services.importing import usable_actor

    code, user = _named(authority, as_user)
    chosen = settings()
    with database_for_alerts(chosen, code) as database:
        with reading_records(database, code, user) as records:
            unreached = _unreached(records, code, chosen)
        if dry_run:
            answer = {"waiting": waiting(database, code)}
        else:
            answer = deliver_messages(
                database,
                code,
                settings=chosen,
                alert_policy=alert_policy_of(chosen),
                actor=usable_actor(user),
                limit=limit,
            ).as_dict()
    _say_unreached(unreached)
    if as_json:
        print_json(answer)
    else:
        typer.echo(", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in answer.items()))


@alerts.command("list")
def list_alerts(
    authority: Authority = None,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_of: AsOf = None,  # noqa: ARG001  every command takes it; the list is what stands now
    as_json: Json = False,
) -> None:
    """The open alerts, with who was told and who answered."""
    from api.services.alerts import alerts_listed
    from api.services.stored import stored_records
    from sufficiency.emergency_rules import worst_first

    if authority is None:
        raise UsageError("Give --authority CODE.")
    with stored_records(settings().database_url, authority) as records:
        found = alerts_listed(records, authority, only_open=not everything)
    if as_json:
        print_json({"alerts": found})
        return
    if not found:
        typer.echo("No alert is open.")
    for alert in sorted(found, key=lambda one: worst_first([(one["rule"], one["outcome"])])):
        answered = (
            f"acknowledged by {alert['acknowledged_by']}" if alert["acknowledged_by"] else "not acknowledged"
        )
        typer.echo(f"{alert['alert_id']}  {alert['outcome']}  {alert['step']}  {answered}")
        typer.echo(f"  {alert['text']}")


@alerts.command()
def ack(
    note: Annotated[str, typer.Option("--note", help="What is being done.")],
    alert_id: Annotated[
        str | None, typer.Argument(help="The alert's id, as `alerts list` shows it; or give --child.")
    ] = None,
    child: Annotated[
        str | None, typer.Option("--child", metavar="ID", help="Every open alert of one child instead.")
    ] = None,
    authority: Authority = None,
    as_user: AsUser = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,  # noqa: ARG001  every command takes it; an answer is given now
    as_json: Json = False,
) -> None:
    """Acknowledge an alert, or all of a child, with a note. Each stays open until a record closes it."""
    from api.auth.roles import Permission
    from api.services.alerts import acknowledge, acknowledge_child, database_for_alerts, writing_records

    code, user = _named(authority, as_user)
    if (alert_id is None) == (child is None):
        raise UsageError("Give the id of an alert, or --child ID for all of a child's.")
    with (
        database_for_alerts(settings(), code) as database,
        writing_records(database, code, user, Permission.ANSWER_ALERTS, dry_run=dry_run) as records,
    ):
        if child is not None:
            now_open = records.alerts_of(code).alerts(only_open=True)
            found = acknowledge_child(
                records, code, child, note, {one.alert_id: one.step for one in now_open}
            ).acknowledged
        else:
            found = (acknowledge(records, code, str(alert_id), note),)
    if as_json:
        told = [alert.as_dict() for alert in found]
        print_json({"acknowledged": told} if child is not None else told[0])
        return
    for alert in found:
        typer.echo(f"Acknowledged: {alert.alert_id}, step {alert.step}.")


@alerts.command()
def snooze(
    alert_id: AlertId,
    hours: Annotated[int, typer.Option("--hours", min=1, help="How long to put off the escalation.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    authority: Authority = None,
    as_user: AsUser = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,  # noqa: ARG001  every command takes it; an answer is given now
    as_json: Json = False,
) -> None:
    """Put off an alert's escalation, with a reason, and never past the day it names."""
    from api.alert_policy import alert_policy_of
    from api.auth.roles import Permission
    from api.services.alerts import database_for_alerts, writing_records
    from api.services.alerts import snooze as snooze_alert

    code, user = _named(authority, as_user)
    chosen = settings()
    with (
        database_for_alerts(chosen, code) as database,
        writing_records(database, code, user, Permission.ANSWER_ALERTS, dry_run=dry_run) as records,
    ):
        alert = snooze_alert(
            records, code, alert_id, hours=hours, reason=reason, policy=alert_policy_of(chosen)
        ).as_dict()
    if as_json:
        print_json(alert)
    else:
        typer.echo(f"Put off until {alert['snoozed_until']}.")


@alerts.command()
def recipients(
    add: Annotated[
        tuple[str, str, str] | None,
        typer.Option(
            "--add",
            metavar="ROLE CHANNEL ADDRESS",
            help="Tell a role there too (email, webhook, notify, in_app, file).",
        ),
    ] = None,
    hours: Annotated[str, typer.Option("--hours", help="any, office or out_of_hours.")] = "any",
    drop: Annotated[
        str | None, typer.Option("--drop", metavar="ID", help="Tell this one nothing any more.")
    ] = None,
    authority: Authority = None,
    as_user: AsUser = None,
    dry_run: DryRun = False,
    as_of: AsOf = None,  # noqa: ARG001  every command takes it; recipients have no date
    as_json: Json = False,
) -> None:
    """Who is told: list, add or drop the places where each role is reached."""
    from api.alert_policy import alert_policy_of
    from api.auth.roles import Permission
    from api.services.alerts import database_for_alerts, writing_records
    from api.services.recipients import add_recipient, drop_recipient, roles_unreached

    code, user = _named(authority, as_user)
    chosen = settings()
    with (
        database_for_alerts(chosen, code) as database,
        writing_records(database, code, user, Permission.SET_RECIPIENTS, dry_run=dry_run) as records,
    ):
        if add is not None:
            role, channel, address = add
            add_recipient(
                records,
                code,
                role=role,
                channel=channel,
                address=address,
                hours=hours,
                policy=alert_policy_of(chosen),
                base_url=chosen.base_url,
            )
        if drop is not None:
            drop_recipient(records, code, drop)
        found = records.alerts_of(code).recipients()
        reached = records.alerts_of(code).reached()
    unreached = roles_unreached(reached, alert_policy_of(chosen))
    if as_json:
        rows = [{name: getattr(one, name) for name in one.__slots__} for one in found]
        print_json({"recipients": rows, "roles_without_recipient": list(unreached)})
        return
    for one in found:
        typer.echo(f"{one.recipient_id}  {one.role}  {one.channel}  {one.address}  {one.hours}")
    if unreached:
        typer.echo(f"Nobody is recorded for: {', '.join(unreached)}.")
