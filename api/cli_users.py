"""The commands on people: ``righthome users list | add | change | disable | enable | reset``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api.cli_options import AsUser, Authority, Json, UsageError, print_json, settings

users = typer.Typer(help="Who may sign in.", no_args_is_help=True)
Username = Annotated[str, typer.Argument(help="What they type to sign in.")]
Role = Annotated[
    str,
    typer.Option(
        "--role", help="One of the roles of docs/reference/permissions.md, such as brokerage_officer."
    ),
]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, not by asking.")
]


def _named(authority: str | None, as_user: str | None) -> tuple[str, str]:
    if authority is None or as_user is None:
        raise UsageError("Users need --authority CODE, and --as-user NAME for the audit.")
    return authority, as_user


@users.command("list")
def list_users(authority: Authority = None, as_user: AsUser = None, as_json: Json = False) -> None:
    """Everybody of one council, and whether they may sign in."""
    from api.services.people import people_of

    code, user = _named(authority, as_user)
    with people_of(settings().database_url, code, user, writes=False) as people:
        found = people.listed()
    if as_json:
        print_json([person.as_dict() for person in found])
        return
    for person in found:
        state = "may sign in" if person.active else "disabled"
        typer.echo(f"{person.username}: {person.name}, {person.role.words}, {state}")


@users.command("add")
def add(
    username: Username,
    name: Annotated[str, typer.Option("--name", help="What others see.")],
    role: Role,
    authority: Authority = None,
    as_user: AsUser = None,
    password_stdin: PasswordStdin = False,
    by_link: Annotated[
        bool, typer.Option("--by-link", help="Ask for no password; print a one-time link to set one.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add somebody who may sign in. The password is asked for and never shown."""
    from api.services.people import people_of

    code, user = _named(authority, as_user)
    password = None if by_link else _password(password_stdin)
    with people_of(settings().database_url, code, user) as people:
        user_id = people.add(username=username, name=name, role=role, password=password)
        token = people.reset(user_id) if by_link else None
    answer: dict[str, object] = {"username": username, "role": role, "authority": code}
    if as_json:
        print_json(answer | ({"link": _link(token)} if token else {}))
    elif token:
        typer.echo(f"{username} may sign in after setting a password within 24 hours at:\n{_link(token)}")
    else:
        typer.echo(f"{username} may sign in now.")


@users.command()
def change(
    username: Username,
    name: Annotated[str | None, typer.Option("--name", help="What others see.")] = None,
    role: Annotated[str | None, typer.Option("--role", help="The new role; it ends their sessions.")] = None,
    authority: Authority = None,
    as_user: AsUser = None,
    as_json: Json = False,
) -> None:
    """Change somebody's name or role."""
    from api.services.people import people_of

    code, user = _named(authority, as_user)
    if name is None and role is None:
        raise UsageError("Give --name or --role: there is nothing to change.")
    with people_of(settings().database_url, code, user) as people:
        people.change(people.id_of(username), name=name, role=role)
    _done(username, "changed", as_json)


@users.command()
def disable(
    username: Username, authority: Authority = None, as_user: AsUser = None, as_json: Json = False
) -> None:
    """Let somebody no longer sign in, and end their sessions. Nothing of them is deleted."""
    _set_active(username, False, authority, as_user, as_json)


@users.command()
def enable(
    username: Username, authority: Authority = None, as_user: AsUser = None, as_json: Json = False
) -> None:
    """Let somebody sign in again."""
    _set_active(username, True, authority, as_user, as_json)


def _set_active(
    username: str, active: bool, authority: str | None, as_user: str | None, as_json: bool
) -> None:
    from api.services.people import people_of

    code, user = _named(authority, as_user)
    with people_of(settings().database_url, code, user) as people:
        people.set_active(people.id_of(username), active)
    _done(username, "enabled" if active else "disabled", as_json)


@users.command()
def reset(
    username: Username,
    authority: Authority = None,
    as_user: AsUser = None,
    password_stdin: PasswordStdin = False,
    as_json: Json = False,
) -> None:
    """Print a one-time link to set a new password, or with --password-stdin set it; ends their sessions when set."""
    from api.services.people import people_of

    code, user = _named(authority, as_user)
    password = _password(True) if password_stdin else None
    with people_of(settings().database_url, code, user) as people:
        user_id = people.id_of(username)
        if password is not None:
            people.set_password(user_id, password)
            token = None
        else:
            token = people.reset(user_id)
    if token is None:
        _done(username, "given a new password", as_json)
    elif as_json:
        print_json({"username": username, "link": _link(token)})
    else:
        typer.echo(f"Within 24 hours {username} can set a new password, once, at:\n{_link(token)}")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return answer


def _link(token: str | None) -> str:
    chosen = settings()
    return f"{chosen.base_url or f'http://{chosen.host}:{chosen.port}'}/password/{token}"


def _done(username: str, what: str, as_json: bool) -> None:
    if as_json:
        print_json({"username": username, "done": what})
    else:
        typer.echo(f"{username} is {what}.")
