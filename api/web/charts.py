"""Charts drawn on the server: data in, an SVG picture out.

Each picture carries a title and a description, colours only through attributes and classes (the pages'
security policy allows no inline style), and never the only copy of a number: the page that shows it puts the
same figures in a table beside it. The same markup can go into a printed report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from api.web.words import number, short_month

DARK_BLUE = "#12436d"
TURQUOISE = "#1a7a74"
BAND_WIDE = "#d5e1ec"
BAND_MIDDLE = "#a9c1d7"
BAND_NARROW = "#7699bd"
GRID = "#cecece"
TEXT = "#0b0c0c"
QUIET_TEXT = "#484949"
WARM = "#a3320b"
WHITE = "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class FanPoint:
    """The spread of one forecast figure on one date, in children."""

    on: date
    mean: float
    p2_5: float
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float
    p97_5: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedBar:
    """One domain of a needs profile: the child's need and what the home says it can meet, 0-100 or unknown."""

    label: str
    need: int | None
    can_meet: int | None


def fan_chart(
    *,
    chart_id: str,
    title: str,
    description: str,
    points: Sequence[FanPoint],
    happened: Sequence[tuple[date, float]] = (),
) -> Markup:
    """Return a fan chart: the middle forecast as a line, with bands for 50, 80 and 95 futures in 100.

    What happened, where it is known, is a second line with a dot on each date.
    """
    width, height, left, right, top, bottom = 420, 290, 44, 12, 14, 62
    svg = picture(chart_id, title, description, width, height)
    if not points:
        return as_markup(svg)
    low = min([*(point.p2_5 for point in points), *(value for _, value in happened)])
    high = max([*(point.p97_5 for point in points), *(value for _, value in happened)])
    ticks = _ticks(low, high)
    across = _across([point.on for point in points], left, width - right)
    down = _down(ticks, top, height - bottom)
    _grid(svg, ticks, down, left, width - right)
    _month_axis(svg, [point.on for point in points], across, height - bottom)
    for lower, upper, fill in (
        ("p2_5", "p97_5", BAND_WIDE),
        ("p10", "p90", BAND_MIDDLE),
        ("p25", "p75", BAND_NARROW),
    ):
        there = [f"{across(point.on):.1f},{down(getattr(point, upper)):.1f}" for point in points]
        back = [f"{across(point.on):.1f},{down(getattr(point, lower)):.1f}" for point in reversed(points)]
        SubElement(svg, "polygon", {"points": " ".join([*there, *back]), "fill": fill})
    _line(svg, [(across(point.on), down(point.p50)) for point in points], DARK_BLUE)
    if happened:
        _line(svg, [(across(on), down(value)) for on, value in happened], WARM)
        for on, value in happened:
            SubElement(svg, "circle", as_numbers(cx=across(on), cy=down(value), r=4) | {"fill": WARM})
    legend = (
        ("Middle" if happened else "Middle forecast", DARK_BLUE),
        ("50 in 100", BAND_NARROW),
        ("80", BAND_MIDDLE),
        ("95", BAND_WIDE),
        *((("Happened", WARM),) if happened else ()),
    )
    x = float(left)
    for words, colour in legend:
        SubElement(
            svg,
            "rect",
            as_numbers(x=x, y=height - 16, width=14, height=10) | {"fill": colour, "stroke": QUIET_TEXT},
        )
        write_text(svg, x + 19, height - 7, words, size=13)
        x += 19 + 7.4 * len(words) + 14
    return as_markup(svg)


def small_line_chart(
    *, chart_id: str, title: str, description: str, series: Sequence[tuple[date, float]]
) -> Markup:
    """Return a small chart of one mean over time, for laying several side by side."""
    width, height, left, right, top, bottom = 240, 160, 34, 10, 12, 28
    svg = picture(chart_id, title, description, width, height)
    if not series:
        return as_markup(svg)
    values = [value for _, value in series]
    ticks = _ticks(min(0.0, min(values)), max(values), wanted=3)
    across = _across([on for on, _ in series], left, width - right)
    down = _down(ticks, top, height - bottom)
    _grid(svg, ticks, down, left, width - right)
    _month_axis(svg, [on for on, _ in series], across, height - bottom, wanted=2)
    _line(svg, [(across(on), down(value)) for on, value in series], DARK_BLUE)
    return as_markup(svg)


