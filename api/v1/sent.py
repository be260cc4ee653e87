"""What is sent to the API must be known to it: a name misspelt is refused and not passed over."""

from __future__ import annotations

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, ConfigDict

from reference_data.problems import ImportIssue, ImportRejected

UNKNOWN_FIELD = ("unknown_field", "There is no such name here. Check it in the API's description.")


class Sent(BaseModel):
    """A body that somebody sends. Names that are not its own are refused."""

    model_config = ConfigDict(extra="forbid")


def only_known_names(request: Request) -> None:
    """Refuse a query with a name that the address does not know.

    Raises
    ------
    ImportRejected
        With every such name.
    """
    if not request.query_params:
        return
    known = _names_of(request.scope["route"].dependant)
    rule, what_to_do = UNKNOWN_FIELD
    issues = [
        ImportIssue(file="request", row=None, column=name, rule=rule, what_to_do=what_to_do)
        for name in dict.fromkeys(request.query_params)
        if name not in known
    ]
    if issues:
        raise ImportRejected(issues)


def _names_of(dependant: Dependant) -> set[str]:
    """Return the names of a query that an address reads, by itself or through what it depends on."""
    names = {field.alias for field in dependant.query_params}
    return names.union(*(_names_of(one) for one in dependant.dependencies))
