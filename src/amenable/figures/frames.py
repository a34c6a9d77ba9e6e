"""Spaghetti through training, from snapshots: an animation, and a strip of stills for print."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from amenable.description import integer
from amenable.errors import DataError, FileError, MissingExtra
from amenable.figures import strands
from amenable.figures.arguments import as_population
from amenable.figures.canvas import axes_for, figure_of, find_theme, new_figure, style_axes
from amenable.figures.kinds import Recipe, figure
from amenable.figures.neurons import DEAD, SATURATED
from amenable.figures.spaghetti import Data, Spaghetti, spaghetti_data
from amenable.population import Population
from amenable.population.checks import as_dataset
from amenable.writing import check_writable, write_whole

if TYPE_CHECKING:
    from matplotlib.animation import FuncAnimation

MOST = 40  # frames: four seconds at ten a second, and about as long to draw
RESOLUTION = 101
FRAMES_PER_S = 10
DPI = 100  # of the frames: an animation of a page's width stays under a few megabytes
FORMATS = (".gif", ".mp4")


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """One network at several steps of its training.

    Parameters
    ----------
    steps : array of int64, (F,)
        Updates made, ascending; 0 is the freshly initialized network.
    planes : tuple of F Spaghetti
        The spaghetti picture at each step.
    seed : int
        The trial's seed.
    status : str
        How the trial ended, such as "solved".
    """

    steps: NDArray[np.int64]
    planes: tuple[Spaghetti, ...]
    seed: int
    status: str

    @property
    def caption(self) -> str:
        """What the pictures show and what they cannot show."""
        first, last = self.planes[0], self.planes[-1]
        name = f"{first.structure} {first.activation}".removesuffix(" none")
        return (
            f"Network {name}, seed {self.seed}, on {first.name} from step {self.steps[0]} "
            f"({first.fit}) to step {self.steps[-1]} ({last.fit}; {self.status}), at "
            f"{len(self.planes)} of the steps at which it was recorded, closer together at the "
            "beginning. Lines and colours mean the same as in a spaghetti picture. What happens "
            "between two frames is not shown."
        )


def frames_data(
    population: Population,
    trial: int,
    data: Data,
    split: str = "training",
    *,
    most: int = MOST,
    resolution: int = RESOLUTION,
) -> Frames:
    """A spaghetti picture of one trial for each step at which it was recorded.

    Parameters
    ----------
    population : Population
        Trained with ``snapshots=True``; `trial` is a number in it.
    data : Dataset, name, path or pair of arrays
        The data it was trained on.
    split : str
        Which samples to show.
    most : int
        The most frames to make. If more steps were recorded, frames are closer together at the
        beginning, where networks change most.
    resolution : int
        Grid points along each side.

    Raises
    ------
    DescriptionError
        If snapshots were not recorded.
    DataError
        If the network does not have two inputs, or does not fit the data.

    Examples
    --------
    >>> from amenable import Training, mlp, train
    >>> population = train(mlp(2, 3, 1), "moons", Training(epochs=4), seeds=1, snapshots=True)
    >>> frames_data(population, 0, "moons").steps
    array([ 0,  5, 10, 15, 20])
    """
    population = as_population("population", population)
    integer("most", most, 1)
    trained = population[trial]
    place = trial % len(population)
    snapshots = population.records.of_trial("snapshots", place)
    samples = as_dataset(data)
    steps = population.records.probes[population.configuration[place]]
    there = np.flatnonzero((steps <= trained.steps) & np.isfinite(snapshots).all(axis=1))
    if not len(there):
        raise DataError(f"trial: no snapshot of trial {trial} is finite; choose another trial")
    chosen = there[_places(len(there), most)]
    planes = tuple(
        spaghetti_data(replace(trained, flat=snapshots[k]), samples, split, resolution=resolution)
        for k in chosen
    )
    return Frames(steps[chosen], planes, trained.seed, trained.status)


def _places(n: int, most: int) -> NDArray[np.int64]:
    """At most `most` of n places, with the first and the last, closer at the beginning."""
    if n <= most:
        return np.arange(n, dtype=np.int64)
    return np.unique(np.round((n - 1) * np.linspace(0.0, 1.0, most) ** 2).astype(np.int64))


def animate_frames(
    found: Frames,
    ax: Axes | None = None,
    *,
    theme: str = "light",
    frames_per_s: int = FRAMES_PER_S,
) -> FuncAnimation:
    """Animate the frames; notebooks show the result with ``to_jshtml()``.

    Parameters
    ----------
    found : Frames
        What `frames_data` found.
    ax : Axes, optional
        Where to draw; new ones by default.
    theme : str
        "light" or "dark".
    frames_per_s : int
        Frames a second.
    """
    from matplotlib.animation import FuncAnimation

    integer("frames_per_s", frames_per_s, 1, 100)
    if ax is None:
        figure = new_figure(theme, (6.4, 4.6))
        figure.set_layout_engine("none")  # the plane must not move with the length of a legend
        ax = figure.add_axes((0.1, 0.11, 0.62, 0.8))
    chosen = axes_for(ax, theme)

    def show(k: int) -> list[Axes]:
        _draw(chosen, found, k, theme)
        return [chosen]

    return FuncAnimation(
        figure_of(chosen),
        show,
        frames=len(found.planes),
        init_func=lambda: [chosen],
        interval=1000 / frames_per_s,
        blit=False,
    )


def _draw(ax: Axes, found: Frames, k: int, theme: str) -> None:
    colours, plane = find_theme(theme), found.planes[k]
    ax.clear()
    style_axes(ax, theme)
    entries, _ = strands.draw_plane(ax, plane, colours, most=40)
    strands.explain(ax, entries, None, theme)
    ax.set_xlabel(plane.features[0], color=colours.ink)
    ax.set_ylabel(plane.features[1], color=colours.ink)
    ax.set_title(f"step {found.steps[k]:,}: {plane.fit}", color=colours.ink, fontsize=11)


def draw_frames(
    found: Frames,
    figure: Figure | SubFigure | None = None,
    *,
    theme: str = "light",
    n: int = 6,
) -> Figure:
    """Draw a strip of stills for print: `n` of the frames, including the first and the last."""
    colours = find_theme(theme)
    integer("n", n, 1)
    places = np.unique(np.linspace(0, len(found.planes) - 1, n).astype(np.int64))
    across = min(3, len(places))
    down = -(-len(places) // across)
    if figure is None:
        width = 6.4 if across > 1 else 4.0
        figure = new_figure(theme, (width, width / across * down * 1.14))
    for place, k in enumerate(places.tolist()):
        ax = style_axes(figure.add_subplot(down, across, place + 1), theme)
        plane = found.planes[k]
        strands.draw_plane(ax, plane, colours, most=40, size=0.7)
        marked = "".join(
            f", {plane.counted(state)} {state}"
            for state in (DEAD, SATURATED)
            if plane.counted(state)
        )
        ax.set(xticks=[], yticks=[])
        title = f"step {found.steps[k]:,}\n{plane.fit}{marked}"
        ax.set_title(title, color=colours.ink, fontsize=8.5)
    root = figure.get_figure(root=True)
    assert root is not None
    return root


def save_animation(
    animation: FuncAnimation,
    path: str | Path,
    *,
    frames_per_s: int = FRAMES_PER_S,
    dpi: int = DPI,
    progress: Callable[[int, int], object] | None = None,
) -> Path:
    """Write an animation to a GIF or, if ffmpeg is installed, to an MP4: whole or not at all.

    Parameters
    ----------
    animation : FuncAnimation
        What `animate_frames` made.
    path : str or path
        A name that ends in .gif or .mp4.
    frames_per_s, dpi : int
        Frames a second, and dots an inch.
    progress : callable, optional
        Called as ``progress(drawn, total)`` after each frame.

    Raises
    ------
    FileError
        If the name has another ending, or the file cannot be written.
    MissingExtra
        If the file is an MP4 and ffmpeg is not installed.
    """
    from matplotlib.animation import FFMpegWriter, PillowWriter

    target = Path(path)
    form = check_animation(target)
    check_writable(target, "path")
    writer = (FFMpegWriter if form == ".mp4" else PillowWriter)(fps=frames_per_s)
    tell = None if progress is None else lambda k, total: progress(k + 1, total)
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder, f"frames{form}")
        animation.save(beside, writer=writer, dpi=dpi, progress_callback=tell)
        write_whole(target, beside.read_bytes())
    return target


def check_animation(path: Path) -> str:
    """The kind of file that the name asks for, if it can be written."""
    from matplotlib.animation import FFMpegWriter

    form = path.suffix.lower()
    if form not in FORMATS:
        raise FileError(f"{path}: expected a name that ends in .gif or .mp4, got '{form}'")
    if form == ".mp4" and not FFMpegWriter.isAvailable():
        raise MissingExtra(f"{path}: MP4 needs ffmpeg, which is not installed; write a .gif")
    return form


figure(
    "frames",
    "spaghetti during training: animated as a GIF, otherwise a strip of stills",
    frames_data,
    draw_frames,
    takes=("population", "trial", "data"),
    records=("weights", "snapshots"),
    inputs=2,
    recipe=Recipe("spirals", ("8,8",), "gallery", seeds=8),
)
