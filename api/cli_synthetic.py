"""The command that writes the invented partnership as files."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp
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
    _check_place(out)
    progress("Inventing five councils and ten years (about half a minute) ...")
    written = write_partnership(out, world=world, seed=seed, on=as_of, dirty=dirty, truth=truth)
    if as_json:
        print_json(written)
    else:
        typer.echo(f"{written['files']:,} files of invented records were written.")


def _check_place(out: Path) -> None:
    """Refuse a place where no folder can be made, before anything is worked out."""
    above = next(folder for folder in out.absolute().parents if folder.exists())
    if not above.is_dir():
        raise UsageError(
            f"Part of the path of --out is a file: {above.name}. Name a folder that is new or empty."
        )
    try:
        # Permissions tell only part: a system's own folders refuse a file whatever they say.
        Path(mkdtemp(prefix=".righthome-", dir=above)).rmdir()
    except OSError:
        raise UsageError(
            "No folder can be made where --out points. Name one in a folder that you may write to."
        ) from None
