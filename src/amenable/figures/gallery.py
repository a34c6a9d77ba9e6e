"""Many small spaghetti pictures: the seeds of one configuration, or many configurations."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D

from amenable.description import choice, integer
from amenable.figures import strands
from amenable.figures.arguments import as_population
from amenable.figures.canvas import Theme, find_theme, new_figure, style_axes
from amenable.figures.kinds import Recipe, figure
from amenable.figures.spaghetti import Data, Spaghetti, spaghetti_data
from amenable.formatting import shorten
from amenable.population import Population
from amenable.population.checks import as_dataset
from amenable.population.keys import value_of, varying_keys

MOST = 25  # panels: at 6 inches each is then more than an inch wide
RESOLUTION = 81  # points along the side of a panel
PANELS = ("seed", "configuration")
PICKS = ("best", "median", "worst")


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One network of a gallery.

    Parameters
    ----------
    title : str
        The network's name and its metric.
    trial : int
        The trial's number in the population.
    is_solved : bool or None
        Whether the network met its goal; None without a goal.
    found : Spaghetti
        The picture's arrays.
    """

    title: str
    trial: int
    is_solved: bool | None
    found: Spaghetti


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Networks side by side.

    Parameters
    ----------
    panels : tuple of Panel
        In the order of the population.
    each : str
        What a panel stands for: a "seed" or a "configuration".
    pick : str
        Which trial represents a configuration; empty for seeds.
    n_all : int
        How many panels there would be without a limit.
    data, measure : str
        The name of the data, and what the numbers in the titles are, such as "training accuracy".
    goals : tuple of str
        The different goals.
    """

    panels: tuple[Panel, ...]
    each: str
    pick: str
    n_all: int
    data: str
    measure: str
    goals: tuple[str, ...]

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        n, first = len(self.panels), self.panels[0].found
        of = f" of {self.n_all}" if n < self.n_all else ""
        if self.each == "seed":
            name = f"{first.structure} {first.activation}".removesuffix(" none")
            what = f"{n}{of} {_plural(n, 'seed')} of {name} on {self.data}, all else equal"
            limit = "They are the first ones, whatever their results"
        else:
            named = _plural(n, "configuration")
            what = f"{n}{of} {named} on {self.data}, each shown by its {self.pick} trial"
            limit = "A single trial cannot show how often a configuration does so well"
        shown = [panel.is_solved for panel in self.panels]
        if self.goals:
            goal = f"met {self.goals[0]}" if len(self.goals) == 1 else "met their goals"
            what += f"; {sum(map(bool, shown))} of those shown {goal} (solid frame and a tick)"
        return (
            f"{what}. The numbers are {self.measure}; lines and colours mean the same as in a "
            f"spaghetti picture. "
            f"{limit}."
        )


def _plural(n: int, what: str) -> str:
    """The word, with an s unless there is one."""
    return what if n == 1 else f"{what}s"


def gallery_data(
    population: Population,
    data: Data,
    split: str = "training",
    *,
    each: str | None = None,
    pick: str = "median",
    most: int = MOST,
    resolution: int = RESOLUTION,
) -> Gallery:
    """Spaghetti pictures of many networks.

    Parameters
    ----------
    population : Population
        Networks with two inputs, with their weights.
    data : Dataset, name, path or pair of arrays
        The data they were trained on.
    split : str
        Which samples to show.
    each : str, optional
        "seed" for a panel per trial, "configuration" for a panel per configuration; by default
        seeds if there is only one configuration.
    pick : str
        The trial that represents a configuration: "best", "median" or "worst".
    most : int
        The most panels to draw: the first ones.
    resolution : int
        Grid points along each side of a panel.

    Raises
    ------
    DescriptionError
        If the weights were not kept.
    DataError
        If there is no trial, or the networks do not have two inputs.

    Examples
    --------
    >>> from amenable import Training, mlp, train
    >>> population = train(mlp(2, 3, 1), "moons", Training(goal="accuracy >= 0.9"), seeds=4)
    >>> found = gallery_data(population, "moons")
    >>> [panel.trial for panel in found.panels], found.each
    ([0, 1, 2, 3], 'seed')
    """
    population = as_population("population", population)
    samples = as_dataset(data)
    integer("most", most, 1)
    choice("pick", pick, PICKS)
    if each is None:
        each = PANELS[len(population.configurations) > 1]
    is_seeds = choice("each", each, PANELS) == "seed"
    titles = _seed_titles(population) if is_seeds else _configuration_titles(population, pick)
    panels = []
    for trial, title in list(titles.items())[:most]:
        trained = population[trial]
        goal = trained.training.goal
        found = spaghetti_data(trained, samples, split, resolution=resolution)
        is_solved = None if goal is None else trained.status == "solved"
        panels.append(Panel(title, trial, is_solved, found))
    return Gallery(
        panels=tuple(panels),
        each=each,
        pick="" if is_seeds else pick,
        n_all=len(titles),
        data=samples.name,
        measure=f"{_split(population)} {population.metric_name}",
        goals=tuple(dict.fromkeys(str(it.goal) for it in population.trainings if it.goal)),
    )


def _split(population: Population) -> str:
    """The split that the numbers refer to: the goal's, if there is one."""
    splits = {population.data.goal_split(it) for it in population.trainings}
    return splits.pop() if len(splits) == 1 else population.judged_on


