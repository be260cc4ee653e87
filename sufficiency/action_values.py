"""Candidate actions from the values of a TOML or JSON file, and the schema of such a file.

``[[beds]]`` adds beds, in a home that ``[beds.home]`` may describe; ``[[need]]`` changes how many children need which
home, by a scenario of its own. What an action does is in ``actions.py``; the file itself is opened in ``files.py``.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from matching.files import homes_from_values
from matching.home import Home
from reference_data.law import law_number
from reference_data.problems import ImportRejected, InvalidInput
from reference_data.vocabulary import AGE_BANDS, ContractKind, HomeStatus, PlacementGroup, PlacementType
from sufficiency.actions import Action, BedAction, NeedAction
from sufficiency.capacity import BAND_FIRST_AGE, BAND_LAST_AGE
from sufficiency.scenario import Scenario
from sufficiency.scenario_values import scenario_from_values, scenario_schema
from sufficiency.shortfall import SHORTFALL_GROUPS

BED_KEYS = ("name", "placement", "beds", "from", "ages", "local", "weekly_pounds", "once_pounds", "home")
_SAID_BY_THE_ACTION = (
    "home_id",
    "registered",
    "status",
    "places",
    "vacancies",
    "beds",
    "residents",
    "opens_on",
    "closes_on",
    "weekly_fee_pounds",
)
_USUAL_TYPE = {
    PlacementGroup.FOSTERING: PlacementType.IN_HOUSE_FOSTER_CARER,
    PlacementGroup.RESIDENTIAL: PlacementType.CHILDRENS_HOME,
    PlacementGroup.SUPPORTED: PlacementType.SUPPORTED_ACCOMMODATION,
}
NEED_KEYS = ("name", "from", "weekly_pounds", "once_pounds", "scenario")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionList:
    """The actions of a file, and the scenario of each that changes need, by its name."""

    actions: tuple[Action, ...]
    scenarios: Mapping[str, Scenario]


def actions_from_values(values: Mapping[str, object]) -> ActionList:
    """Return the actions of a file.

    Raises
    ------
    InvalidInput
        If a key is unknown or missing, a value is of the wrong kind, or two actions have one name.
    """
    _known("An action file", values, ("beds", "need"))
    actions: list[Action] = []
    scenarios: dict[str, Scenario] = {}
    for row in _tables("beds", values, BED_KEYS, required=("name", "placement", "beds", "from")):
        actions.append(
            BedAction(
                name=_name(row),
                group=_group(row),
                beds=_whole(row),
                from_day=_day(row),
                ages=_ages(row),
                local=_yes(row),
                weekly_pence=_pence(row, "weekly_pounds"),
                once_pence=_pence(row, "once_pounds"),
                home=_home(row),
            )
        )
    for row in _tables("need", values, NEED_KEYS, required=("name", "from", "scenario")):
        scenario = row["scenario"]
        if not isinstance(scenario, Mapping):
            raise InvalidInput(
                "action_scenario", f"{_name(row)}: write its scenario as a table: [need.scenario]."
            )
        actions.append(
            NeedAction(
                name=_name(row),
                from_day=_day(row),
                weekly_pence=_pence(row, "weekly_pounds"),
                once_pence=_pence(row, "once_pounds"),
            )
        )
        scenarios[_name(row)] = scenario_from_values({"name": _name(row), **scenario})
    names = [action.name for action in actions]
    if len(set(names)) < len(names):
        raise InvalidInput("action_names", "Give each action a name of its own.")
    return ActionList(actions=tuple(actions), scenarios=scenarios)


def actions_from_text(text: str) -> ActionList:
    """Return the actions of a text in the form of an action file.

    Raises
    ------
    InvalidInput
        If the text is neither TOML nor JSON, or as ``actions_from_values`` does.
    """
    try:
        values = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput("not_a_list_of_actions", "The list of actions is neither TOML nor JSON.") from None
    return actions_from_values(values)


def _tables(
    part: str, values: Mapping[str, object], known: tuple[str, ...], *, required: tuple[str, ...]
) -> list[Mapping[str, object]]:
    rows = values.get(part, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise InvalidInput("action_rows", f"Write each of {part} as a table of its own: [[{part}]].")
    for row in rows:
        _known(f"Each of {part}", row, known)
        if any(name not in row for name in required):
            raise InvalidInput("missing_key", f"Each of {part} needs: {', '.join(required)}.")
    return rows


def _known(what: str, values: Mapping[str, object], known: tuple[str, ...]) -> None:
    if any(name not in known for name in values):
        raise InvalidInput("unknown_key", f"{what} has only: {', '.join(known)}.")


def _name(row: Mapping[str, object]) -> str:
    name = row["name"]
    if not isinstance(name, str) or not name.strip():
        raise InvalidInput("action_name", "Give each action a name in words.")
    return name.strip()


def _group(row: Mapping[str, object]) -> PlacementGroup:
    if row["placement"] not in SHORTFALL_GROUPS:
        raise InvalidInput(
            "action_group", f"{_name(row)}: placement is one of {', '.join(map(str, SHORTFALL_GROUPS))}."
        )
    return PlacementGroup(str(row["placement"]))


def _whole(row: Mapping[str, object]) -> int:
    beds = row["beds"]
    if isinstance(beds, bool) or not isinstance(beds, int):
        raise InvalidInput("action_beds", f"{_name(row)}: give beds as a whole number.")
    return beds


def _day(row: Mapping[str, object]) -> date:
    value = row["from"]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput("action_date", f"{_name(row)}: give from as a date, YYYY-MM-DD.") from None


def _ages(row: Mapping[str, object]) -> tuple[str, str]:
    ages = row.get("ages", [AGE_BANDS[0], AGE_BANDS[-1]])
    if (
        not isinstance(ages, list)
        or len(ages) != 2
        or any(band not in AGE_BANDS for band in ages)
        or AGE_BANDS.index(ages[0]) > AGE_BANDS.index(ages[1])
    ):
        raise InvalidInput(
            "action_ages", f"{_name(row)}: give ages as the first and last band of {', '.join(AGE_BANDS)}."
        )
    return ages[0], ages[1]


def _yes(row: Mapping[str, object]) -> bool:
    local = row.get("local", True)
    if not isinstance(local, bool):
        raise InvalidInput("action_local", f"{_name(row)}: local is true or false.")
    return local


def _home(row: Mapping[str, object]) -> Home | None:
    """Return the home that an action describes by columns of a list of homes, with what the action itself says."""
    described = row.get("home")
    if described is None:
        return None
    if not isinstance(described, Mapping) or any(name in _SAID_BY_THE_ACTION for name in described):
        raise InvalidInput(
            "action_home",
            f"{_name(row)}: describe its home in a table [beds.home] by columns of a list of homes, without "
            f"{', '.join(_SAID_BY_THE_ACTION)}.",
        )
    first, last = _ages(row)
    group = _group(row)
    youngest = law_number("supported_accommodation_youngest") if group is PlacementGroup.SUPPORTED else 0
    try:
        homes, warnings = homes_from_values(
            [
                {
                    "type": str(_USUAL_TYPE[group]),
                    "contract": str(ContractKind.IN_HOUSE),
                    "min_age": max(BAND_FIRST_AGE[AGE_BANDS.index(first)], youngest),
                    "max_age": BAND_LAST_AGE[AGE_BANDS.index(last)],
                    **described,
                    "home_id": f"action: {_name(row)}",
                    "registered": True,
                    "status": str(HomeStatus.OPEN),
                    "places": _whole(row),
                    "vacancies": _whole(row),
                }
            ]
        )
    except ImportRejected as rejected:
        issue = rejected.issues[0]
        raise InvalidInput(
            "action_home", f"{_name(row)}: home.{issue.column or 'home'}: {issue.what_to_do}"
        ) from None
    if warnings:
        raise InvalidInput(
            "action_home", f"{_name(row)}: home.{warnings[0].column or 'home'}: {warnings[0].what_to_do}"
        )
    return homes[0]


def _pence(row: Mapping[str, object], key: str) -> int:
    value = row.get(key, 0)
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        pence = Decimal(str(value)) * 100
        if pence != pence.to_integral_value() or pence < 0:
            raise InvalidOperation
    except InvalidOperation:
        raise InvalidInput(
            "action_pounds", f"{_name(row)}: {key} is pounds of 0 or more with at most two decimals."
        ) from None
    return int(pence)


def actions_schema() -> dict[str, object]:
    """Return the JSON Schema of an action file."""
    pounds = {"type": "number", "minimum": 0}
    day = {"type": "string", "format": "date"}
    costs = {"name": {"type": "string"}, "from": day, "weekly_pounds": pounds, "once_pounds": pounds}
    scenario = {key: value for key, value in scenario_schema().items() if key != "$schema"}
    beds = {
        **costs,
        "placement": {"enum": list(map(str, SHORTFALL_GROUPS))},
        "beds": {"type": "integer", "minimum": 1},
        "ages": {"type": "array", "items": {"enum": list(AGE_BANDS)}, "minItems": 2, "maxItems": 2},
        "local": {"type": "boolean"},
        "home": {"type": "object"},
    }

    def rows(properties: Mapping[str, object], required: tuple[str, ...]) -> dict[str, object]:
        row = {
            "type": "object",
            "additionalProperties": False,
            "required": list(required),
            "properties": dict(properties),
        }
        return {"type": "array", "items": row}

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "actions",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "beds": rows(beds, ("name", "placement", "beds", "from")),
            "need": rows({**costs, "scenario": scenario}, ("name", "from", "scenario")),
        },
    }
