"""The outlines, and the hand-checked table of who adjoins held against the gaps between them."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest

from reference_data.authorities import adjoins, authorities, authority
from reference_data.boundaries import outline, peninsula_outlines
from reference_data.postcodes import locate
from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

TOUCHING_METRES = 1
"""Outlines this near share a line; the coordinates are whole tens of metres."""
EXPLAINED_METRES = 1_000
"""Two areas nearer than this that do not adjoin are in the table with the reason."""


def segments(code: str) -> np.ndarray:
    """Return every straight piece of an outline. Shape (pieces, two ends, two coordinates)."""
    rings = [np.array(ring) for part in outline(code) for ring in part]
    return np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])


def nearest(points: np.ndarray, pieces: np.ndarray) -> float:
    start, along = pieces[:, 0], pieces[:, 1] - pieces[:, 0]
    length = np.maximum((along**2).sum(axis=1), 1e-9)
    share = np.clip(((points[:, None] - start) * along).sum(axis=2) / length, 0, 1)
    return float(np.sqrt(((points[:, None] - start - share[..., None] * along) ** 2).sum(axis=2)).min())


@cache
def gaps() -> dict[tuple[str, str], float]:
    """Return the gap in metres of every pair of authorities whose boxes lie within the explained distance."""
    pieces = {known.code: segments(known.code) for known in authorities()}
    corners = {code: each.reshape(-1, 2) for code, each in pieces.items()}
    found = {}
    for a, b in combinations(sorted(pieces), 2):
        apart = np.maximum(corners[a].min(axis=0), corners[b].min(axis=0)) - np.minimum(
            corners[a].max(axis=0), corners[b].max(axis=0)
        )
        if (apart <= EXPLAINED_METRES).all():
            found[a, b] = min(nearest(corners[a], pieces[b]), nearest(corners[b], pieces[a]))
    return found


def reasons() -> dict[tuple[str, str], str]:
    rows = shipped_rows("authorities", "adjoining.csv")
    return {(row["a"], row["b"]): row["note"] for row in rows if row["source"] == "hand"}


def test_outlines_that_touch_adjoin_and_every_other_answer_is_explained_by_hand() -> None:
    touching = {pair for pair, metres in gaps().items() if metres <= TOUCHING_METRES}
    adjoining = {(a.code, b.code) for a, b in combinations(authorities(), 2) if adjoins(a.code, b.code)}
    assert len(touching) == 374
    for pair in touching ^ adjoining:
        assert reasons()[pair], pair


def test_what_adjoins_without_touching_faces_across_a_river() -> None:
    rows = [row for row in shipped_rows("authorities", "adjoining.csv") if row["adjoins"] == "yes"]
    across = {
        (row["a"], row["b"]): row["boundary"]
        for row in rows
        if gaps().get((row["a"], row["b"]), np.inf) > TOUCHING_METRES
    }
    assert len(across) == 8
    assert set(across.values()) == {"river"}
    assert ("879", "908") in across


def test_near_areas_that_do_not_adjoin_have_a_reason_in_the_table() -> None:
    near = {pair for pair, metres in gaps().items() if TOUCHING_METRES < metres <= EXPLAINED_METRES}
    assert len(near) > 10
    assert {pair for pair in near if not reasons().get(pair)} == set()


def test_the_supplied_outlines_leave_a_gap_across_the_tamar() -> None:
    assert gaps()["879", "908"] == pytest.approx(589, abs=1)


def is_inside(point: tuple[float, float], code: str) -> bool:
    """Say whether a point lies inside an outline: a line from it crosses the rings an odd number of times."""
    x, y = point
    ends = segments(code)
    (x1, y1), (x2, y2) = ends[:, 0].T, ends[:, 1].T
    between = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return bool((between & (x < crossing)).sum() % 2)


@pytest.mark.parametrize(
    ("postcode", "name"),
    [
        ("PL1 2AA", "Plymouth"),
        ("EX4 3PU", "Devon"),
        ("TQ1 3DR", "Torbay"),
        ("TA1 3DY", "Somerset"),
        ("TR1 3AY", "Cornwall"),
        ("S1 2HH", "Sheffield"),
        ("LE15 6HP", "Rutland"),
        ("SE1 2AA", "Southwark"),
    ],
)
def test_a_town_lies_inside_the_outline_of_its_authority_and_of_no_other(postcode: str, name: str) -> None:
    place = locate(postcode)
    assert place is not None
    point = (float(place.easting), float(place.northing))
    assert [known.name for known in authorities() if is_inside(point, known.code)] == [name]


def test_every_authority_has_an_outline_of_closed_rings() -> None:
    for known in authorities():
        parts = outline(known.code)
        assert parts
        for ring in (ring for part in parts for ring in part):
            assert ring[0] == ring[-1]
            assert len(ring) >= 4
            assert all(0 < x < 700_000 and 0 < y < 700_000 for x, y in ring)


def test_the_peninsula_is_drawn_in_degrees_too() -> None:
    assert {authority(code).name for code in peninsula_outlines()} == {
        "Plymouth",
        "Devon",
        "Torbay",
        "Somerset",
        "Cornwall",
    }
    for parts in peninsula_outlines().values():
        assert all(-7 < x < -2 and 49 < y < 52 for part in parts for ring in part for x, y in ring)


def test_an_outline_of_no_authority_is_refused() -> None:
    with pytest.raises(NotFound):
        outline("909")
