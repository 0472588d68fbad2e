"""Figures of what the archive holds, as SVG or PNG whose bytes depend on the rows alone.

Colours are told apart by people who see few of them, and in grey print: the tiers grow darker
from 1 to 3, and each field also says its tier in a letter. They come from ColorBrewer's scale of
oranges and reds, and from Okabe and Ito's set.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flows.printable import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Rows = Sequence[Mapping[str, Any]]

TIERS = {
    "Tier 1": ("1", "#fee8c8"),
    "Tier 2": ("2", "#fdbb84"),
    "Tier 2 Watch List": ("2W", "#e34a33"),
    "Tier 3": ("3", "#7f0000"),
    "Special Case": ("S", "#d9d9d9"),
}
CONTESTED = ("?", "#ffffff")
_DARK = {"Tier 2 Watch List", "Tier 3"}
_SERIES = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#000000",
)  # fmt: skip
_OTHERS = "#bdbdbd"
_HATCHES = ("", "//", "..", "\\\\", "xx", "--", "++", "oo")
_LONGEST_LABEL = 40


class NoFigures(Exception):
    """What draws figures is not installed; the message says how it is."""


class NothingToDraw(Exception):
    """There are no rows that a figure could show; the message says of what."""


def tiers_figure(rows: Rows) -> Figure:
    """Returns countries by year, each field in the colour and letter of its tier.

    Args:
        rows: With country, report_year, tier (None where it is contested).

    Raises:
        NothingToDraw: There are none.
        NoFigures: Matplotlib is not installed.
    """
    countries = list(dict.fromkeys(row["country"] for row in rows))
    if not countries:
        raise NothingToDraw("no document places a country in a tier")
    first, last = (edge(row["report_year"] for row in rows) for edge in (min, max))
    years = list(range(first, last + 1))
    figure, axes = _figure(2.6 + 0.42 * len(years), 1.5 + 0.26 * len(countries))
    for row in rows:
        letter, colour = TIERS.get(row["tier"] or "", CONTESTED)
        x, y = years.index(row["report_year"]), countries.index(row["country"])
        axes.add_patch(_square(x, y, colour))
        axes.text(
            x, y, letter, ha="center", va="center", fontsize=7,
            color="white" if row["tier"] in _DARK else "black",
        )  # fmt: skip
    axes.set_xlim(-0.5, len(years) - 0.5)
    axes.set_ylim(len(countries) - 0.5, -0.5)
    axes.set_xticks(range(len(years)), [str(year) for year in years], rotation=90, fontsize=8)
    axes.set_yticks(
        range(len(countries)), [shortened(name, _LONGEST_LABEL) for name in countries], fontsize=8
    )
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    _frameless(axes)
    shown = [(name, TIERS[name][1]) for name in TIERS if any(r["tier"] == name for r in rows)]
    if any(row["tier"] not in TIERS for row in rows):
        shown.append(("documents disagree", CONTESTED[1]))
    figure.legend(
        handles=[_patch(colour, name) for name, colour in shown],
        loc="outside lower center", ncols=min(3, len(shown)), fontsize=8, frameon=False,
    )  # fmt: skip
    return figure


def years_figure(rows: Rows) -> Figure:
    """Returns the number of documents by year, in bars parted by publisher.

    Args:
        rows: With year, publisher, document_count.

    Raises:
        NothingToDraw: There are none.
        NoFigures: Matplotlib is not installed.
    """
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows:
        counts[row["publisher"]][row["year"]] = row["document_count"]
    if not counts:
        raise NothingToDraw("no document has a date")
    first, last = (edge(row["year"] for row in rows) for edge in (min, max))
    years = list(range(first, last + 1))
    figure, axes = _figure(9, 4.6)
    from matplotlib.ticker import MaxNLocator

    bottoms = [0] * len(years)
    by_size = sorted(counts, key=lambda name: (name == "all others", -sum(counts[name].values())))
    for number, name in enumerate(by_size):
        heights = [counts[name].get(year, 0) for year in years]
        is_rest = name == "all others"
        axes.bar(
            years, heights, bottom=bottoms, label=shortened(name, _LONGEST_LABEL), width=0.85,
            color=_OTHERS if is_rest else _SERIES[number % len(_SERIES)],
            hatch="" if is_rest else _HATCHES[number % len(_HATCHES)],
            edgecolor="white", linewidth=0.4,
        )  # fmt: skip
        bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
    axes.set_ylabel("documents", fontsize=9)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(labelsize=8)
    axes.grid(axis="y", linewidth=0.4, alpha=0.6)
    axes.set_axisbelow(True)
    _frameless(axes)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    return figure


def publishers_figure(rows: Rows) -> Figure:
    """Returns the number of documents of each publisher, the most first.

    Args:
        rows: As of `years_figure`.

    Raises:
        NothingToDraw: There are none.
        NoFigures: Matplotlib is not installed.
    """
    totals: dict[str, int] = defaultdict(int)
    for row in rows:
        totals[row["publisher"]] += row["document_count"]
    if not totals:
        raise NothingToDraw("no document has a date")
    names = sorted(totals, key=lambda name: (name == "all others", -totals[name], name))
    figure, axes = _figure(9, 1.0 + 0.3 * len(names))
    colours = [_OTHERS if name == "all others" else _SERIES[0] for name in names]
    bars = axes.barh(range(len(names)), [totals[name] for name in names], color=colours)
    axes.bar_label(bars, fontsize=8, padding=3)
    axes.set_yticks(
        range(len(names)), [shortened(name, _LONGEST_LABEL) for name in names], fontsize=8
    )
    axes.invert_yaxis()
    axes.set_xlabel("documents", fontsize=9)
    axes.tick_params(axis="x", labelsize=8)
    _frameless(axes)
    return figure


def fill_figure(rows: Rows) -> Figure:
    """Returns in what share of each layout's documents each value is known.

    Args:
        rows: With layout, document_count, field, share (0 to 1).

    Raises:
        NothingToDraw: There are none.
        NoFigures: Matplotlib is not installed.
    """
    if not rows:
        raise NothingToDraw("there are no documents")
    layouts = list(dict.fromkeys((row["layout"], row["document_count"]) for row in rows))
    fields = sorted({row["field"] for row in rows})
    names = [layout for layout, _ in layouts]
    figure, axes = _figure(2.4 + 0.6 * len(fields), 1.8 + 0.3 * len(layouts))
    for row in rows:
        x, y, share = fields.index(row["field"]), names.index(row["layout"]), row["share"]
        level = 1 - 0.75 * share
        axes.add_patch(_square(x, y, (level, level, 1 - 0.35 * share)))
        axes.text(
            x, y, f"{100 * share:.0f}", ha="center", va="center", fontsize=7,
            color="white" if share > 0.6 else "black",
        )  # fmt: skip
    axes.set_xlim(-0.5, len(fields) - 0.5)
    axes.set_ylim(len(layouts) - 0.5, -0.5)
    axes.set_xticks(range(len(fields)), fields, rotation=60, ha="left", fontsize=8)
    axes.set_yticks(range(len(names)), [f"{name} ({n})" for name, n in layouts], fontsize=8)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    _frameless(axes)
    return figure


def rendered(figure: Figure, form: str = "svg", title: str = "") -> bytes:
    """Returns a figure as `svg` or `png`; the same figure gives the same bytes."""
    import matplotlib

    written = io.BytesIO()
    # Without a salt of its own each file would name its parts otherwise, and tell the time.
    settings: dict[Any, Any] = {
        "svg.hashsalt": "refworld-archive",
        "svg.fonttype": "none",
        "hatch.linewidth": 0.4,
    }
    metadata = {"Title": title, "Date": None} if form == "svg" else {"Software": None}
    with matplotlib.rc_context(settings):
        figure.savefig(written, format=form, metadata=metadata, dpi=150)
    return written.getvalue()


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise NoFigures(
            "figures are drawn by Matplotlib, which is not installed: `make extras`, or "
            "pip install 'refworld-archive[explore]'"
        ) from error
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _square(x: float, y: float, colour: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor="white", linewidth=1.2)


def _patch(colour: str, label: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, edgecolor="#888888", linewidth=0.5, label=label)


def _frameless(axes: Axes) -> None:
    for side in axes.spines.values():
        side.set_visible(False)
