"""The report's charts as SVG: the same drawings as on the pages, standing alone in a file."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from api.web.charts import FanPoint, fan_chart
from api.web.maps import area_map
from sufficiency.report import AreaMap, Chart

SVG = 'xmlns="http://www.w3.org/2000/svg"'


def chart_svg(chart: Chart, chart_id: str) -> str:
    """Return a chart as the text of an SVG file."""
    drawn = str(picture_of(chart, chart_id))
    return drawn if SVG in drawn else drawn.replace("<svg ", f"<svg {SVG} ", 1)


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
