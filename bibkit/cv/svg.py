"""Charts as SVG for the page: with words for people who do not see them, and in the colours of the page's style."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, degrees, pi, sin

from bibkit.cv import charts
from bibkit.cv.charts import Bar, Bars, Chart, Network
from bibkit.cv.model import escape

WIDTH = 720
HEIGHT = 150  # of the highest column
COLUMN = 40  # at most
LABEL = 34  # what a label of a year needs
ROW = 26
NAMES = 190  # left of the bars of types
RADIUS, ROUND = 165, 620  # of the circle of co-authors, and of its picture


def draw(kind: str, chart: Chart) -> str:
    """The chart as an `<svg>`; `kind` makes its ids."""
    if isinstance(chart, Network):
        return _svg(kind, chart, ROUND + 120, ROUND, "".join(_network(chart)))
    if kind == "years":
        return _svg(kind, chart, WIDTH, HEIGHT + 46, "".join(_columns(chart)))
    return _svg(kind, chart, WIDTH, ROW * max(1, len(chart.bars)), "".join(_rows(chart)))


def _svg(kind: str, chart: Chart, width: int, height: int, inner: str) -> str:
    return (
        f'<svg class="chart {kind}" role="img" aria-labelledby="{kind}-title" aria-describedby="{kind}-desc" '
        f'viewBox="0 0 {width} {height}"><title id="{kind}-title">{escape(chart.title)}</title>'
        f'<desc id="{kind}-desc">{escape(charts.summary(chart))}</desc>{inner}</svg>'
    )


# ------------------------------------------------------------------------------------------------ bars


def _columns(chart: Bars) -> Iterator[str]:
    step = min(COLUMN, WIDTH / max(1, len(chart.bars)))
    each = max(1, -int(-LABEL // step))  # every so many years have their label
    most = _most(chart)
    for place, bar in enumerate(chart.bars):
        centre, height = (place + 0.5) * step, HEIGHT * bar.count / most
        yield _rect(bar, centre - step * 0.4, HEIGHT + 20 - height, step * 0.8, height)
        if bar.count and step >= 16:
            yield _text(centre, HEIGHT + 15 - height, str(bar.count))
        if (len(chart.bars) - 1 - place) % each == 0:
            yield _text(centre, HEIGHT + 38, "none" if bar.label == "No year" else bar.label)
    yield f'<path class="axis" d="M0 {HEIGHT + 20}.5H{step * len(chart.bars):.1f}"/>'


def _rows(chart: Bars) -> Iterator[str]:
    most = _most(chart)
    for place, bar in enumerate(chart.bars):
        width, y = (WIDTH - NAMES - 50) * bar.count / most, place * ROW
        yield _text(NAMES - 8, y + 17, bar.label, "end")
        yield _rect(bar, NAMES, y + 3, width, ROW - 6)
        yield _text(NAMES + width + 6, y + 17, str(bar.count), "start")


def _most(chart: Bars) -> int:
    return max((bar.count for bar in chart.bars), default=0) or 1


def _rect(bar: Bar, x: float, y: float, width: float, height: float) -> str:
    words = escape(f"{bar.label}: {bar.count}")
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"><title>{words}</title></rect>'


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


# ------------------------------------------------------------------------------------------------ the network


def _network(chart: Network) -> Iterator[str]:
    places = circle(len(chart.authors))
    middle = (ROUND + 120) / 2, ROUND / 2
    points = [(middle[0] + RADIUS * x, middle[1] + RADIUS * y) for x, y in places]
    for author, point in zip(chart.authors, points, strict=True):
        yield _line("mine", middle, point, author.works)
    for tie in chart.ties:
        yield _line("tie", points[tie.first], points[tie.second], tie.works)
    for place, (author, point) in enumerate(zip(chart.authors, points, strict=True)):
        yield _author(author.name, author.works, point, 2 * pi * place / len(points) - pi / 2)
    centre = f'cx="{middle[0]:.1f}" cy="{middle[1]:.1f}"'
    yield f'<circle class="me" {centre} r="9"><title>{escape(chart.me)}</title></circle>'


def circle(number: int) -> list[tuple[float, float]]:
    """So many places on a circle of radius 1, the first at the top, clockwise."""
    return [(sin(2 * pi * place / number), -cos(2 * pi * place / number)) for place in range(number)]


def _line(name: str, start: tuple[float, float], end: tuple[float, float], works: int) -> str:
    ends = f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"
    return f'<path class="{name}" stroke-width="{thickness(works):.1f}" d="{ends}"/>'


def thickness(works: int) -> float:
    """Of a line, for so many works."""
    return min(1 + (works - 1) * 0.6, 6.0)


def _author(name: str, works: int, point: tuple[float, float], angle: float) -> str:
    turned, flipped = degrees(angle), cos(angle) < -0.001
    where = f"translate({point[0]:.1f} {point[1]:.1f}) rotate({turned + 180 * flipped:.1f})"
    anchor, x = ("end", -10) if flipped else ("start", 10)
    words = escape(f"{name}: {charts.counted(works, 'work')}")
    return (
        f'<g transform="{where}"><circle r="{2.5 + thickness(works):.1f}"><title>{words}</title></circle>'
        f'<text x="{x}" y="4" text-anchor="{anchor}">{escape(shortened(name))}</text></g>'
    )


def shortened(name: str, most: int = 26) -> str:
    """A name that fits beside the circle."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"
