"""The command that writes the invented partnership as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli_options import AsOf, Json, Seed, UsageError, print_json, progress
from reference_data.sample import PARTNERSHIP_SEED


def add_commands(app: typer.Typer) -> None:
    """Add the command of this page to the application."""
    app.command()(synthetic)


def synthetic(
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="A folder that is new or empty.")],
    world: Annotated[
        str,
        typer.Option(
            "--world", help="Which laws the children's lives follow: base, capacity, shock, growth."
        ),
    ] = "base",
    dirty: Annotated[
        bool, typer.Option("--dirty", help="Spoil the returns on purpose, and list what was planted.")
    ] = False,
    truth: Annotated[
        bool, typer.Option("--truth", help="Write the hidden truth too, in a folder of its own.")
    ] = False,
    seed: Seed = PARTNERSHIP_SEED,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Write the invented partnership: five councils' homes, referrals, stays, enquiries, notices and returns."""
    from api.services.synthetic import write_partnership

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError("Name a folder that is new or empty with --out.")
    progress("Inventing five councils and ten years (about half a minute) ...")
    written = write_partnership(out, world=world, seed=seed, on=as_of, dirty=dirty, truth=truth)
    if as_json:
        print_json(written)
    else:
        typer.echo(f"{written['files']:,} files of invented records were written.")
