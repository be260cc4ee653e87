"""The outlines of the 153 authorities, for maps.

They are generalised and cut at the coast, so they say nothing about who adjoins whom (``authorities.py`` does) nor on
which side of a boundary an address lies (``postcodes.py`` does). The Peninsula is there once more, in longitude and
latitude and with more detail.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from reference_data.authorities import authority
from reference_data.shipped_tables import shipped_path

Ring = tuple[tuple[float, float], ...]
"""A closed line: its first point is also its last."""
Outline = tuple[tuple[Ring, ...], ...]
"""The parts of an area; of each part the outer ring first, then its holes."""

_FOLDER = "boundaries"


def outline(authority_code: str) -> Outline:
    """Return the outline of an authority as (easting, northing) in metres of the British National Grid.

    Raises
    ------
    NotFound
        If the code is not a present English authority.

    References
    ----------
    Office for National Statistics, Open Geography portal: authorities as of 2023, generalised.
    """
    return _outlines("english_authorities_2023.json.gz", "code")[authority(authority_code).code]


def peninsula_outlines() -> Mapping[str, Outline]:
    """Return the outlines of the Peninsula and Cornwall by DfE code, as (longitude, latitude) in degrees (WGS84)."""
    return _outlines("peninsula_authorities.geojson", "dfe_code")


@cache
def _outlines(name: str, code: str) -> Mapping[str, Outline]:
    content = shipped_path(_FOLDER, name).read_bytes()
    document = json.loads(gzip.decompress(content) if name.endswith(".gz") else content)
    return MappingProxyType(
        {
            str(feature["properties"][code]): tuple(
                tuple(tuple((point[0], point[1]) for point in ring) for ring in part)
                for part in feature["geometry"]["coordinates"]
            )
            for feature in document["features"]
        }
    )
