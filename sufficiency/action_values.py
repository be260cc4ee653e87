"""Candidate actions from the values of a TOML or JSON file, and the schema of such a file.

``[[beds]]`` adds beds, in a home that ``[beds.home]`` may describe; ``[[need]]`` changes how many children need which
home, by a scenario of its own. What an action does is in ``actions.py``; the file itself is opened in ``files.py``.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from matching.files import homes_from_values
from matching.home import Home
from reference_data.law import law_number
from reference_data.problems import ImportIssue, ImportRejected, InvalidInput
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
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionList:
    """The actions of a file, and the scenario of each that changes need, by its name."""

    actions: tuple[Action, ...]
    scenarios: Mapping[str, Scenario]


def actions_from_values(values: Mapping[str, object], file: str = "actions") -> ActionList:
    """Return the actions of a file.

    Raises
    ------
    ImportRejected
        If a key is unknown or missing, a value is of the wrong kind, or two actions have one name. Every problem is
        listed with its action, counted from 1 in each part, and its key, as in ``beds.weekly_pounds``.
    """
    issues: list[ImportIssue] = []
    if any(name not in ("beds", "need") for name in values):
        issues.append(_issue(file, None, None, "unknown_key", "An action file has only: beds, need."))
    actions: list[Action] = []
    scenarios: dict[str, Scenario] = {}
    names: set[str] = set()
    for part, known, required in (
        ("beds", BED_KEYS, ("name", "placement", "beds", "from")),
        ("need", NEED_KEYS, ("name", "from", "scenario")),
    ):
        rows = values.get(part, [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            issues.append(
                _issue(
                    file,
                    None,
                    part,
                    "action_rows",
                    f"Write each of {part} as a table of its own: [[{part}]].",
                )
            )
            continue
        for number, row in enumerate(rows, start=1):
            own = _Row(file, part, number, row)
            own.has_keys(known, required)
            action, scenario = _bed_action(own) if part == "beds" else _need_action(own)
            if action is not None and action.name in names:
                own.tell("name", "action_names", "Give each action a name of its own.")
            elif action is not None:
                names.add(action.name)
                actions.append(action)
                if scenario is not None:
                    scenarios[action.name] = scenario
            issues += own.issues
    if issues:
        raise ImportRejected(issues)
    return ActionList(actions=tuple(actions), scenarios=scenarios)


def actions_from_text(text: str) -> ActionList:
    """Return the actions of a text in the form of an action file.

    Raises
    ------
    InvalidInput
        If the text is neither TOML nor JSON; as ImportRejected, as ``actions_from_values`` does.
    """
    try:
        values = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput("not_a_list_of_actions", "The list of actions is neither TOML nor JSON.") from None
    return actions_from_values(values)


class _Row:
    """One action of a file as it was written, and what is wrong with it."""

    def __init__(self, file: str, part: str, number: int, values: Mapping[str, object]) -> None:
        self.values = values
        self.issues: list[ImportIssue] = []
        self._file, self._part, self._number = file, part, number

    def tell(self, key: str | None, rule: str, what_to_do: str) -> None:
        """Add a problem; of a whole action without a key."""
        column = self._part if key is None else f"{self._part}.{key}"
        self.issues.append(_issue(self._file, self._number, column, rule, what_to_do))

    def has_keys(self, known: tuple[str, ...], required: tuple[str, ...]) -> None:
        """Tell each key that is needed and missing, and whether there are unknown ones."""
        if any(name not in known for name in self.values):
            self.tell(None, "unknown_key", f"Each of {self._part} has only: {', '.join(known)}.")
        for name in required:
            if name not in self.values:
                self.tell(name, "missing_key", f"Each of {self._part} needs: {', '.join(required)}.")

    def read(
        self, key: str, reader: Callable[[object], _Value], left_out: _Value | None = None
    ) -> _Value | None:
        """Return what a reader makes of a key's value; ``left_out`` without one, and ``None`` where it is refused."""
        if key not in self.values:
            return left_out
        try:
            return reader(self.values[key])
        except InvalidInput as error:
            self.tell(key, error.code, error.message)
            return None


def _issue(file: str, row: int | None, column: str | None, rule: str, what_to_do: str) -> ImportIssue:
    return ImportIssue(file=file, row=row, column=column, rule=rule, what_to_do=what_to_do)


