"""Bars, curves and maps: well-formed, named, inside their frame, and true to their numbers."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

import pytest

from api.web.charts import Bar, CurvePoint, bar_chart, curve_chart
from api.web.maps import area_map

SVG = "{http://www.w3.org/2000/svg}"


def parsed(markup: object) -> Element:
    svg = fromstring(str(markup))
    assert svg.get("role") == "img"
    title, desc = (svg.find(f"{SVG}{name}") for name in ("title", "desc"))
    assert title is not None
    assert desc is not None
    assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert "style" not in {name for element in svg.iter() for name in element.attrib}
    return svg


def test_bars_are_as_long_as_their_numbers_and_below_0_they_go_the_other_way() -> None:
    bars = [
        Bar(label="a & <b>", value=10, words="10", low=5, high=20),
        Bar(label="c", value=20, words="20"),
        Bar(label="d", value=-10, words="-10", stands_out=True),
    ]
    svg = parsed(bar_chart(chart_id="b", title="t", description="d", bars=bars))
    widths = [float(one.get("width", "0")) for one in svg.iter(f"{SVG}rect")]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.01)
    assert widths[2] == pytest.approx(widths[0], rel=0.01)
    starts = [float(one.get("x", "0")) for one in svg.iter(f"{SVG}rect")]
    assert starts[2] + widths[2] == pytest.approx(starts[0], abs=0.2)
    assert "a & <b>" in [one.text for one in svg.iter(f"{SVG}text")]


def test_no_bars_and_no_points_are_an_empty_picture_and_no_fault() -> None:
    parsed(bar_chart(chart_id="b", title="t", description="d", bars=[]))
    parsed(curve_chart(chart_id="c", title="t", description="d", points=[], across_words="x"))
    parsed(area_map(map_id="m", title="t", description="d", values={"000": 3}))
    flat = [CurvePoint(at=float(n), value=0, low=0, high=0) for n in range(3)]
    parsed(curve_chart(chart_id="c", title="t", description="d", points=flat, across_words="x"))


def test_a_curve_lies_within_its_band_and_its_frame() -> None:
    points = [CurvePoint(at=float(n), value=n * 2.0, low=n * 1.0, high=n * 4.0) for n in range(25)]
    svg = parsed(
        curve_chart(
            chart_id="c",
            title="t",
            description="d",
            points=points,
            across_words="months",
            marks=((12.0, "here"),),
        )
    )
    _, _, width, height = map(float, (svg.get("viewBox") or "").split())
    line = svg.find(f"{SVG}polyline")
    assert line is not None
    for x, y in re.findall(r"([\d.]+),([\d.]+)", line.get("points", "")):
        assert 0 <= float(x) <= width
        assert 0 <= float(y) <= height
    assert "here" in [one.text for one in svg.iter(f"{SVG}text")]


def test_a_map_draws_each_area_once_the_more_the_darker_and_its_own_last() -> None:
    values = {"879": 400.0, "878": 100.0, "880": 10.0, "none": 5.0}
    svg = parsed(area_map(map_id="m", title="t", description="d", values=values, own="878"))
    areas = list(svg.iter(f"{SVG}path"))
    assert [(one.findtext(f"{SVG}title") or "").split(":")[0] for one in areas] == [
        "Plymouth",
        "Torbay",
        "Devon",
    ]
    assert len({areas[0].get("fill"), areas[1].get("fill")}) == 2
    _, _, width, height = map(float, (svg.get("viewBox") or "").split())
    for area in areas:
        for x, y in re.findall(r"([\d.]+) ([\d.]+)", area.get("d", "")):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height