def needs_chart(*, chart_id: str, title: str, description: str, bars: Sequence[NeedBar]) -> Markup:
    """Return a child's needs as bars with a mark at what the home can meet, on one scale of 0 to 100."""
    row, left, right, top = 32, 148, 14, 6
    width, height = 354, top + row * len(bars) + 44
    svg = picture(chart_id, title, description, width, height)
    foot = top + row * len(bars)

    def across(score: float) -> float:
        return left + (width - left - right) * score / 100

    for score in (0, 25, 50, 75, 100):
        SubElement(
            svg, "line", as_numbers(x1=across(score), x2=across(score), y1=top, y2=foot) | {"stroke": GRID}
        )
        write_text(svg, across(score), foot + 15, str(score), size=12, anchor="middle", fill=QUIET_TEXT)
    for place, bar in enumerate(bars):
        y = top + place * row
        write_text(svg, left - 8, y + row / 2 + 5, bar.label, size=13, anchor="end")
        if bar.need is None:
            write_text(svg, left + 6, y + row / 2 + 5, "need not known", size=12, fill=QUIET_TEXT)
        else:
            SubElement(
                svg,
                "rect",
                as_numbers(x=left, y=y + 8, width=across(bar.need) - left, height=row - 16)
                | {"fill": BAND_NARROW},
            )
            if bar.can_meet is not None and bar.need > bar.can_meet:
                start = across(bar.can_meet)
                SubElement(
                    svg,
                    "rect",
                    as_numbers(x=start, y=y + 8, width=across(bar.need) - start, height=row - 16)
                    | {"fill": WARM},
                )
        if bar.can_meet is not None:
            SubElement(
                svg,
                "rect",
                as_numbers(x=across(bar.can_meet) - 2, y=y + 3, width=4, height=row - 6) | {"fill": TEXT},
            )
    x = 0.0
    for words, colour, wide in (("Need", BAND_NARROW, 14), ("Home can meet", TEXT, 4), ("Gap", WARM, 14)):
        SubElement(svg, "rect", as_numbers(x=x, y=height - 14, width=wide, height=11) | {"fill": colour})
        write_text(svg, x + wide + 5, height - 4, words, size=13)
        x += wide + 7.4 * len(words) + 22
    return as_markup(svg)


def picture(chart_id: str, title: str, description: str, width: int, height: int) -> Element:
    """Return an empty picture with its title and description."""
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "role": "img",
            "focusable": "false",
            "class": "rh-chart",
            "aria-labelledby": f"{chart_id}-title {chart_id}-desc",
        },
    )
    SubElement(svg, "title", {"id": f"{chart_id}-title"}).text = title
    SubElement(svg, "desc", {"id": f"{chart_id}-desc"}).text = description
    return svg


def as_markup(svg: Element) -> Markup:
    """Return a finished picture as markup for a page."""
    # ElementTree has escaped every text and attribute, so the result is safe to place in a page.
    return Markup(tostring(svg, encoding="unicode"))  # noqa: S704


def as_numbers(**values: float) -> dict[str, str]:
    """Return attributes that are numbers, to a tenth of a unit."""
    return {name: f"{value:.1f}".removesuffix(".0") for name, value in values.items()}


def write_text(
    svg: Element, x: float, y: float, words: str, *, size: int = 14, anchor: str = "start", fill: str = TEXT
) -> None:
    """Write words into a picture."""
    SubElement(
        svg, "text", as_numbers(x=x, y=y) | {"font-size": str(size), "text-anchor": anchor, "fill": fill}
    ).text = words


def _line(svg: Element, places: Sequence[tuple[float, float]], colour: str) -> None:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    SubElement(
        svg,
        "polyline",
        {"points": points, "fill": "none", "stroke": colour, "stroke-width": "3", "stroke-linejoin": "round"},
    )


def _ticks(low: float, high: float, *, wanted: int = 5) -> list[float]:
    """Return round numbers that cover a range, about as many as wanted."""
    spread = max(high - low, 1.0)
    rough = spread / wanted
    power = 10 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    step = max(step, 1.0)
    first = floor(low / step)
    last = max(ceil(high / step), first + 1)
    return [step * place for place in range(first, last + 1)]


def _across(days: Sequence[date], left: float, right: float) -> Callable[[date], float]:
    first, span = days[0], max((days[-1] - days[0]).days, 1)
    return lambda on: left + (right - left) * (on - first).days / span


def _down(ticks: Sequence[float], top: float, foot: float) -> Callable[[float], float]:
    low, span = ticks[0], ticks[-1] - ticks[0]
    return lambda value: foot - (foot - top) * (value - low) / span


def _grid(
    svg: Element, ticks: Sequence[float], down: Callable[[float], float], left: float, right: float
) -> None:
    for tick in ticks:
        SubElement(
            svg, "line", as_numbers(x1=left, x2=right, y1=down(tick), y2=down(tick)) | {"stroke": GRID}
        )
        write_text(svg, left - 6, down(tick) + 4, number(tick), size=13, anchor="end", fill=QUIET_TEXT)


