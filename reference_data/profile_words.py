"""One answer of a standard in our words, and one value of ours in the standard's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reference_data.cells import CellError, CellValue, parse_cell
from reference_data.fields import LIST_TYPES, Field, FieldType
from reference_data.profiles import ANY_WORD, ProfileField, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer in our words: the field of ours it fills, and the value."""

    field: Field
    value: CellValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A value of ours in the standard's words, and whether they say less than ours did."""

    cell: object
    broader: bool = False


def in_our_words(cell: object, entry: ProfileField) -> Answer | None:
    """Return what one answer says to us; ``None`` when it says that nothing is known.

    Raises
    ------
    CellError
        If the answer is none of the standard's, or breaks a rule of our field.
    """
    if entry.whole_field is not None:
        try:
            return Answer(field=entry.whole_field, value=parse_cell(cell, entry.whole_field))
        except CellError:
            # Part of a postcode, or words: the field for those takes it.
            pass
    if not entry.codes:
        return Answer(field=entry.field, value=_parsed(cell, entry.field))
    words = {plain(word): code for word, code in (*entry.also_read.items(), *entry.codes.items())}
    text = {True: "Yes", False: "No"}[cell] if isinstance(cell, bool) else str(cell)
    code = words.get(plain(text))
    if code is None:
        raise CellError("unknown_code", f"Use one of: {', '.join(entry.codes)}.")
    return Answer(field=entry.field, value=_parsed(code, entry.field)) if code else None


def _parsed(cell: object, field: Field) -> CellValue:
    if field.type in LIST_TYPES:
        (item,) = _as_list(parse_cell([cell], field))
        return item
    return parse_cell(cell, field)


def _as_list(value: CellValue) -> list[str]:
    if not isinstance(value, list):
        raise TypeError("a field of several values gives a list")
    return value


def in_their_words(value: object, entry: ProfileField) -> Told | None:
    """Return a value of ours in the standard's words; ``None`` when it has no word for it."""
    if entry.codes:
        code = str(value).lower() if isinstance(value, bool) else str(value)
        words = {plain(one): word for word, one in reversed([*entry.codes.items()]) if one}
        word = words.get(plain(code))
        if word is not None:
            return Told(cell=word)
        word = entry.told_as.get(code, entry.told_as.get(ANY_WORD))
        return None if word is None else Told(cell=word, broader=True)
    if isinstance(value, date):
        return Told(cell=value.isoformat())
    if entry.field.type is FieldType.POUNDS and isinstance(value, int):
        return Told(cell=value // 100 if value % 100 == 0 else value / 100)
    return Told(cell=value if isinstance(value, int | float) else str(value))


def sector(postcode: str) -> Told:
    """Return the part of a postcode that the standard asks for: all but the last two letters."""
    return Told(cell=postcode[:-2].strip(), broader=True)
