"""The forms that ask for an analysis: what was typed, read field by field, and shown again where it cannot be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.services.analyses import (
    LEAST_PERCENT,
    LONGEST_NAME,
    MOST_BEDS_ADDED,
    MOST_CONSTELLATIONS,
    MOST_ENQUIRIES,
    MOST_LOSS_PERCENT,
    MOST_MONTHS,
    MOST_PERCENT,
    BedsSettings,
    IndicatorSettings,
)
from reference_data.cells import CellError, parse_date


async def fields_typed(request: Request) -> dict[str, str]:
    """Return the fields of a form as they were typed."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str) and name != "csrf_token"}


FieldsTyped = Annotated[dict[str, str], Depends(fields_typed)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField:
    """A whole number that a form asks for.

    Parameters
    ----------
    least, most
        What it may be.
    left_empty
        What an empty field says; ``None`` leaves the setting as nobody chose it.
    """

    name: str
    words: str
    least: int
    most: int
    left_empty: int | None
    hint: str = ""


BEDS_FIELDS = (
    NumberField(name="months", words="Months ahead", least=1, most=MOST_MONTHS, left_empty=24),
    NumberField(
        name="starts_percent",
        words="Children starting, change in %",
        least=LEAST_PERCENT,
        most=MOST_PERCENT,
        left_empty=0,
    ),
    NumberField(
        name="leaving_percent",
        words="Leaving care at each age, change in %",
        least=LEAST_PERCENT,
        most=MOST_PERCENT,
        left_empty=0,
    ),
    NumberField(name="more_fostering", words="More foster beds", least=0, most=MOST_BEDS_ADDED, left_empty=0),
    NumberField(
        name="more_residential",
        words="More children\N{RIGHT SINGLE QUOTATION MARK}s home beds",
        least=0,
        most=MOST_BEDS_ADDED,
        left_empty=0,
    ),
    NumberField(
        name="more_supported",
        words="More supported accommodation beds",
        least=0,
        most=MOST_BEDS_ADDED,
        left_empty=0,
    ),
    NumberField(
        name="carer_enquiries",
        words="People a year who enquire about fostering",
        least=0,
        most=MOST_ENQUIRIES,
        left_empty=0,
        hint="With these four as they are, carers neither come nor go",
    ),
    NumberField(
        name="carer_loss_percent",
        words="Fostering households that stop in a year, in 100",
        least=0,
        most=MOST_LOSS_PERCENT,
        left_empty=None,
        hint="Empty: as in England",
    ),
    NumberField(
        name="constellations",
        words="Mockingbird constellations",
        least=0,
        most=MOST_CONSTELLATIONS,
        left_empty=0,
    ),
    NumberField(
        name="kept_by_constellation_percent",
        words="Of their households that would stop, how many in 100 stay because of it",
        least=0,
        most=100,
        left_empty=0,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One field of a form as it is shown."""

    name: str
    words: str
    value: str
    hint: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BedsForm:
    """The form of a scenario: what is typed, and the settings where all of it can be used."""

    name: FieldView
    fields: tuple[FieldView, ...]
    late_openings: bool
    settings: BedsSettings | None

    @property
    def problems(self) -> tuple[FieldView, ...]:
        """Return the fields that cannot be used."""
        return tuple(one for one in (self.name, *self.fields) if one.problem)


def beds_form(typed: Mapping[str, str]) -> BedsForm:
    """Return the form of a scenario with what somebody typed; fields that were not sent are as they begin."""
    fields: list[FieldView] = []
    numbers: dict[str, int] = {}
    for one in BEDS_FIELDS:
        begins = "" if one.left_empty is None else str(one.left_empty)
        value = typed.get(one.name, begins)
        number, problem = _number(value, one)
        if number is not None:
            numbers[one.name] = number
        fields.append(FieldView(name=one.name, words=one.words, value=value, hint=one.hint, problem=problem))
    name = typed.get("name", "")
    too_long = f"Give a name of at most {LONGEST_NAME} letters" if len(name.strip()) > LONGEST_NAME else ""
    late = typed.get("late_openings") == "true"
    usable = not too_long and not any(one.problem for one in fields)
    return BedsForm(
        name=FieldView(name="name", words="Its name", value=name, problem=too_long),
        fields=tuple(fields),
        late_openings=late,
        settings=BedsSettings(late_openings=late, **numbers) if usable else None,
    )


def _number(value: str, field: NumberField) -> tuple[int | None, str]:
    typed = value.strip().removesuffix("%").replace("\N{MINUS SIGN}", "-").replace(",", "").strip()
    if not typed:
        return field.left_empty, ""
    if re.fullmatch(r"[+-]?[0-9]{1,6}", typed) and field.least <= int(typed) <= field.most:
        return int(typed), ""
    return None, f"{field.words}: enter a whole number from {field.least:,} to {field.most:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorForm:
    """The form of indicators: what is typed, and the settings where the night is a date."""

    at: FieldView
    rolling: bool = False
    points: bool = False
    count_temporary: bool = False
    settings: IndicatorSettings | None = None


def indicator_form(typed: Mapping[str, str]) -> IndicatorForm:
    """Return the form of indicators with what somebody typed."""
    at, value, problem = None, typed.get("at", ""), ""
    if value.strip():
        try:
            at = parse_date(value.strip())
        except CellError as error:
            problem = error.what_to_do
    chosen = {
        "rolling": typed.get("period") == "rolling",
        "points": typed.get("amber") == "points",
        "count_temporary": typed.get("count_temporary") == "true",
    }
    return IndicatorForm(
        at=FieldView(
            name="at",
            words="The last night counted",
            value=value,
            hint="For example 31/03/2026. Leave it empty for the last night of the returns",
            problem=problem,
        ),
        settings=None if problem else IndicatorSettings(at=at, **chosen),
        **chosen,
    )
