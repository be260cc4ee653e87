"""Write the invented partnership to a folder: all of it, or nothing."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

from reference_data.problems import InvalidInput
from reference_data.sample import PARTNERSHIP_SEED, SAMPLE_DATE
from reference_data.synthetic.dirt import soiled
from reference_data.synthetic.partnership import Partnership, invent_partnership
from reference_data.synthetic.truth import truth_document
from reference_data.synthetic.worlds import WORLDS


def write_partnership(
    out: Path,
    *,
    world: str = "base",
    seed: int = PARTNERSHIP_SEED,
    on: date | None = None,
    dirty: bool = False,
    truth: bool = False,
) -> dict[str, object]:
    """Write every file of the partnership into a folder and return how many there are.

    Parameters
    ----------
    out
        The folder; it appears when everything is written.
    dirty
        Spoil the returns, and list in ``AUTHORITY/planted.json`` what was planted where.
    truth
        Write the hidden truth to ``truth/AUTHORITY.json``.

    Raises
    ------
    InvalidInput
        If there is no world of that name, or the day lies outside what can be invented.
    """
    if world not in WORLDS:
        raise InvalidInput("no_such_world", f"The worlds are {', '.join(WORLDS)}.")
    day = on or SAMPLE_DATE
    if not date(2018, 4, 1) <= day <= SAMPLE_DATE:
        raise InvalidInput("no_such_day", f"Give a day from 2018-04-01 to {SAMPLE_DATE.isoformat()}.")
    partnership = invent_partnership(seed=seed, on=day, world=WORLDS[world])
    out.parent.mkdir(parents=True, exist_ok=True)
    being_written = Path(mkdtemp(prefix=".righthome-", dir=out.parent))
    try:
        files = 0
        for name, text in _files(partnership, dirty=dirty, truth=truth, world=world):
            path = being_written / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            files += 1
        being_written.chmod(0o755)
        if out.exists():
            out.rmdir()
        being_written.replace(out)
    except BaseException:
        shutil.rmtree(being_written, ignore_errors=True)
        raise
    return {"folder": out.name, "files": files, "seed": seed, "as_of": day.isoformat(), "world": world}


def _files(partnership: Partnership, *, dirty: bool, truth: bool, world: str) -> list[tuple[str, str]]:
    files = dict(partnership.files())
    if dirty:
        for authority in partnership.histories:
            folder = f"{authority}/returns/"
            clean = {
                name.removeprefix(folder): text for name, text in files.items() if name.startswith(folder)
            }
            spoilt, planted = soiled(clean, seed=partnership.seed + int(authority))
            files |= {folder + name: text for name, text in spoilt.items()}
            files[f"{authority}/planted.json"] = _text([asdict(one) for one in planted])
    if truth:
        for authority, history in partnership.histories.items():
            files[f"truth/{authority}.json"] = _text(truth_document(history, world=WORLDS[world]))
    return sorted(files.items())


def _text(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"
