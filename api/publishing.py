"""The file that ``forecast --publish`` writes: checked before the work begins, and whole or not there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.cli_options import UsageError, chosen_policy
from reference_data.writing import FORMATS, csv_content, json_content, xlsx_content


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """Where to write what may be published, and by which rule."""

    path: Path
    smallest_shown: int
    round_to: int | None

    def write(self, answer: Mapping[str, Any]) -> str:
        """Write the file; a file that is there is replaced. Return a sentence on what is in it.

        Raises
        ------
        InvalidInput
            If the rounding would show small numbers.
        """
        from sufficiency.published_answer import published_answer

        published = published_answer(answer, smallest_shown=self.smallest_shown, round_to=self.round_to)
        suffix = self.path.suffix.casefold()
        if suffix == ".json":
            content = json_content(published.answer)
        elif suffix == ".csv":
            content = csv_content(published.grid)
        else:
            about = [("about", "text"), *_about(published.answer)]
            content = xlsx_content({"figures": published.grid, "about": about})
        unfinished = self.path.with_name(f".{self.path.name}.part")
        unfinished.write_bytes(content)
        os.replace(unfinished, self.path)
        done = f"{published.withheld} withheld" if self.round_to is None else f"rounded to {self.round_to}"
        return f"{self.path.name}: {published.series} series, {done}."


def check_publishing(path: Path | None, policy: Path | None, round_to: int | None) -> Publishing | None:
    """Return how to publish, or ``None`` if nobody asked for it.

    Raises
    ------
    UsageError
        If the file's ending is no format, its folder is not there, or the rounding would show small numbers.
    ImportRejected
        If the policy cannot be used.
    """
    if path is None:
        return None
    if path.suffix.casefold() not in FORMATS:
        raise UsageError(f"Publish to a file that ends in one of: {', '.join(FORMATS)}.")
    if not path.parent.is_dir():
        raise UsageError("The folder to publish to is not there.")
    smallest_shown = chosen_policy(policy).smallest_shown
    if round_to is not None and round_to < smallest_shown - 1:
        raise UsageError(f"Round to {smallest_shown - 1} or more, or small numbers would show.")
    return Publishing(path=path, smallest_shown=smallest_shown, round_to=round_to)


def _about(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    record = document["track_record"]
    rows = [("rule", document["rule"]), ("mark", document["mark"])]
    rows += [("track record", text) for text in record["text"] or ()]
    rows += [("definition", document["definition"])]
    return rows + [(name, str(value)) for name, value in document["evidence"].items() if name != "warnings"]
