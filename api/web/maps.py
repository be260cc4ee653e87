"""Maps drawn on the server: areas shaded by a number, as an SVG picture with its title and description.

As with charts, the page that shows a map puts the same figures in a table beside it; a shade is never the only copy.
Outlines are generalised: a map says how many, area by area, and not where a boundary runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from xml.etree.ElementTree import SubElement

from markupsafe import Markup

from api.web.charts import (
    BAND_MIDDLE,
    BAND_NARROW,
    BAND_WIDE,
    DARK_BLUE,
    TEXT,
    WARM,
    WHITE,
    as_markup,
    as_numbers,
    picture,
    write_text,
)
from api.web.words import number
from reference_data.authorities import authority
from reference_data.boundaries import outline
from reference_data.problems import NotFound

SHADES = (BAND_WIDE, BAND_MIDDLE, BAND_NARROW, DARK_BLUE)
WIDTH, MOST_HEIGHT, EDGE = 420, 420, 8
LEAST_LABELLED = 26
"""Areas narrower than this many units carry no name: the table has it."""


def area_map(
    *, map_id: str, title: str, description: str, values: Mapping[str, float], own: str | None = None
) -> Markup:
    """Return a map of the areas that have a number, the darker the more, with the council's own area outlined.

    Parameters
    ----------
    values
        Number by DfE code; a code without an outline is left to the table.
    own
        The council's own code.
    """
    shapes = {}
    for code in values:
        try:
            shapes[code] = outline(code)
        except NotFound:
            continue
    if not shapes:
        return as_markup(picture(map_id, title, description, WIDTH, 40))
    points = [point for parts in shapes.values() for part in parts for ring in part for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    scale = min((WIDTH - 2 * EDGE) / (east - west), (MOST_HEIGHT - 2 * EDGE) / (north - south))
    height = ceil((north - south) * scale) + 2 * EDGE
    svg = picture(map_id, title, description, WIDTH, height + 30)

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return EDGE + (point[0] - west) * scale, EDGE + (north - point[1]) * scale

    most = max(values[code] for code in shapes) or 1.0
    # The council's own area last, so that its line lies above its neighbours'.
    for code in sorted(shapes, key=lambda one: (one == own, one)):
        path = " ".join(
            "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in map(at, ring)) + " Z"
            for part in shapes[code]
            for ring in part
        )
        shade = SHADES[min(int(values[code] / most * len(SHADES)), len(SHADES) - 1)]
        area = SubElement(
            svg,
            "path",
            {
                "d": path,
                "fill": shade,
                "fill-rule": "evenodd",
                "stroke": WARM if code == own else TEXT,
                "stroke-width": "2.5" if code == own else "0.7",
            },
        )
        SubElement(area, "title").text = f"{authority(code).name}: {number(values[code])}"
    for code, parts in shapes.items():
        largest = max((part[0] for part in parts), key=len)
        across = [at(point) for point in largest]
        left, right = min(x for x, _ in across), max(x for x, _ in across)
        if right - left >= LEAST_LABELLED:
            dark = values[code] / most >= 0.75
            write_text(
                svg,
                sum(x for x, _ in across) / len(across),
                sum(y for _, y in across) / len(across) + 4,
                number(values[code]),
                size=13,
                anchor="middle",
                fill=WHITE if dark else TEXT,
            )
    x = float(EDGE)
    for place, shade in enumerate(SHADES):
        words = f"to {number(round(most * (place + 1) / len(SHADES)))}"
        SubElement(
            svg,
            "rect",
            as_numbers(x=x, y=height + 10, width=14, height=12) | {"fill": shade, "stroke": TEXT},
        )
        write_text(svg, x + 19, height + 21, words, size=13)
        x += 19 + 7.4 * len(words) + 16
    return as_markup(svg)
