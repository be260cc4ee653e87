"""What the sufficiency page says beside its figures: the track record, and why the number changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.web.words import british_date, capital, group_words, joined, number, sentence

BANDS = ("50", "80", "95")
_VERDICTS = {
    "calibrated": ("Held", "green"),
    "too_few_to_judge": ("Not proved yet", "yellow"),
    "too_narrow": ("Too narrow", "red"),
    "too_wide": ("Too wide", "yellow"),
}
_PARTS = (
    ("ageing", "Growing up"),
    ("starts", "New children"),
    ("leaving", "Leaving before 18"),
    ("moves", "Moves"),
    ("interaction", "Together"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """How far past forecasts of one number were out, in children, beside two plain rules."""

    name: str
    error: str
    same_as_today: str
    last_years_change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonView:
    """Past forecasts at one distance ahead."""

    title: str
    rows: tuple[ErrorRow, ...]
    held: str
    held_by_kind: str
    scores: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecordView:
    """The track record, ready to show; ``assessed`` is false where there is none, and the sentences say why."""

    assessed: bool
    tag: str
    colour: str
    sentences: tuple[str, ...]
    horizons: tuple[HorizonView, ...]
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """The change of one number in its parts, signed."""

    name: str
    before: str
    after: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """Why the number changes, ready to show."""

    text: str
    headings: tuple[str, ...]
    rows: tuple[ChangeRow, ...]


def present_track_record(record: Mapping[str, Any] | None) -> TrackRecordView:
    """Return the track record of the contract's ``forecast`` answer; an answer without one has none to show."""
    if record is None:
        record = {"status": "NOT_ASSESSED", "text": ("This forecast was made without a track record.",)}
    tag, colour = _VERDICTS.get(str(record.get("verdict")), ("Not checked", "grey"))
    return TrackRecordView(
        assessed=record["status"] == "ASSESSED",
        tag=tag,
        colour=colour,
        sentences=tuple(sentence(str(text)) for text in record["text"]),
        horizons=tuple(_horizon(one) for one in record.get("horizons", ())),
        definition=str(record.get("definition", "")),
    )


def _horizon(one: Mapping[str, Any]) -> HorizonView:
    dates = one["dates"]
    months = one["months"]
    ahead = "A year ahead" if months == 12 else f"{months} months ahead"
    rows = [_errors("All children", one["total"])]
    rows += [_errors(group_words(row["placement"]), row) for row in one["placements"]]
    rows += [_errors(f"Aged {row['age_band']}", row) for row in one["age_bands"]]
    held = joined(f"{band} in 100 band {one['held'][band]} of {dates}" for band in BANDS)
    kinds = joined(
        f"{band} in 100 band {one['placements_held'][band]['held']} of {one['placements_held'][band]['of']}"
        for band in BANDS
    )
    places = joined(f"{round(100 * place)}" for place in one["pit"])
    return HorizonView(
        title=f"{ahead}, {dates} {'date' if dates == 1 else 'dates'}",
        rows=tuple(rows),
        held=f"Held the total: {held}.",
        held_by_kind=f"Held the figures by kind of home: {kinds}.",
        scores=(
            f"Of 100 futures, below what happened: {places}. Probability score (CRPS) of the total: "
            f"{one['crps']:.1f} children; “same as today” {one['crps_same_as_today']:.1f}."
        ),
    )


def _errors(name: str, row: Mapping[str, Any]) -> ErrorRow:
    last = row["last_years_change"]
    return ErrorRow(
        name=name,
        error=number(round(row["error"], 1)),
        same_as_today=number(round(row["same_as_today"], 1)),
        last_years_change="Not known" if last is None else number(round(last, 1)),
    )


def present_change(change: Mapping[str, Any] | None) -> ChangeView | None:
    """Return why the number changes, or ``None`` where the answer does not say."""
    if not change:
        return None
    total = change["total"]
    rows: Sequence[tuple[str, Mapping[str, Any]]] = [
        ("All children", total),
        *((group_words(row["placement"]), row) for row in change["placements"]),
        *((f"Aged {row['age_band']}", row) for row in change["age_bands"]),
    ]
    reasons = [
        (total[name], f"{words.lower()} {signed(total[name])}")
        for name, words in _PARTS
        if round(total[name]) != 0
    ]
    before, after = round(total["before"]), round(total["after"])
    text = (
        f"On average over all futures the number goes from {number(before)} on {british_date(change['from'])} to "
        f"{number(after)} on {british_date(change['to'])}"
    )
    return ChangeView(
        text=f"{text}: {joined(words for _, words in reasons)}." if reasons else f"{text}.",
        headings=tuple(words for _, words in _PARTS),
        rows=tuple(
            ChangeRow(
                name=capital(name),
                before=number(round(row["before"])),
                after=number(round(row["after"])),
                parts=tuple(signed(row[part]) for part, _ in _PARTS),
            )
            for name, row in rows
        ),
    )


def signed(value: float) -> str:
    """Return a change as a whole number with its sign; a true minus, which is as wide as a plus."""
    whole = round(value)
    if whole == 0:
        return "0"
    return f"+{whole:,}" if whole > 0 else f"−{-whole:,}"
