"""The samples that the fewest networks get right, and which classes the networks vote for."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from amenable import engine
from amenable.datasets import Dataset
from amenable.description import choice, fail, integer
from amenable.encoding import middle
from amenable.errors import DataError
from amenable.figures.arguments import as_population, as_samples
from amenable.figures.canvas import find_theme, new_figure, style_axes
from amenable.figures.images import draw_image
from amenable.figures.kinds import Recipe, figure
from amenable.formatting import plural
from amenable.population import Population

COLUMNS = 6
MOST = 60
SHORTEST = 9  # letters of a class name


@dataclass(frozen=True, slots=True, eq=False)
class Hardest:
    """Samples, ordered by how many networks get them wrong.

    Parameters
    ----------
    images : array (K, C, H, W)
        The images, the hardest first.
    samples : array of int (K,)
        Positions of the samples in the split, from 0.
    labels : array of int (K,)
        True classes.
    votes : array of int (K, classes)
        How many networks vote for each class.
    classes : tuple of str
        Class names.
    n_networks, n_samples : int
        The numbers of networks and of samples.
    n_missed : int
        How many samples the majority vote gets wrong.
    split, name : str
        The split and the data set's name.
    """

    images: NDArray[np.float64]
    samples: NDArray[np.int64]
    labels: NDArray[np.int64]
    votes: NDArray[np.int64]
    classes: tuple[str, ...]
    n_networks: int
    n_samples: int
    n_missed: int
    split: str
    name: str

    @property
    def right(self) -> NDArray[np.int64]:
        """How many networks (K,) are right."""
        return np.asarray(self.votes[np.arange(len(self.labels)), self.labels])

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        n = int(np.sum(self.right == 0))
        return (
            f"The {plural(len(self.labels), 'sample')} that the fewest of "
            f"{plural(self.n_networks, 'network')} get right, of {self.n_samples:,} {self.split} "
            f"samples of '{self.name}', each with its true class and the networks' votes. The "
            "filled part of the bar is the share of networks that are right. No network is right "
            f"about {n} of the samples shown. By majority vote the networks miss "
            f"{self.n_missed:,} of all samples. Votes cannot show whether a label is itself wrong."
        )


def hardest_data(
    population: Population, data: Dataset, split: str | None = None, n: int = 24
) -> Hardest:
    """The samples that the fewest networks get right.

    Parameters
    ----------
    population : Population
        Networks that classify images, or a number of inputs that makes a square. Networks with
        weights that are not finite are left out.
    data : Dataset
        With the same inputs and classes.
    split : str, optional
        "training", "validation" or "test"; by default the first of test, validation and training
        that has samples.
    n : int
        How many samples, 1 to 60.

    Returns
    -------
    Hardest
        Among samples with equally many right votes, the one with the most votes for a single wrong
        class comes first.

    Raises
    ------
    DescriptionError
        If an argument is invalid.
    DataError
        If the data has no classes or no samples in the split, or all networks diverged.

    Examples
    --------
    >>> import amenable as am
    >>> training = am.Training(epochs=2)
    >>> population = am.train(am.mlp(64, 16, 10), "digits", training, seeds=4, progress=False)
    >>> found = hardest_data(population, am.load("digits"), n=6)
    >>> found.images.shape, found.votes.sum(axis=1).tolist()
    ((6, 1, 8, 8), [4, 4, 4, 4, 4, 4])
    """
    population = as_population("population", population)
    if not isinstance(data, Dataset) or data.task != "classification":
        raise DataError("data: expected a Dataset for classification; use load(...)")
    population.data.check_like(data)
    n = integer("n", n, 1, MOST)
    if split is None:
        have = [it for it in ("test", "validation", "training") if len(data.split(it)[0])]
        split = have[0] if have else "training"
    split = choice("split", split, ("training", "validation", "test"))
    rows = getattr(as_samples("data", data, split, population[0]), split)
    x, labels = data.x[rows], data.y[rows]
    votes, n_networks = _votes(population, x, data)
    right = votes[np.arange(len(x)), labels]
    wrong = votes.copy()
    wrong[np.arange(len(x)), labels] = -1
    chosen = np.lexsort((-wrong.max(axis=1), right))[:n]
    return Hardest(
        images=x[chosen].reshape(-1, *_shape(population, data)),
        samples=chosen.astype(np.int64),
        labels=np.asarray(labels[chosen], dtype=np.int64),
        votes=votes[chosen],
        classes=data.classes,
        n_networks=n_networks,
        n_samples=len(x),
        n_missed=int(np.sum(votes.argmax(axis=1) != labels)),
        split=split,
        name=data.name,
    )


def draw_hardest(
    found: Hardest, figure: Figure | SubFigure | None = None, *, theme: str = "light"
) -> Figure:
    """Draw the images in rows, each with its true class, the votes, and the share that are right.

    Parameters
    ----------
    found : Hardest
        What `hardest_data` found.
    figure : Figure or SubFigure, optional
        Where to draw; a new one by default.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import amenable as am
    >>> training = am.Training(epochs=2)
    >>> population = am.train(am.mlp(64, 16, 10), "digits", training, seeds=4, progress=False)
    >>> figure = draw_hardest(hardest_data(population, am.load("digits"), n=6))
    """
    k = len(found.images)
    columns = min(COLUMNS, k)
    rows = ceil(k / columns)
    if figure is None:
        figure = new_figure(theme, (max(1.05 * columns, 4.6), 1.5 * rows + 0.35))
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for i, ax in enumerate(axes):
        style_axes(ax, theme)
        ax.set_axis_off()
        if i < k:
            _draw_one(found, i, ax, theme)
    colours = find_theme(theme)
    title = f"Hardest {found.split} samples, votes of {plural(found.n_networks, 'network')}"
    figure.suptitle(title, color=colours.ink, fontsize=10)
    root = figure.get_figure(root=True)
    assert root is not None  # a figure is its own root
    return root


def _votes(
    population: Population, x: NDArray[np.float64], data: Dataset
) -> tuple[NDArray[np.int64], int]:
    """How many networks vote for each class of each sample (N, C), and how many voted."""
    votes, n_networks = np.zeros((len(x), data.n_classes), dtype=np.int64), 0
    every = np.arange(len(x))
    for one in population:
        if not np.isfinite(one.flat).all():
            continue
        outputs = engine.predict(one.network, one.flat[None], x, dtype=one.dtype)[0]
        if outputs.shape[1] == 1:
            limit = middle(one.training, data.task, data.n_classes)
            said = (outputs[:, 0] > limit).astype(np.int64)
        else:
            said = outputs.argmax(axis=1)
        votes[every, said] += 1
        n_networks += 1
    if not n_networks:
        raise DataError("population: expected finite weights, but all networks have diverged")
    return votes, n_networks


def _shape(population: Population, data: Dataset) -> tuple[int, int, int]:
    """(channels, height, width) of the inputs."""
    image = population[0].network.input_shape or data.image
    if image is not None:
        return image[0], image[1], image[2]
    side = isqrt(data.n_inputs)
    if side * side != data.n_inputs:
        fail("data", "inputs that are pixels, of an image or a square", data.n_inputs)
    return 1, side, side


def _draw_one(found: Hardest, i: int, ax: Axes, theme: str) -> None:
    """One image with two lines above it and a bar below."""
    colours = find_theme(theme)
    image = found.images[i]
    draw_image(ax, image)
    height, width = image.shape[1:]
    share = found.right[i] / max(found.n_networks, 1)
    top, thick = height - 0.5 + 0.04 * height, 0.07 * height
    for part, face in ((1.0, "none"), (share, colours.good)):
        bar = Rectangle((-0.5, top), part * width, thick, fc=face, ec=colours.ink, lw=0.6)
        bar.set_clip_on(False)
        ax.add_patch(bar)
    order = np.argsort(-found.votes[i], kind="stable")[:3]
    said = [f"{_short(found.classes[c])}: {found.votes[i, c]}" for c in order if found.votes[i, c]]
    ax.set_title(
        f"is {_short(found.classes[found.labels[i]])}\n{'  '.join(said)}",
        color=colours.ink,
        fontsize=7.2,
        pad=3,
    )


def _short(name: str) -> str:
    return name if len(name) <= SHORTEST else f"{name[: SHORTEST - 1]}…"


figure(
    "hardest",
    "the images that the fewest networks get right, and the networks' votes",
    hardest_data,
    draw_hardest,
    takes=("population", "data"),
    records=("weights",),
    task="classification",
    recipe=Recipe("digits", ("16",), "confusion", has_images=True),
)
