"""A scenario from the values of a TOML or JSON file, and the schema of such a file.

What the parts mean, and what they do to rates, is in ``scenario.py``; the file itself is opened in ``files.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from reference_data.problems import InvalidInput
from reference_data.vocabulary import AGE_BANDS, PlacementGroup
from sufficiency.episodes import DETAILS
from sufficiency.scenario import LARGEST_FACTOR, PLACEMENTS, Diversion, Route, Scenario

KEYS = ("name", "starts", "starts_from", "exits", "moves", "routes", "divert")
_ROUTE_KEYS = ("from", "to", "factor")
_DIVERT_KEYS = ("from", "to", "share", "ages", "begins_on")


def scenario_from_values(values: Mapping[str, object]) -> Scenario:
    """Return a scenario from the values of a file.

    Raises
    ------
    InvalidInput
        If a name is unknown or a factor is not a number in range.
    """
    _check_keys("A scenario", values, KEYS)
    moves = values.get("moves", 1.0)
    return Scenario(
        name=str(values.get("name", "scenario")),
        starts=_factors(values.get("starts", {}), AGE_BANDS),
        starts_from=_day(values.get("starts_from")),
        exits=_factors(values.get("exits", {}), tuple(map(str, PlacementGroup))),
        moves=_factors(moves, ()) if isinstance(moves, Mapping) else _number(moves),
        routes=tuple(
            Route(origin=str(row["from"]), to=str(row["to"]), factor=_number(row["factor"]))
            for row in _rows("routes", values, _ROUTE_KEYS, required=_ROUTE_KEYS)
        ),
        divert=tuple(
            Diversion(
                origin=str(row["from"]),
                to=str(row["to"]),
                share=_number(row["share"]),
                ages=_ages(row.get("ages", AGE_BANDS)),
                begins_on=_day(row.get("begins_on")),
            )
            for row in _rows("divert", values, _DIVERT_KEYS, required=("from", "to", "share"))
        ),
    )


def _check_keys(what: str, values: Mapping[str, object], known: Sequence[str]) -> None:
    if any(name not in known for name in values):
        raise InvalidInput("unknown_key", f"{what} has only: {', '.join(known)}.")


def _rows(
    part: str, values: Mapping[str, object], known: Sequence[str], *, required: Sequence[str]
) -> list[Mapping[str, object]]:
    rows = values.get(part, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise InvalidInput("scenario_rows", f"Write each of {part} as a table of its own: [[{part}]].")
    for row in rows:
        _check_keys(f"Each of {part}", row, known)
        if any(name not in row for name in required):
            raise InvalidInput("missing_key", f"Each of {part} needs: {', '.join(required)}.")
    return rows


def _factors(value: object, names: tuple[str, ...]) -> dict[str, float]:
    if isinstance(value, Mapping):
        return {str(name): _number(factor) for name, factor in value.items()}
    return dict.fromkeys(names, _number(value))


def _ages(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(map(str, value))
    raise InvalidInput("scenario_ages", f"Write ages as a list of: {', '.join(AGE_BANDS)}.")


def _day(value: object) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput("scenario_date", "Give a date as YYYY-MM-DD.") from None


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput("scenario_factor", "Give a factor as a number; 1 changes nothing.")
    return float(value)


def scenario_schema() -> dict[str, object]:
    """Return the JSON Schema of a scenario file."""
    factor = {"type": "number", "minimum": 0, "maximum": LARGEST_FACTOR}
    day = {"type": "string", "format": "date"}
    placement = {"enum": list(PLACEMENTS)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scenario",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string"},
            "starts": {"anyOf": [factor, _table_of(factor, AGE_BANDS)]},
            "starts_from": day,
            "exits": {"anyOf": [factor, _table_of(factor, PLACEMENTS)]},
            "moves": {"anyOf": [factor, _table_of(factor, PLACEMENTS)]},
            "routes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": list(_ROUTE_KEYS),
                    "properties": {"from": placement, "to": placement, "factor": factor},
                },
            },
            "divert": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["from", "to", "share"],
                    "properties": {
                        "from": placement,
                        "to": {"enum": [str(detail) for detail in DETAILS]},
                        "share": {"type": "number", "minimum": 0, "maximum": 1},
                        "ages": {"type": "array", "items": {"enum": list(AGE_BANDS)}},
                        "begins_on": day,
                    },
                },
            },
        },
    }


def _table_of(values: Mapping[str, object], names: Sequence[str]) -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: dict(values) for name in names},
    }
