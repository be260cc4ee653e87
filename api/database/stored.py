"""How a record's typed values are kept as JSON, and typed again by its field table coming out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

from reference_data.fields import FieldType, load_fields


def stored_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return typed values in the form that JSON can hold: dates as ISO text, tuples as lists."""
    return {name: _stored(value) for name, value in values.items()}


def typed_values(record: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values typed again as the reader of files gave them."""
    dates = _date_columns(record)
    return {name: _typed(value, name, dates) for name, value in stored.items()}


def digest(stored: Mapping[str, Any]) -> str:
    """Return a digest that two records share exactly when they say the same."""
    return sha256(json.dumps(stored, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _stored(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        # An enumeration's member is kept as its plain value.
        return str(value)
    if isinstance(value, Mapping):
        return stored_values(value)
    if isinstance(value, list | tuple | frozenset):
        return [_stored(item) for item in value]
    return value


@cache
def _date_columns(record: str) -> frozenset[str]:
    return frozenset(field.column for field in load_fields(record) if field.type is FieldType.DATE)


def _typed(stored: Any, column: str, dates: frozenset[str]) -> Any:
    if isinstance(stored, Mapping):
        return {
            name: _typed(value, f"{column}.{name}" if column else name, dates)
            for name, value in stored.items()
        }
    if isinstance(stored, list):
        return [_typed(item, column, dates) for item in stored]
    if column in dates and isinstance(stored, str):
        return date.fromisoformat(stored)
    return stored
