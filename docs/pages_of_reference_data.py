"""The generated pages about what ships in ``reference_data``: the law and the published figures. Run by ``docs/generate.py``."""

from __future__ import annotations

import tomllib
from itertools import groupby
from typing import Any

from reference_data.law import Provision, all_provisions
from reference_data.shipped_tables import shipped_path, shipped_rows

CERTAINTY = {"C": "read in the source", "S": "read second-hand", "M": "from memory: warns only"}


def law_page() -> str:
    """Return the page of every provision of law that the rules use."""
    provisions = sorted(
        all_provisions(),
        key=lambda known: (known.kind != "statute", known.instrument, _place(known), known.key),
    )
    lines = [
        "# The law that the rules use",
        "",
        "Generated from `reference_data/shipped/law` by `python docs/generate.py`. In our own words; this is no legal advice.",
        "",
        "A rule takes its numbers and dates from here and nowhere else, and an event is judged by the law of its own day. "
        "Statute that was read bars or warns as written; what is known only from memory warns and never bars. "
        "What a council set itself, the fourteen nights among it, is policy and not law: see the policy file.",
        "",
        "**May be made stricter**: a council's policy file may hold a table `[limits]` with its own number for such a limit, "
        "by its name in the first column. A looser number is an error.",
    ]
    for instrument, group in groupby(provisions, key=lambda known: known.instrument):
        found = list(group)
        kind = found[0].kind
        lines += [
            "",
            f"## {instrument}" + ("" if kind == "statute" else f" ({kind})"),
            "",
            "| name | provision | says | limit | may be made stricter | in force | certainty | used by |",
            "|---|---|---|---|---|---|---|---|",
            *(_row(known) for known in found),
        ]
        lines += ["", "Sources: " + "; ".join(dict.fromkeys(known.source for known in found)) + "."]
    return "\n".join(lines) + "\n"


def _row(known: Provision) -> str:
    limit = "" if known.value is None else f"{known.value} {known.unit}"
    stricter = f"{known.stricter} only" if known.stricter else ""
    until = f" to {known.in_force_to}" if known.in_force_to else ""
    used = "; ".join(
        f"{kind}: `{name}`" if name else kind for kind, _, name in (u.partition(": ") for u in known.used_by)
    )
    cells = (
        f"`{known.key}`",
        known.paragraph,
        f"{known.says} {known.note}".strip(),
        limit,
        stricter,
        f"from {known.in_force_from}{until}",
        CERTAINTY[known.certainty],
        used,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _place(known: Provision) -> list[tuple[int, str]]:
    """Return a key that puts regulation 9 before regulation 10."""
    parts = (
        known.paragraph.replace("regulations", "regulation")
        .replace("(", " ")
        .replace(")", " ")
        .replace(",", " ")
        .split()
    )
    return [(int("".join(c for c in part if c.isdigit()) or 0), part) for part in parts]


def published_page() -> str:
    """Return the page of every table of published figures: what, which years, from where."""
    listed = tomllib.loads(shipped_path("published", "tables.toml").read_text(encoding="utf-8"))
    lines = [
        "# Published figures",
        "",
        "Generated from `reference_data/shipped/published` by `python docs/generate.py`.",
        "",
        "Tidied copies of public tables: for a first forecast where a council has given no return, and for comparison. A "
        "figure that was suppressed or not published is `None`, neither zero nor missing. Published and local figures differ "
        "in their cohorts and are never merged.",
        "",
        "| table | holds | years | for whom | function | source |",
        "|---|---|---|---|---|---|",
    ]
    for name, table in listed["tables"].items():
        sources = ", ".join(f"`{source}`" for source in table["sources"])
        module, _, function = table["function"].partition(".")
        cells = (
            f"`{name}`",
            table["holds"],
            table.get("years") or _years(name),
            table["covers"],
            f"`reference_data.{module}.{function}`",
            sources,
        )
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "| source | publication | published |", "|---|---|---|"]
    lines += [
        f"| `{key}` | {source['publication']} | {source['published']} |"
        for key, source in listed["sources"].items()
    ]
    lines += [
        "",
        "All of it is public sector information licensed under the Open Government Licence v3.0. What marks, rounding and "
        "names mean is on [the folder's page](../../reference_data/shipped/published/README.md).",
        "",
        "## Indicators",
        "",
        "| name | shows | better | unit |",
        "|---|---|---|---|",
    ]
    lines += [_indicator_row(row) for row in shipped_rows("published", "lait_indicators.csv")]
    return "\n".join(lines) + "\n"


def _indicator_row(row: dict[str, Any]) -> str:
    return f"| `{row['indicator']}` | {row['title']} | {row['better'] or 'neither'} | {row['unit']} |"


def _years(name: str) -> str:
    years = sorted({int(row["year"]) for row in shipped_rows("published", name)})
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"


PAGES = {"law.md": law_page, "published.md": published_page}
