"""The charts: what they show stands where the number says, and untrusted words stay words."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

from api.web.charts import FanPoint, NeedBar, fan_chart, needs_chart, small_line_chart

SVG = "{http://www.w3.org/2000/svg}"


def fan(*middles: float) -> list[FanPoint]:
    return [
        FanPoint(
            on=date(2026, 1 + place, 1),
            mean=middle,
            p2_5=middle - 20,
            p10=middle - 10,
            p25=middle - 5,
            p50=middle,
            p75=middle + 5,
            p90=middle + 10,
            p97_5=middle + 20,
        )
        for place, middle in enumerate(middles)
    ]


def places(points: str) -> list[tuple[float, float]]:
    return [tuple(map(float, pair.split(","))) for pair in points.split()]


def test_a_fan_widens_outwards_and_holds_its_middle_line() -> None:
    picture = ElementTree.fromstring(
        fan_chart(chart_id="c", title="T", description="D", points=fan(500, 510, 505))
    )
    wide, middle, narrow = (places(item.get("points")) for item in picture.iter(f"{SVG}polygon"))
    line = places(picture.find(f"{SVG}polyline").get("points"))
    for outer, inner in ((wide, middle), (middle, narrow)):
        assert min(y for _, y in outer) < min(y for _, y in inner)
        assert max(y for _, y in outer) > max(y for _, y in inner)
    # Down the page is fewer children: the second month has most, so it stands highest.
    assert line[1][1] < line[2][1] < line[0][1]


def test_a_gap_is_drawn_only_where_need_passes_what_the_home_can_meet() -> None:
    def rectangles(need: int, can_meet: int) -> int:
        chart = needs_chart(
            chart_id="n",
            title="T",
            description="D",
            bars=[NeedBar(label="Risk", need=need, can_meet=can_meet)],
        )
        return len(list(ElementTree.fromstring(chart).iter(f"{SVG}rect")))

    assert rectangles(60, 40) == rectangles(40, 60) + 1


def test_words_from_records_cannot_become_markup() -> None:
    chart = needs_chart(
        chart_id="n",
        title="<script>alert(1)</script>",
        description='"><img src=x>',
        bars=[NeedBar(label="<b>", need=None, can_meet=None)],
    )
    assert "<script" not in chart
    assert "<img" not in chart
    assert "<b>" not in chart


def test_one_month_or_none_still_makes_a_picture() -> None:
    for series in ([], [(date(2026, 6, 1), 3.0)]):
        assert small_line_chart(chart_id="s", title="T", description="D", series=series).startswith("<svg")
    assert fan_chart(chart_id="c", title="T", description="D", points=[]).startswith("<svg")
