"""The generated page about returns: the tidy tables, from the columns that write them."""

from __future__ import annotations

from sufficiency.repair_rules import DONE, READING
from sufficiency.tidy import COLUMNS

_WORDS = {
    "periods": "One row for each time a child was looked after without a break.",
    "placements": "One row for each time a child was in one placement with one carer. A change of legal status, or a temporary "
    "place from which the child came back, is no new placement: whether the carer changed is read from RNE.",
    "homes": "One row for each home that a return names by URN.",
}


def tidy_page() -> str:
    """Return the page of the tidy tables and of every rule of repair."""
    lines = [
        "# Returns as tidy tables",
        "",
        "Generated from `sufficiency/tidy.py` and `sufficiency/repair_rules.py` by `python docs/generate.py`.",
        "",
        "`righthome tidy-returns --returns DIR --out OUT` reads returns as they are and writes these tables and the repair report, into a "
        "workbook (`OUT.xlsx`) or a new folder of CSV files that only their owner may read. Without `--out` it prints what was read and "
        "what was mended. With `--as-of DATE` nothing recorded after that day is used; with `--authority CODE` only one council's part of "
        "returns of several.",
        "",
        "From Python: `sufficiency.tidy_tables(returns)`; `pandas.DataFrame(tables.placements)` makes a frame of it. There is no birth "
        "date and no postcode in them.",
        "",
        "**Several councils.** Children's ids are unique within one council only. Where files lie in folders named by a council's code "
        "or name, or have a column `LA` (a DfE code, an ONS code or a name), each council is mended by its own returns and every id gets "
        "the code before it. Only the days that all of the councils describe are then used.",
    ]
    for name, columns in COLUMNS.items():
        lines += ["", f"## {name}", "", _WORDS[name], "", "| column | meaning |", "|---|---|"]
        lines += [f"| `{column}` | {meaning} |" for column, meaning in columns.items()]
    lines += ["", "## repairs", ""]
    lines += ["One row for each thing that was mended, set aside or told: `file`, `row`, `rule`, `done`.", ""]
    lines += ["| rule | what is done |", "|---|---|"]
    lines += [f"| `{rule}` | {done} |" for rule, done in DONE.items()]
    lines += [
        "",
        "Reading tells these before anything is mended:",
        "",
        "| rule | what is told |",
        "|---|---|",
    ]
    lines += [f"| `{rule}` | {told} |" for rule, told in READING.items()]
    return "\n".join(lines) + "\n"


PAGES = {"tidy-tables.md": tidy_page}
