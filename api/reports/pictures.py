"""The report's charts as SVG or PNG: the same drawings as on the pages, standing alone in a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from markupsafe import Markup

from api.web.charts import FanPoint, fan_chart
from api.web.maps import area_map
from sufficiency.report import AreaMap, Chart

SVG = 'xmlns="http://www.w3.org/2000/svg"'
DOTS_PER_INCH = 150
_PICTURE_ALONE = '#set page(width: 16cm, height: auto, margin: 0pt)\n#image("chart.svg", width: 100%)\n'


def chart_svg(chart: Chart, chart_id: str) -> str:
    """Return a chart as the text of an SVG file."""
    drawn = str(picture_of(chart, chart_id))
    return drawn if SVG in drawn else drawn.replace("<svg ", f"<svg {SVG} ", 1)


def chart_png(chart: Chart, chart_id: str) -> bytes:
    """Return a chart as a PNG picture, for a kind of file that takes no SVG."""
    with TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "chart.svg").write_text(chart_svg(chart, chart_id), encoding="utf-8")
        (where / "chart.typ").write_text(_PICTURE_ALONE, encoding="utf-8")
        drawn = where / "chart.png"
        typst.compile(
            str(where / "chart.typ"), output=str(drawn), root=str(where), format="png", ppi=DOTS_PER_INCH
        )
        return drawn.read_bytes()


def width_percent(chart: Chart) -> int:
    """Return how much of a page's width a chart takes: a map is nearly as high as it is wide."""
    return 60 if isinstance(chart, AreaMap) else 85


def picture_of(chart: Chart, chart_id: str) -> Markup:
    """Return a chart or a map as markup for a page."""
    if isinstance(chart, AreaMap):
        return area_map(
            map_id=chart_id,
            title=chart.title,
            description=chart.description,
            values=chart.values,
            own=chart.own,
        )
    points = [
        FanPoint(
            on=date.fromisoformat(point["date"]),
            **{name: point[name] for name in ("mean", "p2_5", "p10", "p25", "p50", "p75", "p90", "p97_5")},
        )
        for point in chart.points
    ]
    return fan_chart(chart_id=chart_id, title=chart.title, description=chart.description, points=points)
