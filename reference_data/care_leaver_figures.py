"""Published figures of care leavers: whether their accommodation was judged suitable, and what they do.

A tidied copy (``shipped/published``) of the department's tables. A figure that was suppressed is ``None``. The rates that
the benchmarks show are in ``benchmarks.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

GROUPS = ("accommodation", "activity")
AGES = ("17-18", "19-21")


def care_leavers(authority_code: str, group: str, ages: str, year: int) -> Mapping[str, int | None]:
    """Return the care leavers of a year by accommodation or by activity; ``total`` is one of the keys.

    Those of whom nothing is known stay in the total, so that an unsuitable home and an empty record are told apart.

    Parameters
    ----------
    authority_code
        A DfE code, or ``"england"`` or ``"south_west"``.
    group
        ``accommodation`` (``suitable, unsuitable, no_information``) or ``activity`` (``in_activity, not_in_activity,
        no_information`` and their parts).
    ages
        ``17-18`` or ``19-21``, in years.
    year
        The year to 31 March in which the birthday fell.

    Raises
    ------
    NotFound
        If it is not shipped for this authority, group, ages and year.

    References
    ----------
    Department for Education, Children looked after in England including adoptions 2025, care leavers.

    Examples
    --------
    >>> care_leavers("879", "accommodation", "19-21", 2025)["unsuitable"]
    13
    """
    found = _care_leavers().get((authority_code, group, ages, year))
    if found is None:
        raise NotFound("figures_not_found", "No figures of care leavers are shipped for what was asked.")
    return found


@cache
def _care_leavers() -> Mapping[tuple[str, str, str, int], Mapping[str, int | None]]:
    found: dict[tuple[str, str, str, int], dict[str, int | None]] = {}
    for row in shipped_rows("published", "care_leavers.csv.gz"):
        counts = found.setdefault((row["authority"], row["group"], row["ages"], int(row["year"])), {})
        counts[row["characteristic"]] = int(row["value"]) if row["value"] else None
    return found
