"""Any records that a field table allows, with text that files and spreadsheets find hard: Hypothesis strategies."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from reference_data.fields import Field, FieldType, allowed_values, load_fields

HOSTILE = (
    "=1+1",
    "+44 1752",
    "-5",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "'=1",
    "''@x",
    "'tis",
    "a;b",
    "[not a list",
    '["a"]',
    "[]",
    'quote " and, comma',
    "two\nlines",
    "carriage\rreturn",
    "both\r\nof them",
    "_x0041_",
    "#REF!",
    "{}",
    "TRUE",
    "01/02/2020",
    "007",
    "1e5",
    "a|b",
    "tab\tinside",
    "\x01control",
    "é🙂",
)


TEXTS = (
    st.one_of(
        st.sampled_from(HOSTILE),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff"), max_size=12),
    )
    .map(str.strip)
    .filter(lambda text: text and "_x005F_" not in text)
)
IDS = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8)


def values_of(field: Field) -> st.SearchStrategy[Any]:
    low, high = field.minimum or 0, field.maximum if field.maximum is not None else 10_000
    match field.type:
        case FieldType.IDENTIFIER:
            return IDS
        case FieldType.INTEGER:
            return st.integers(int(low), int(high))
        case FieldType.POUNDS:
            return st.integers(int(low) * 100, 10**9)
        case FieldType.NUMBER:
            return st.floats(low, high, allow_nan=False)
        case FieldType.BOOLEAN:
            return st.booleans()
        case FieldType.DATE:
            return st.dates(date(1900, 1, 1), date(2200, 12, 31))
        case FieldType.POSTCODE:
            return st.sampled_from(["PL1 2AA", "EX4 3PZ", "TQ1 3DR"])
        case FieldType.CHOICE:
            return st.sampled_from(allowed_values(field.values))
        case FieldType.CHOICES:
            return st.lists(st.sampled_from(allowed_values(field.values)), max_size=3)
        case FieldType.IDENTIFIERS:
            return st.lists(IDS, max_size=3)
        case FieldType.TEXTS:
            return st.lists(TEXTS, max_size=3)
        case _:
            return TEXTS


@st.composite
def records(draw: st.DrawFn, record: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 3))):
        values: dict[str, Any] = {}
        for field in load_fields(record):
            needed = field.required != "no"
            if field.required == "key":
                values[field.value_name] = f"DEMO-{number}"
            elif field.in_list:
                if field.parent not in values and draw(st.integers(0, 3)) == 0:
                    values[str(field.parent)] = [{} for _ in range(draw(st.integers(0, 2)))]
                for item in values.get(str(field.parent), ()):
                    if needed or draw(st.booleans()):
                        item[field.value_name] = draw(values_of(field))
            elif needed or draw(st.integers(0, 5)) == 0:
                holder = values if field.parent is None else values.setdefault(field.parent, {})
                holder[field.value_name] = draw(values_of(field))
        made.append(values)
    return made
