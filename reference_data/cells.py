"""Parse one cell by its field's type, or say which rule it breaks. No message repeats the cell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from math import isfinite

from reference_data.fields import LIST_TYPES, Field, FieldType, allowed_values

EARLIEST_YEAR = 1900
LATEST_YEAR = 2200
LONGEST_IDENTIFIER = 100
LONGEST_TEXT = 20_000

_POSTCODE = re.compile(r"^([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})$")
_ISO_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$")
_BRITISH_DATE = re.compile(r"^(\d{2})/(\d{2})/(\d{4})(?: 00:00(?::00)?)?$")
_DATE_WITH_TIME = re.compile(r"^(\d{4}-\d{2}-\d{2}|\d{2}/\d{2}/\d{4})[T ]\d{1,2}:\d{2}")
_PLAIN_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
_WORD_BREAKS = re.compile(r"[\s_'’‘‐‑–-]")
_OTHER_WORDS = {
    "male": "M",
    "boy": "M",
    "boys": "M",
    "female": "F",
    "girl": "F",
    "girls": "F",
    "homewithparents": "with_parents",
    "adoptivefamily": "adoption",
}
"""Words of the product and of the field that are no writing of their code."""
_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})

CellValue = str | int | float | bool | date | list[str]
"""What a parsed cell may be. Pounds are an ``int`` of pence."""


class CellError(Exception):
    """A cell that breaks a rule. Carries the rule and what to do, never the cell."""

    def __init__(self, rule: str, what_to_do: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.what_to_do = what_to_do


def parse_cell(cell: object, field: Field) -> CellValue:
    """Return the typed value of a cell that is not empty.

    Parameters
    ----------
    cell
        Text of a CSV, a typed spreadsheet cell, or a JSON value.
    field
        The field's row in its table.

    Raises
    ------
    CellError
        If the cell breaks a rule of its type, its choices or its limits.
    """
    if field.type in LIST_TYPES:
        return [_parse_item(item, field) for item in _list_items(cell)]
    value = _PARSERS[field.type](cell, field)
    _check_limits(value, field)
    return value


def _list_items(cell: object) -> list[object]:
    if isinstance(cell, list):
        if any(isinstance(item, dict | list) or item is None for item in cell):
            raise CellError("wrong_type", "Give a plain list of values.")
        return cell
    if isinstance(cell, dict):
        raise CellError("wrong_type", "Give a plain list of values.")
    return list_in_text(_text_of(cell))


def list_in_text(text: str) -> list[object]:
    """Return the items of a list in one cell: separated by ``;``, or a JSON list where an item holds one.

    ``[]`` is a list known to be empty; an empty cell is unknown.
    """
    if text.startswith("[") and text.endswith("]"):
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            items = None
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return list(items)
    return [part.strip() for part in text.split(";") if part.strip()]


def _parse_item(item: object, field: Field) -> str:
    if field.type is FieldType.IDENTIFIERS:
        return _identifier(item, field)
    if field.type is FieldType.CHOICES:
        return _choice(item, field)
    return _text(item, field)


def _text_of(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dict | list):
        raise CellError("wrong_type", "Give one value, not a list or an object.")
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _text(cell: object, _field: Field) -> str:
    text = _text_of(cell)
    if len(text) > LONGEST_TEXT:
        raise CellError("too_long", f"Give at most {LONGEST_TEXT:,} characters.")
    return text


def _identifier(cell: object, _field: Field) -> str:
    if isinstance(cell, bool | date):
        raise CellError("wrong_type", "Give an id as text.")
    text = _text_of(cell)
    if len(text) > LONGEST_IDENTIFIER or not text.isprintable():
        raise CellError("identifier", f"Give an id of at most {LONGEST_IDENTIFIER} printable characters.")
    return text


def _decimal(cell: object) -> Decimal:
    if isinstance(cell, bool | date | dict | list):
        raise CellError("wrong_type", "Give a number.")
    if isinstance(cell, float) and not isfinite(cell):
        raise CellError("wrong_type", "Give a number.")
    text = repr(cell) if isinstance(cell, float) else str(cell).strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise CellError("wrong_type", "Give a number, without words or units.") from None
    if not number.is_finite() or number.copy_abs() > Decimal(10) ** 12:
        raise CellError("wrong_type", "Give a number.")
    return number


def _integer(cell: object, _field: Field) -> int:
    number = _decimal(cell)
    if number != number.to_integral_value():
        raise CellError("wrong_type", "Give a whole number.")
    return int(number)


def _number(cell: object, _field: Field) -> float:
    return float(_decimal(cell))


def _pounds(cell: object, _field: Field) -> int:
    text = cell
    if isinstance(cell, str):
        text = cell.strip().removeprefix("£").strip()
        if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
            text = text.replace(",", "")
        if not _PLAIN_NUMBER.match(text):
            raise CellError("wrong_type", "Give pounds as a number with at most two decimals.")
    pence = _decimal(text) * 100
    if pence != pence.to_integral_value():
        raise CellError("money_decimals", "Give pounds with at most two decimals.")
    return int(pence)


def _boolean(cell: object, _field: Field) -> bool:
    if isinstance(cell, bool):
        return cell
    text = _text_of(cell).lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise CellError("wrong_type", "Give true or false.")


def parse_date(cell: object) -> date:
    """Return the date of a cell: ISO, dd/mm/yyyy or a spreadsheet's date cell.

    Raises
    ------
    CellError
        ``spreadsheet_date`` for a bare day number, ``ambiguous_date`` for any other writing,
        ``impossible_date`` for a day that no calendar has or a year outside 1900-2200.
    """
    if isinstance(cell, datetime):
        if cell.time().replace(microsecond=0) != cell.time().min:
            raise CellError("ambiguous_date", "Give a date without a time of day.")
        cell = cell.date()
    if isinstance(cell, date):
        return _plausible(cell.year, cell.month, cell.day)
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        raise CellError("spreadsheet_date", "This is a spreadsheet's day number: format the cell as a date.")
    text = _text_of(cell)
    if match := _ISO_DATE.match(text):
        year, month, day = (int(part) for part in match.groups())
        return _plausible(year, month, day)
    if match := _BRITISH_DATE.match(text):
        day, month, year = (int(part) for part in match.groups())
        return _plausible(year, month, day)
    if _DATE_WITH_TIME.match(text):
        raise CellError("ambiguous_date", "Give a date without a time of day.")
    if _PLAIN_NUMBER.match(text):
        raise CellError("spreadsheet_date", "This is a spreadsheet's day number: format the cell as a date.")
    raise CellError("ambiguous_date", "Write the date as yyyy-mm-dd or dd/mm/yyyy.")


def _plausible(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellError("impossible_date", "Give a date that the calendar has, day before month.") from None
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise CellError("impossible_date", f"Give a year from {EARLIEST_YEAR} to {LATEST_YEAR}.")
    return found


def _date(cell: object, _field: Field) -> date:
    return parse_date(cell)


def _postcode(cell: object, _field: Field) -> str:
    match = _POSTCODE.match(re.sub(r"\s+", " ", _text_of(cell)).upper())
    if match is None:
        raise CellError("postcode_format", "Give a whole postcode, such as PL1 2AA, or leave it empty.")
    return f"{match[1]} {match[2]}"


def _choice(cell: object, field: Field) -> str:
    text = _text_of(cell)
    if text in allowed_values(field.values):
        return text
    found = _codes_by_writing(field.values).get(folded(text))
    if found is not None:
        return found
    allowed = allowed_values(field.values)
    if len(allowed) <= 24:
        raise CellError("unknown_code", f"Use one of: {', '.join(allowed)}.")
    raise CellError("unknown_code", "Use one of the codes that the field's documentation lists.")


@lru_cache(maxsize=10_000)
def folded(text: str) -> str:
    """Return a name or a code without case, spaces, hyphens, underscores and apostrophes.

    So that "In-house foster carer" is ``in_house_foster_carer`` and "Home ID" is ``home_id``. Other marks
    stay: ``1:1`` is not 11.
    """
    return _WORD_BREAKS.sub("", text.casefold())


@cache
def _codes_by_writing(values: str) -> dict[str, str]:
    """Return the codes of a choice by their folded writing; a writing that two codes share names neither."""
    allowed = allowed_values(values)
    writings = [folded(value) for value in allowed]
    found = {
        writing: value
        for writing, value in zip(writings, allowed, strict=True)
        if writing and writings.count(writing) == 1
    }
    for words, code in _OTHER_WORDS.items():
        if code in allowed and words not in found:
            found[words] = code
    return found


def _check_limits(value: CellValue, field: Field) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    scale = 100 if field.type is FieldType.POUNDS else 1
    too_low = field.minimum is not None and value < field.minimum * scale
    too_high = field.maximum is not None and value > field.maximum * scale
    if too_low or too_high:
        raise CellError("out_of_range", f"Give a value {_range_words(field)}.")


def _range_words(field: Field) -> str:
    if field.minimum is not None and field.maximum is not None:
        return f"from {field.minimum:g} to {field.maximum:g}"
    if field.minimum is not None:
        return f"of at least {field.minimum:g}"
    return f"of at most {field.maximum:g}"


_PARSERS: dict[FieldType, Callable[[object, Field], CellValue]] = {
    FieldType.IDENTIFIER: _identifier,
    FieldType.TEXT: _text,
    FieldType.INTEGER: _integer,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.POUNDS: _pounds,
    FieldType.POSTCODE: _postcode,
    FieldType.CHOICE: _choice,
}
