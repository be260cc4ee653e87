"""Field tables: one per record of the contract, driving readers, JSON Schema and docs alike.

A field table is a CSV in ``shipped/fields``. How a cell is parsed by its field's type lives in
``cells.py``; how a whole file is read lives in ``tables.py``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path

from reference_data.problems import NotFound

FIELDS_FOLDER = Path(__file__).parent / "shipped" / "fields"


class FieldType(StrEnum):
    """What a field holds."""

    IDENTIFIER = "identifier"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    POUNDS = "pounds"
    POSTCODE = "postcode"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXTS = "texts"
    IDENTIFIERS = "identifiers"


LIST_TYPES = frozenset({FieldType.CHOICES, FieldType.TEXTS, FieldType.IDENTIFIERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record.

    Parameters
    ----------
    name
        The contract's name. A dot nests (``needs.behaviour``); ``[]`` marks a list of objects
        (``beds[].held_for``).
    required
        ``key`` (the record's id, unique in a file), ``yes`` or ``no``.
    minimum, maximum
        Limits of a number or of pounds, inclusive.
    values
        For choices: ``vocabulary.Sex``, ``codelist.LS`` or ``a|b|c``.
    meaning, drives
        Sentences for the documentation: what it says, and which rule or aim uses it.
    """

    name: str
    type: FieldType
    unit: str
    required: str
    minimum: float | None
    maximum: float | None
    values: str
    meaning: str
    drives: str

    @property
    def column(self) -> str:
        """Return the name as a column heading: ``beds[].held_for`` is ``beds.held_for``."""
        return self.name.replace("[]", "")

    @property
    def parent(self) -> str | None:
        """Return the object or list that holds the field, or ``None`` at the top."""
        return self.column.rpartition(".")[0] or None

    @property
    def leaf(self) -> str:
        """Return the last part of the name."""
        return self.column.rpartition(".")[2]

    @property
    def in_list(self) -> bool:
        """Say whether the field belongs to each item of a list of objects."""
        return "[]" in self.name

    @property
    def value_name(self) -> str:
        """Return the name under which the parsed value stands: pounds become pence."""
        return self.leaf.removesuffix("_pounds") + "_pence" if self.type is FieldType.POUNDS else self.leaf


@cache
def load_fields(record: str) -> tuple[Field, ...]:
    """Return the fields of a record in their documented order.

    Raises
    ------
    NotFound
        If no field table has that name.
    """
    if record not in record_names():
        known = ", ".join(record_names())
        raise NotFound("no_such_record", f"There is no record of that name. Known records: {known}.")
    with (FIELDS_FOLDER / f"{record}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_field(row) for row in csv.DictReader(file))


@cache
def record_names() -> tuple[str, ...]:
    """Return the names of all records that have a field table."""
    return tuple(sorted(path.stem for path in FIELDS_FOLDER.glob("*.csv")))


def _field(row: dict[str, str]) -> Field:
    return Field(
        name=row["name"],
        type=FieldType(row["type"]),
        unit=row["unit"],
        required=row["required"],
        minimum=float(row["minimum"]) if row["minimum"] else None,
        maximum=float(row["maximum"]) if row["maximum"] else None,
        values=row["values"],
        meaning=row["meaning"],
        drives=row["drives"],
    )


@cache
def allowed_values(values: str) -> tuple[str, ...]:
    """Return the values that a choice may take, in order.

    ``vocabulary.Name`` and ``vocabulary.Name+Other`` are the members of enumerations,
    ``codelist.Name`` every code that was ever valid in a dated list, and ``a|b`` the words themselves.
    """
    kind, _, names = values.partition(".")
    if kind == "vocabulary":
        vocabulary = import_module("reference_data.vocabulary")
        return tuple(str(member) for name in names.split("+") for member in getattr(vocabulary, name))
    if kind == "codelist":
        return tuple(import_module("reference_data.codelists").codes(names))
    return tuple(values.split("|"))


_JSON_TYPES: dict[FieldType, dict[str, object]] = {
    FieldType.IDENTIFIER: {"type": "string", "minLength": 1, "maxLength": 100},
    FieldType.TEXT: {"type": "string"},
    FieldType.INTEGER: {"type": "integer"},
    FieldType.NUMBER: {"type": "number"},
    FieldType.BOOLEAN: {"type": "boolean"},
    FieldType.DATE: {"type": "string", "format": "date"},
    FieldType.POUNDS: {"type": "number", "multipleOf": 0.01},
    FieldType.POSTCODE: {"type": "string", "pattern": "^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}$"},
    FieldType.CHOICE: {"type": "string"},
}

_ITEM_TYPES = {
    FieldType.CHOICES: FieldType.CHOICE,
    FieldType.TEXTS: FieldType.TEXT,
    FieldType.IDENTIFIERS: FieldType.IDENTIFIER,
}


def json_schema(record: str) -> dict[str, object]:
    """Return the JSON Schema (2020-12) of one record of a file.

    Unknown properties are allowed, since readers report them and go on.
    """
    properties: dict[str, object] = {}
    required: list[str] = []
    for field in load_fields(record):
        holder = properties
        if field.parent is not None:
            holder = _nested_properties(properties, field)
        elif field.required != "no":
            required.append(field.leaf)
        holder[field.leaf] = _property(field)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": record,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": True,
    }


def _nested_properties(properties: dict[str, object], field: Field) -> dict[str, object]:
    holder = properties
    parts = field.name.split(".")[:-1]
    for part in parts:
        name = part.removesuffix("[]")
        if part.endswith("[]"):
            item: dict[str, object] = {"type": "object", "properties": {}, "additionalProperties": True}
            schema: dict[str, object] = {"type": "array", "items": item}
            schema = _as_schema(holder.setdefault(name, schema))
            holder = _as_schema(_as_schema(schema["items"])["properties"])
        else:
            empty: dict[str, object] = {"type": "object", "properties": {}, "additionalProperties": True}
            holder = _as_schema(_as_schema(holder.setdefault(name, empty))["properties"])
    return holder


def _as_schema(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError("a field table names the same thing as a value and as an object")
    return value


def _property(field: Field) -> dict[str, object]:
    schema: dict[str, object]
    if field.type in LIST_TYPES:
        item: dict[str, object] = dict(_JSON_TYPES[_ITEM_TYPES[field.type]])
        if field.values:
            item["enum"] = list(allowed_values(field.values))
        schema = {"type": "array", "items": item}
    else:
        schema = dict(_JSON_TYPES[field.type])
        if field.values:
            schema["enum"] = list(allowed_values(field.values))
    if field.minimum is not None:
        schema["minimum"] = field.minimum
    if field.maximum is not None:
        schema["maximum"] = field.maximum
    schema["description"] = field.meaning + (f" Unit: {field.unit}." if field.unit else "")
    return schema
