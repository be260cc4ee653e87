"""The statistical neighbours of an authority: those most like it, by a model that has a date.

The department replaces the model now and then, so a benchmark always says which it means. These are not the
authorities that adjoin: those are in ``authorities.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

MODELS = ("2021-04", "2025-05")
"""The models that ship, by year and month; the last is the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticalNeighbour:
    """One neighbour in a model.

    Parameters
    ----------
    rank
        1 for the most alike, to 10.
    code
        The neighbour's DfE code; the model of 2021 names Cumbria (909), since replaced.
    closeness
        ``extremely_close, very_close, close, somewhat_close, not_close``.
    """

    rank: int
    code: str
    closeness: str


def statistical_neighbours(authority_code: str, model: str = MODELS[-1]) -> tuple[StatisticalNeighbour, ...]:
    """Return the ten statistical neighbours of an authority, the most alike first.

    Parameters
    ----------
    authority_code
        A DfE code.
    model
        One of ``MODELS``.

    Raises
    ------
    NotFound
        If there is no such model, or it has no neighbours for the authority: that of 2021 is older than
        Cumberland and Westmorland and Furness.

    References
    ----------
    Department for Education, Local Authority Interactive Tool: statistical neighbour models, April 2021 and May 2025.

    Examples
    --------
    >>> [each.code for each in statistical_neighbours("879")][:3]  # Tameside, Torbay, Telford and Wrekin
    ['357', '880', '894']
    """
    if model not in MODELS:
        raise NotFound("model_not_found", f"The models of statistical neighbours are {', '.join(MODELS)}.")
    found = _neighbours().get((model, authority_code))
    if found is None:
        raise NotFound("neighbours_not_found", f"The model {model} has no neighbours for this authority.")
    return found


@cache
def _neighbours() -> Mapping[tuple[str, str], tuple[StatisticalNeighbour, ...]]:
    found: dict[tuple[str, str], list[StatisticalNeighbour]] = {}
    for row in shipped_rows("published", "statistical_neighbours.csv.gz"):
        found.setdefault((row["model"], row["authority"]), []).append(
            StatisticalNeighbour(rank=int(row["rank"]), code=row["neighbour"], closeness=row["closeness"])
        )
    return {key: tuple(sorted(each, key=lambda one: one.rank)) for key, each in found.items()}
