"""Charts of a CV drawn with matplotlib, as SVG, PNG or PDF. The same works give the same file on every day."""

from __future__ import annotations

import io
import warnings
from math import atan2, degrees
from typing import Any

from bibkit.cv import charts
from bibkit.cv.charts import Bars, Chart, Network
from bibkit.cv.svg import circle, shortened, thickness
from bibkit.problems import UsageError

ENDINGS = (".svg", ".png", ".pdf")
INSTALL = "charts need the package matplotlib: pip install 'bibkit-toolkit[plot]'"
COLOUR, SOFT, INK = "#1f6178", "#c3dbe3", "#1f2328"  # as on the page
DPI = 200

# Text stays text, in the reader's own fonts, and ids do not come from chance.
_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "bibkit", "font.size": 10, "text.parse_math": False}
# Without the time at which it was made, and without the version of matplotlib.
_METADATA = {
    ".svg": {"Date": None, "Creator": "bibkit"},
    ".png": {"Software": "bibkit"},
    ".pdf": {"CreationDate": None, "Creator": "bibkit", "Producer": "bibkit"},
}


# For letters that matplotlib's own font lacks, as far as they are installed.
_FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "Noto Sans",
)


def checked(ending: str) -> str:
    """The ending. Raises UsageError where it is not in ENDINGS."""
    if ending not in ENDINGS:
        raise UsageError(
            f"a chart can be written as {', '.join(ENDINGS)}, not as {ending or 'a file without an ending'}"
        )
    return ending


def draw(chart: Chart, ending: str) -> bytes:
    """The picture. Raises UsageError where matplotlib is not installed, or for an ending that is not in ENDINGS."""
    checked(ending)
    try:
        import matplotlib as mpl  # takes half a second: only for this
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError(INSTALL) from error
    said: Any = {**mpl.rcParamsDefault, **_SETTINGS, **_fonts(), "backend": "agg"}
    with warnings.catch_warnings(), mpl.rc_context(said):
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a box stands for it
        figure = Figure(figsize=_size(chart), layout="constrained")
        FigureCanvasAgg(figure)  # never a window
        _fill(figure.add_subplot(), chart)
        made = io.BytesIO()
        figure.savefig(made, format=ending[1:], dpi=DPI, metadata=_METADATA[ending])
    return made.getvalue()


def _fonts() -> dict[str, list[str]]:
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return {"font.family": ["sans-serif", *(name for name in _FALLBACKS if name in installed)]}


def _size(chart: Chart) -> tuple[float, float]:
    """Inches."""
    if isinstance(chart, Network):
        return 8.0, 7.0
    if chart.what == "Type":
        return 7.0, 1.0 + 0.3 * len(chart.bars)
    return min(max(5.0, 0.32 * len(chart.bars)), 20.0), 3.2


def _fill(axes: Any, chart: Chart) -> None:
    axes.set_title(chart.title, color=INK)
    if isinstance(chart, Network):
        _network(axes, chart)
    elif chart.what == "Type":
        _rows(axes, chart)
    else:
        _columns(axes, chart)


# ------------------------------------------------------------------------------------------------ bars


def _columns(axes: Any, chart: Bars) -> None:
    places = range(len(chart.bars))
    drawn = axes.bar(places, [bar.count for bar in chart.bars], color=COLOUR)
    axes.bar_label(drawn, [str(bar.count) if bar.count else "" for bar in chart.bars], padding=2)
    axes.set_xticks(places, [bar.label for bar in chart.bars], rotation=90 if len(chart.bars) > 10 else 0)
    axes.set_ylabel("Works")
    _bare(axes, "left")
    axes.yaxis.set_visible(False)


def _rows(axes: Any, chart: Bars) -> None:
    places = range(len(chart.bars))
    drawn = axes.barh(places, [bar.count for bar in chart.bars], color=COLOUR)
    axes.bar_label(drawn, padding=3)
    axes.set_yticks(places, [bar.label for bar in chart.bars])
    axes.invert_yaxis()
    _bare(axes, "bottom")
    axes.xaxis.set_visible(False)


def _bare(axes: Any, *sides: str) -> None:
    """The numbers stand at the bars: no frame, and no scale beside them."""
    for side in ("top", "right", *sides):
        axes.spines[side].set_visible(False)


# ------------------------------------------------------------------------------------------------ the network


def _network(axes: Any, chart: Network) -> None:
    places = [(x, -y) for x, y in circle(len(chart.authors))]  # upwards here, downwards on the page
    for author, (x, y) in zip(chart.authors, places, strict=True):
        axes.plot((0, x), (0, y), color=SOFT, linewidth=thickness(author.works), zorder=1)
    for tie in chart.ties:
        xs, ys = zip(places[tie.first], places[tie.second], strict=True)
        axes.plot(xs, ys, color=COLOUR, alpha=0.45, linewidth=thickness(tie.works), zorder=2)
    for author, (x, y) in zip(chart.authors, places, strict=True):
        axes.plot(x, y, "o", color=COLOUR, markersize=4 + thickness(author.works), zorder=3)
        _name(axes, author, x, y)
    axes.plot(0, 0, "o", color=INK, markersize=12, zorder=3)
    axes.annotate(chart.me, (0, 0), (0, -12), textcoords="offset points", ha="center", va="top", color=INK)
    axes.set(xlim=(-1.9, 1.9), ylim=(-1.65, 1.65), aspect="equal")
    axes.axis("off")


def _name(axes: Any, author: charts.Author, x: float, y: float) -> None:
    """Beside its point, in the direction away from the middle."""
    turned, left = degrees(atan2(y, x)), x < -0.001
    side = "right" if left else "left"
    axes.text(
        *(1.06 * x, 1.06 * y),
        shortened(author.name),
        rotation=turned + 180 * left,
        rotation_mode="anchor",
        ha=side,
        va="center",
        fontsize=8,
        color=INK,
    )