def _month_axis(
    svg: Element, days: Sequence[date], across: Callable[[date], float], foot: float, *, wanted: int = 4
) -> None:
    step = max(1, ceil((len(days) - 1) / (wanted - 1))) if wanted > 1 else len(days)
    places = list(range(0, len(days), step))
    for place in places:
        on = days[place]
        anchor = "start" if place == 0 else ("end" if place == len(days) - 1 else "middle")
        SubElement(
            svg,
            "line",
            as_numbers(x1=across(on), x2=across(on), y1=foot, y2=foot + 5) | {"stroke": QUIET_TEXT},
        )
        write_text(svg, across(on), foot + 20, short_month(on), size=13, anchor=anchor, fill=QUIET_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of ``bar_chart``: a value from 0, what is written at its end, and the range it may lie in."""

    label: str
    value: float
    words: str
    low: float | None = None
    high: float | None = None
    stands_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One point of ``curve_chart``, with the range it may lie in."""

    at: float
    value: float
    low: float
    high: float


def bar_chart(*, chart_id: str, title: str, description: str, bars: Sequence[Bar]) -> Markup:
    """Return bars one below another, each with its label above it, its value in words and its range as a thin line.

    A value below 0 goes to the left of the line at 0.
    """
    row, right, top, width = 46, 96, 4, 420
    svg = picture(chart_id, title, description, width, top + row * len(bars) + 6)
    if not bars:
        return as_markup(svg)
    least = min(0.0, *(min(bar.value, bar.low if bar.low is not None else bar.value) for bar in bars))
    most = max(0.0, *(max(bar.value, bar.high if bar.high is not None else bar.value) for bar in bars))
    span = (most - least) or 1.0

    def across(value: float) -> float:
        return 4 + (width - right - 4) * (value - least) / span

    for place, bar in enumerate(bars):
        y = top + place * row
        write_text(svg, 4, y + 14, bar.label, size=14)
        start, end = sorted((across(0.0), across(bar.value)))
        SubElement(
            svg,
            "rect",
            as_numbers(x=start, y=y + 21, width=max(end - start, 1.5), height=16)
            | {"fill": WARM if bar.stands_out else BAND_NARROW},
        )
        ends_at = end
        if bar.low is not None and bar.high is not None:
            ends_at = max(end, across(bar.high))
            SubElement(
                svg,
                "line",
                as_numbers(x1=across(bar.low), x2=across(bar.high), y1=y + 29, y2=y + 29)
                | {"stroke": TEXT, "stroke-width": "2"},
            )
        write_text(svg, ends_at + 6, y + 34, bar.words, size=14)
    if least < 0:
        SubElement(
            svg,
            "line",
            as_numbers(x1=across(0.0), x2=across(0.0), y1=top, y2=top + row * len(bars)) | {"stroke": TEXT},
        )
    return as_markup(svg)


def curve_chart(
    *,
    chart_id: str,
    title: str,
    description: str,
    points: Sequence[CurvePoint],
    across_words: str,
    down_words: Callable[[float], str] = number,
    marks: Sequence[tuple[float, str]] = (),
) -> Markup:
    """Return a curve with the band it may lie in, and upright marks at places worth seeing.

    Parameters
    ----------
    across_words
        What the numbers along the foot are.
    down_words
        How a number at the side is written.
    marks
        Places along the foot, with what stands there.
    """
    width, height, left, right, top, bottom = 420, 270, 58, 14, 26, 48
    svg = picture(chart_id, title, description, width, height)
    if not points:
        return as_markup(svg)
    ticks = _ticks(min(0.0, min(point.low for point in points)), max(point.high for point in points))
    down = _down(ticks, top, height - bottom)
    first, span = points[0].at, max(points[-1].at - points[0].at, 1.0)

    def across(at: float) -> float:
        return left + (width - left - right) * (at - first) / span

    for tick in ticks:
        SubElement(
            svg,
            "line",
            as_numbers(x1=left, x2=width - right, y1=down(tick), y2=down(tick)) | {"stroke": GRID},
        )
        write_text(svg, left - 6, down(tick) + 4, down_words(tick), size=13, anchor="end", fill=QUIET_TEXT)
    there = [f"{across(point.at):.1f},{down(point.high):.1f}" for point in points]
    back = [f"{across(point.at):.1f},{down(point.low):.1f}" for point in reversed(points)]
    SubElement(svg, "polygon", {"points": " ".join([*there, *back]), "fill": BAND_WIDE})
    _line(svg, [(across(point.at), down(point.value)) for point in points], DARK_BLUE)
    step = max(1, ceil(span / 6))
    for whole in range(ceil(first), floor(first + span) + 1, step):
        write_text(
            svg, across(whole), height - bottom + 17, number(whole), size=13, anchor="middle", fill=QUIET_TEXT
        )
    write_text(svg, (left + width - right) / 2, height - 8, across_words, size=13, anchor="middle")
    for place, (at, words) in enumerate(marks):
        x = across(min(max(at, first), first + span))
        SubElement(
            svg,
            "line",
            as_numbers(x1=x, x2=x, y1=top, y2=height - bottom)
            | {"stroke": WARM, "stroke-width": "2", "stroke-dasharray": "5 4"},
        )
        anchor = "start" if x < width / 2 else "end"
        write_text(
            svg, x + (5 if anchor == "start" else -5), top - 8 + 15 * place, words, size=13, anchor=anchor
        )
    return as_markup(svg)
