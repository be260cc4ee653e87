"""A date in the address of a page or of the API: read by the rules of files, and told in the same words."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from reference_data.cells import CellError, parse_date

DATE_RULES = frozenset({"ambiguous_date", "impossible_date", "spreadsheet_date"})
"""The rules that a date may break, each with advice of its own."""


def _read(given: object) -> date | None:
    if given is None:
        return None
    try:
        return parse_date(given)
    except CellError as error:
        rule = error.rule if error.rule in DATE_RULES else "ambiguous_date"
        raise PydanticCustomError(rule, error.what_to_do) from None


DayAsked = Annotated[date | None, BeforeValidator(_read)]
"""A day of a year from 1900 to 2200, written yyyy-mm-dd or dd/mm/yyyy; absent when nobody asked for one."""

DayOfForm = Annotated[DayAsked, BeforeValidator(lambda given: given or None)]
"""The same from a page's form, where a field that is left empty asks for no day."""