def _bed_action(row: _Row) -> tuple[BedAction | None, None]:
    name = row.read("name", _name)
    group = row.read("placement", _group)
    beds = row.read("beds", _whole)
    from_day = row.read("from", _day)
    ages = row.read("ages", _ages, (AGE_BANDS[0], AGE_BANDS[-1]))
    local = row.read("local", _yes, True)
    weekly, once = row.read("weekly_pounds", _pence, 0), row.read("once_pounds", _pence, 0)
    home = None
    if name and group and beds and ages and "home" in row.values:
        home = _home(row, name, group, beds, ages)
    if row.issues or not (name and group and beds and from_day and ages):
        return None, None
    return (
        BedAction(
            name=name,
            group=group,
            beds=beds,
            from_day=from_day,
            ages=ages,
            local=bool(local),
            weekly_pence=weekly or 0,
            once_pence=once or 0,
            home=home,
        ),
        None,
    )


def _need_action(row: _Row) -> tuple[NeedAction | None, Scenario | None]:
    name, from_day = row.read("name", _name), row.read("from", _day)
    weekly, once = row.read("weekly_pounds", _pence, 0), row.read("once_pounds", _pence, 0)
    scenario = row.read("scenario", lambda value: _scenario(value, name or "scenario"))
    if row.issues or not (name and from_day):
        return None, None
    return NeedAction(name=name, from_day=from_day, weekly_pence=weekly or 0, once_pence=once or 0), scenario


def _scenario(value: object, name: str) -> Scenario:
    if not isinstance(value, Mapping):
        raise InvalidInput("action_scenario", "Write its scenario as a table: [need.scenario].")
    return scenario_from_values({"name": name, **value})


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput("action_name", "Give each action a name in words.")
    return value.strip()


def _group(value: object) -> PlacementGroup:
    if value not in SHORTFALL_GROUPS:
        raise InvalidInput("action_group", f"Give one of {', '.join(map(str, SHORTFALL_GROUPS))}.")
    return PlacementGroup(str(value))


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidInput("action_beds", "Give a whole number from 1.")
    return value


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput("action_date", "Give a date, YYYY-MM-DD.") from None


def _ages(value: object) -> tuple[str, str]:
    if (
        not isinstance(value, list)
        or len(value) != 2
        or any(band not in AGE_BANDS for band in value)
        or AGE_BANDS.index(value[0]) > AGE_BANDS.index(value[1])
    ):
        raise InvalidInput("action_ages", f"Give the first and last band of {', '.join(AGE_BANDS)}.")
    return value[0], value[1]


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput("action_local", "Write true or false.")
    return value


def _home(row: _Row, name: str, group: PlacementGroup, beds: int, ages: tuple[str, str]) -> Home | None:
    """Return the home that an action describes by columns of a list of homes, with what the action itself says."""
    described = row.values["home"]
    if not isinstance(described, Mapping) or any(column in _SAID_BY_THE_ACTION for column in described):
        row.tell(
            "home",
            "action_home",
            "Describe its home in a table [beds.home] by columns of a list of homes, without "
            f"{', '.join(_SAID_BY_THE_ACTION)}.",
        )
        return None
    first, last = ages
    youngest = law_number("supported_accommodation_youngest") if group is PlacementGroup.SUPPORTED else 0
    try:
        homes, found = homes_from_values(
            [
                {
                    "type": str(_USUAL_TYPE[group]),
                    "contract": str(ContractKind.IN_HOUSE),
                    "min_age": max(BAND_FIRST_AGE[AGE_BANDS.index(first)], youngest),
                    "max_age": BAND_LAST_AGE[AGE_BANDS.index(last)],
                    **described,
                    "home_id": f"action: {name}",
                    "registered": True,
                    "status": str(HomeStatus.OPEN),
                    "places": beds,
                    "vacancies": beds,
                }
            ]
        )
    except ImportRejected as rejected:
        homes, found = (), rejected.issues
    for issue in found:
        row.tell(f"home.{issue.column}" if issue.column else "home", "action_home", issue.what_to_do)
    return homes[0] if homes else None


def _pence(value: object) -> int:
    try:
        if isinstance(value, bool):
            raise InvalidOperation
        pence = Decimal(str(value)) * 100
        if pence != pence.to_integral_value() or pence < 0:
            raise InvalidOperation
    except InvalidOperation:
        raise InvalidInput("action_pounds", "Give pounds of 0 or more with at most two decimals.") from None
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