def _seed_titles(population: Population) -> dict[int, str]:
    """Titles by the number of the trial."""
    values = population.metric[_split(population)]
    several = len(population.configurations) > 1
    return {
        trial: (f"{_structure(population, trial)}, " if several else "")
        + f"seed {seed}: {shorten(float(values[trial]))}"
        for trial, seed in enumerate(population.seed.tolist())
    }


def _configuration_titles(population: Population, pick: str) -> dict[int, str]:
    differing = varying_keys(population.configurations, population.data.task)
    values = population.metric[_split(population)]
    titles = {}
    for c, it in enumerate(population.configurations):
        members = (population.configuration == c).nonzero()[0]
        ranking = population.take(members).ranking
        place = {"best": 0, "median": (len(members) - 1) // 2, "worst": len(members) - 1}[pick]
        trial = int(members[ranking[place]])
        settings = [_named(key, value_of(it, key, population.data.task)) for key in differing]
        name = ", ".join([_structure(population, trial), *settings])
        goals = f", {int(population.solved[members].sum())} of {len(members)}"
        said = goals if it.training.goal is not None else ""
        titles[trial] = f"{name}\n{shorten(float(values[trial]))}{said}"
    return titles


def _named(key: str, value: object) -> str:
    return f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}"


def _structure(population: Population, trial: int) -> str:
    network = population.configurations[population.configuration[trial]].network
    return f"{network.structure} {network.activation}".removesuffix(" none")


def draw_gallery(
    found: Gallery,
    figure: Figure | SubFigure | None = None,
    *,
    theme: str = "light",
    columns: int | None = None,
    legend: bool = True,
) -> Figure:
    """Draw panels side by side; those that solve the problem get a solid frame and a tick.

    Parameters
    ----------
    found : Gallery
        What `gallery_data` found.
    figure : Figure or SubFigure, optional
        Where to draw; a new one by default.
    theme : str
        "light" or "dark".
    columns : int, optional
        Panels in a row; by default as many as fill about the width of a page.
    legend : bool
        Whether to explain colours and lines below the panels.
    """
    colours = find_theme(theme)
    n = len(found.panels)
    across = min(n, _columns(n) if columns is None else integer("columns", columns, 1))
    down = -(-n // across)
    size = 1.0 if across < 3 else 0.6 if across < 5 else 0.5
    if figure is None:
        width = 6.4 if across > 1 else 4.0
        titles = 0.42 if any("\n" in panel.title for panel in found.panels) else 0.26
        height = (width / across + titles) * down + 0.8 * legend  # inches
        figure = new_figure(theme, (width, height))
    entries: dict[str, Line2D] = {}
    for k, panel in enumerate(found.panels):
        ax = style_axes(figure.add_subplot(down, across, k + 1), theme)
        drawn, scale = _draw_panel(ax, panel, colours, size)
        for entry in drawn:
            entries.setdefault(str(entry.get_label()).partition(":")[0], entry)
    if legend:
        _explain(figure, found, entries, colours)
        if scale is not None:  # of the data's values, so that it is the same in all panels
            bar = figure.colorbar(scale, ax=list(figure.axes), pad=0.02, fraction=0.05)
            bar.set_label("value", color=colours.ink, fontsize=9)
            bar.ax.tick_params(colors=colours.ink, labelsize=8)
    root = figure.get_figure(root=True)
    assert root is not None
    return root


def _columns(n: int) -> int:
    """How many panels to a row, so that they nearly fill a page's width and their last row."""
    return 5 if n > 12 else 4 if n > 9 or n in (7, 8) else 3 if n > 4 or n == 3 else 2


def _draw_panel(
    ax: Axes, panel: Panel, theme: Theme, size: float
) -> tuple[list[Line2D], ScalarMappable | None]:
    entries, scale = strands.draw_plane(ax, panel.found, theme, most=40, size=size)
    ax.set(xticks=[], yticks=[])
    mark = "✓ " if panel.is_solved else ""
    ax.set_title(mark + panel.title, color=theme.ink, fontsize=6.5 + 2.5 * size, pad=4)
    if panel.is_solved is not None:
        frame(ax, panel.is_solved, theme)
    return entries, scale


def frame(ax: Axes, is_solved: bool, theme: Theme) -> None:
    """A solid frame for networks that solve the problem, a thin dashed one for others."""
    for spine in ax.spines.values():
        spine.set(
            visible=True,
            color=theme.good if is_solved else theme.bad,
            linewidth=3.0 if is_solved else 1.2,
            linestyle="-" if is_solved else "--",
            zorder=10,
        )


def _explain(
    figure: Figure | SubFigure, found: Gallery, entries: dict[str, Line2D], theme: Theme
) -> None:
    handles = []
    for name, entry in entries.items():
        entry.set_label(name)
        if "outside" not in name:
            handles.append(entry)
    states = {panel.is_solved for panel in found.panels}
    if True in states:
        handles.append(Line2D([], [], color=theme.good, linewidth=3.0, label="✓ solved"))
    if False in states:
        line = Line2D([], [], color=theme.bad, linewidth=1.2, linestyle="--", label="not solved")
        handles.append(line)
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=4,
        frameon=False,
        labelcolor=theme.ink,
        fontsize=8.5,
    )


figure(
    "gallery",
    "spaghetti of many seeds or structures, with those that solve it framed",
    gallery_data,
    draw_gallery,
    takes=("population", "data"),
    records=("weights",),
    inputs=2,
    recipe=Recipe("islands", ("5",), "survival", seeds=12, has_goal=True),
)
