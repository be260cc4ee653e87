"""The answers about beds as a document to read, send or print: plain answers first, then every part with its tables.

Sentences are those of ``beds_words.py`` and ``partnership_plan.py``, tables those of ``beds_tables.py``. Which kind of
file it becomes is in ``api/reporting.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reference_data.authorities import authority_name
from sufficiency.beds_tables import GROUP_WORDS, PART_HEADINGS, beds_tables
from sufficiency.beds_words import beds_in_words_by_part
from sufficiency.report import Report, Section, Table, table_of

EVERY_MONTHS = 6
"""Beds short are told for every sixth month and the last; every month stands in the JSON answer."""
_SOURCE = "our forecast of each council set against the list of homes"


def beds_report(answer: Mapping[str, Any], *, made_on: date) -> Report:
    """Return the answer of ``plan_beds`` as a document."""
    dates = sorted({row["date"] for row in answer["shortfall"]})
    told = {*dates[::EVERY_MONTHS], dates[-1]}
    shown = {**answer, "shortfall": [row for row in answer["shortfall"] if row["date"] in told]}
    words, tables = beds_in_words_by_part(answer), beds_tables(shown)
    parts = tuple(
        Section(key=key, heading=heading, paragraphs=tuple(words[key]), tables=tables.get(key, ()))
        for key, heading in PART_HEADINGS.items()
    )
    return _document(
        answer,
        "Beds short, and what to do about it",
        authority_name(answer["authority"]),
        made_on,
        (Section(key="answers", heading="The answers", paragraphs=tuple(answer["answers"])), *parts),
    )


def partnership_report(answer: Mapping[str, Any], *, made_on: date) -> Report:
    """Return the answer of ``plan_partnership`` as a document: the whole first, then each council."""
    rows = answer["rows"]
    names = {one["council"]: one["name"] for one in answer["councils"]}
    whole = Section(
        key="whole",
        heading="The whole partnership",
        paragraphs=tuple(answer["answers"]),
        tables=(
            _alone_and_together("Beds short of all councils", rows, "all"),
            table_of(
                "Beds that each council can use",
                ("Council", "Beds"),
                [(one["name"], one["usable"]) for one in answer["councils"]],
                source="the list of homes",
                note="Homes bought by the place are everybody's: each council is given an equal part of the vacancies "
                "there.",
            ),
        ),
    )
    each = tuple(
        Section(
            key=f"council-{code}",
            heading=name,
            paragraphs=(_what_sharing_brings(rows, code),),
            tables=(_alone_and_together(f"Beds short: {name}", rows, code),),
        )
        for code, name in names.items()
    )
    return _document(
        answer, "Beds short, alone and sharing", ", ".join(names.values()), made_on, (whole, *each)
    )


def _document(
    answer: Mapping[str, Any], title: str, council: str, made_on: date, sections: tuple[Section, ...]
) -> Report:
    known = Section(
        key="know",
        heading="What to know about these answers",
        paragraphs=(
            *answer["evidence"]["warnings"],
            f"Made from {answer['runs']:,} simulated futures of {answer['months']} months.",
        ),
    )
    return Report(
        council=council,
        year=date.fromisoformat(answer["from"]).year,
        made_on=made_on,
        sections=(*sections, known),
        evidence=answer["evidence"],
        titled=title,
    )


def _alone_and_together(caption: str, rows: Sequence[Mapping[str, Any]], council: str) -> Table:
    return table_of(
        caption,
        ("Kind of home", "Date", "Alone", "Sharing", "Gained"),
        [
            (
                GROUP_WORDS[row["placement"]],
                f"{date.fromisoformat(row['date']):%-d %B %Y}",
                row["alone"],
                row["together"],
                round(row["alone"] - row["together"], 2),
            )
            for group in GROUP_WORDS
            for row in rows
            if row["council"] == council and row["placement"] == group
        ],
        source=_SOURCE,
        note="Mean beds short over futures. Sharing: beds that partners do not need themselves are lent.",
    )


def _what_sharing_brings(rows: Sequence[Mapping[str, Any]], council: str) -> str:
    own = [row for row in rows if row["council"] == council]
    last = max(row["date"] for row in own)
    alone = sum(row["alone"] for row in own if row["date"] == last)
    sharing = sum(row["together"] for row in own if row["date"] == last)
    when = f"{date.fromisoformat(last):%B %Y}"
    if alone < 0.05:
        return f"Alone it is not short of beds in {when}, on average; it lends what stands empty and loses nothing."
    return f"Alone it is short of {alone:.1f} beds in {when} on average, sharing of {sharing:.1f}."
