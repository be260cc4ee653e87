"""Returns spoiled at random: reading never stops, and children whose rows were left alone lose nothing."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

from reference_data.sheets import RawRow, RawTable
from sufficiency.repair import repaired_history
from sufficiency.return_sheets import NOTED, tables_of_content
from sufficiency.returns import returns_from_tables
from tests.counts import count

SAMPLE = Path(__file__).parents[2] / "reference_data" / "synthetic" / "sample_returns"
GARBAGE = (
    *("", " ", "?", "0", "-1", "31/02/2018", "00/00/0000", "1/1/1", "9999-12-31", "01/04/1900", "43921"),
    *("=1+1", "#REF!", "NULL", "x" * 5000, "é\u200b😀", "2018-06-01T00:00:00", "K3", "Z14", "zz/zz/zzzz"),
)
CHILDREN = 150
SPOILED_SHARE = 0.06


def tables() -> dict[str, list[dict[str, str]]]:
    """Return two returns' headers and episodes, of the first children only."""
    found = {}
    for name in ("2017-header", "2017-episodes", "2018-header", "2018-episodes"):
        rows = list(csv.DictReader(io.StringIO((SAMPLE / f"{name}.csv").read_text(encoding="utf-8"))))
        found[name] = rows
    kept = {row["CHILD"] for row in found["2017-header"][:CHILDREN]}
    return {name: [row for row in rows if row["CHILD"] in kept] for name, rows in found.items()}


def read(rows_by_table: dict[str, list[dict[str, str]]]) -> dict[str, list[object]]:
    raw = [
        RawTable(
            file=f"{name}.csv",
            header=tuple(rows[0]),
            rows=tuple(
                RawRow(number=number, cells={column: cell for column, cell in row.items() if cell.strip()})
                for number, row in enumerate(rows, start=2)
            ),
        )
        for name, rows in rows_by_table.items()
    ]
    stays: dict[str, list[object]] = {}
    for stay in repaired_history(returns_from_tables(raw)).stays:
        stays.setdefault(stay.child_id, []).append(stay)
    return stays


def spoiled(
    clean: dict[str, list[dict[str, str]]], draw: random.Random
) -> tuple[dict[str, list[dict[str, str]]], set[str]]:
    """Return the tables with some children's rows spoiled, and who those children are."""
    everybody = sorted({row["CHILD"] for row in clean["2017-header"]})
    touched = set(draw.sample(everybody, max(1, int(SPOILED_SHARE * len(everybody)))))
    dirty: dict[str, list[dict[str, str]]] = {}
    for name, rows in clean.items():
        out: list[dict[str, str]] = []
        for row in rows:
            row = dict(row)
            if row["CHILD"] in touched and draw.random() < 0.8:
                what = draw.choice(("cell", "cells", "lost", "twice", "dates"))
                if what == "lost":
                    continue
                if what == "twice":
                    out.append(dict(row))
                if what == "dates" and "DEC" in row:
                    row["DECOM"], row["DEC"] = row["DEC"], row["DECOM"]
                for column in draw.sample(sorted(row), {"cell": 1, "cells": 4}.get(what, 0) % (len(row) + 1)):
                    row[column] = draw.choice(GARBAGE)
            out.append(row)
        if draw.random() < 0.5:
            draw.shuffle(out)
        dirty[name] = out
    return dirty, touched


LITTER = ('"', '","', ",", ",,,,,,,,,,,,,", ";", "\n", '"\n', "\t", "\x00", "\xa3", "\r\n,", "|", "'=", "--")


def littered(text: str, touched: set[str], draw: random.Random) -> bytes:
    """Return a file's text with characters strewn into the lines of some children, in one of three encodings."""
    lines = []
    for line in text.splitlines():
        if line.partition(",")[0] in touched and draw.random() < 0.7:
            for _ in range(draw.randint(1, 4)):
                # Behind the first comma, so that a child who was left alone gets no row of another.
                place = draw.randrange(line.index(",") + 1, len(line) + 1)
                line = line[:place] + draw.choice(LITTER) + line[place:]
        lines.append(line)
    return "\n".join(lines).encode(draw.choice(("utf-8", "utf-8-sig", "cp1252")), errors="replace")


def test_characters_strewn_into_files_stop_nothing_and_cost_no_other_child_anything() -> None:
    clean = tables()
    as_returned = read(clean)
    everybody = sorted(as_returned)
    texts = {}
    for name, rows in clean.items():
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        texts[f"{name}.csv"] = out.getvalue()
    told = 0
    for seed in range(count("returns littered")):
        draw = random.Random(seed)
        touched = set(draw.sample(everybody, max(1, int(SPOILED_SHARE * len(everybody)))))
        raw = [
            table
            for name, text in texts.items()
            for table in tables_of_content(name, littered(text, touched, draw))
        ]
        found: dict[str, list[object]] = {}
        history = repaired_history(returns_from_tables(raw))
        told += sum(row.rule in NOTED for row in history.report.rows)
        for stay in history.stays:
            found.setdefault(stay.child_id, []).append(stay)
        for child, stays in as_returned.items():
            if child not in touched:
                assert found.get(child) == stays, f"seed {seed}: a child whose lines were left alone differs"
    assert told > 0, "nothing was littered, so nothing was tested"


def test_rows_spoiled_at_random_stop_nothing_and_cost_no_other_child_anything() -> None:
    clean = tables()
    as_returned = read(clean)
    changed = 0
    for seed in range(count("returns spoiled")):
        dirty, touched = spoiled(clean, random.Random(seed))
        found = read(dirty)
        for child, stays in as_returned.items():
            if child not in touched:
                assert found.get(child) == stays, f"seed {seed}: a child whose rows were left alone differs"
        changed += any(found.get(child) != as_returned.get(child) for child in touched)
    assert changed > 0, "nothing was spoiled, so nothing was tested"
