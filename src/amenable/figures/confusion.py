"""Confusion matrix: which classes are taken for which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.datasets.target import class_names
from amenable.description import choice
from amenable.errors import DataError, DescriptionError
from amenable.figures.arguments import as_model, as_population, as_samples
from amenable.figures.canvas import axes_for, find_theme, finish
from amenable.figures.kinds import Recipe, figure
from amenable.figures.legends import colour_bar
from amenable.formatting import plural, shorten
from amenable.model import Model
from amenable.population import Population, TrainedNetwork
from amenable.statistics import quantiles, wilson

MOST_CLASSES = 26
SHORTEST = 12  # letters of a class name beside the axes


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """How often each class was taken for each other class.

    Parameters
    ----------
    counts : array of int (C, C)
        Samples by true class (rows) and predicted class (columns), over all networks.
    classes : tuple of C str
        Names.
    accuracies : array (M,)
        One for each of M networks.
    n_samples : int
        How many samples each network saw.
    samples : str
        A description of the samples.
    n_left_out : int
        Networks left out because some of their weights are not finite.
    """

    counts: NDArray[np.int64]
    classes: tuple[str, ...]
    accuracies: NDArray[np.float64]
    n_samples: int
    samples: str
    n_left_out: int = 0

    @property
    def shares(self) -> NDArray[np.float64]:
        """Counts (C, C) divided by the sum of their row; NaN for classes without samples."""
        totals = self.counts.sum(axis=1, keepdims=True)
        return np.where(totals > 0, self.counts / np.maximum(totals, 1), np.nan)

    @property
    def title(self) -> str:
        """Accuracy with an interval: over samples for one network, over networks for several."""
        if len(self.accuracies) == 1:
            low, high = wilson(int(np.trace(self.counts)), self.n_samples)
            return f"Accuracy {self.accuracies[0]:.3f} [{low:.3f}, {high:.3f}]"
        low, middle, high = quantiles(self.accuracies, (0.1, 0.5, 0.9))
        n = len(self.accuracies)
        return f"Accuracy {middle:.3f}, median of {n} ({low:.3f} to {high:.3f} for 8 of 10)"

    @property
    def caption(self) -> str:
        """What the picture shows and what it cannot show."""
        wrong = self.counts * (1 - np.eye(len(self.classes), dtype=np.int64))
        m = len(self.accuracies)
        said = [f"True and predicted classes of {self.samples}, by {plural(m, 'network')}."]
        said.append(f"{self.title}.")
        if wrong.any():
            i, j = np.unravel_index(wrong.argmax(), wrong.shape)
            share = f"{shorten(100 * self.shares[i, j])} %"
            said.append(
                f"The most frequent mistake takes '{self.classes[i]}' for '{self.classes[j]}': "
                f"{wrong[i, j]:,} of {self.counts[i].sum():,} ({share})."
            )
        else:
            said.append("No sample is misclassified.")
        empty = [name for name, row in zip(self.classes, self.counts, strict=True) if not row.any()]
        if empty:
            said.append(f"No samples of {', '.join(empty)}.")
        if self.n_left_out:
            left_out = plural(self.n_left_out, "network is", "networks are")
            said.append(f"{left_out} left out: not all of the weights are finite.")
        if m > 1:
            said.append("Counts are summed over the networks, all of which saw the same samples.")
        return " ".join([*said, "The matrix does not show how sure a network was."])


def confusion_data(model: Model | Population, data: Dataset, split: str | None = None) -> Confusion:
    """Counts of samples by true and predicted class.

    Parameters
    ----------
    model : Model or Population
        A network, or several whose counts are summed. A bare `Model` with one output predicts the
        second class where the output is positive; with several outputs, the class of the largest.
    data : Dataset
        With 2 to 26 classes.
    split : str, optional
        "training", "validation" or "test"; by default validation where the data has it.

    Returns
    -------
    Confusion

    Raises
    ------
    DescriptionError
        If an argument is invalid, or the network's outputs do not match the classes.
    DataError
        If the data has no classes or no samples in the split, or no network has finite weights.

    Examples
    --------
    >>> import amenable as am
    >>> data = am.load("moons")
    >>> model = am.train(am.mlp(2, 8, 1), data, seeds=1, progress=False).best
    >>> found = confusion_data(model, data)
    >>> found.counts.sum(), found.classes
    (np.int64(40), ('0', '1'))
    """
    if isinstance(model, Population):
        several: list[Model] = list(as_population("model", model))
    else:
        several = [as_model("model", model)]
    if not isinstance(data, Dataset) or data.task != "classification":
        raise DataError("data: expected a Dataset for classification; use load(...)")
    default = "validation" if len(data.validation) else "training"
    split = choice("split", default if split is None else split, ("training", "validation", "test"))
    n = data.n_classes
    if not 2 <= n <= MOST_CLASSES:
        raise DataError(f"data: expected 2 to {MOST_CLASSES} classes, '{data.name}' has {n}")
    kept = [it for it in several if np.isfinite(it.flat).all()]
    if not kept:
        raise DataError("model: expected finite weights; the network has diverged")
    counts, accuracies = np.zeros((n, n), dtype=np.int64), []
    for one in kept:
        rows = getattr(as_samples("data", data, split, one), split)
        labels, predicted = data.y[rows], _predicted(one, data.x[rows], data)
        np.add.at(counts, (labels, predicted), 1)
        accuracies.append(float(np.mean(labels == predicted)))
    samples = f"{plural(len(labels), f'{split} sample')} of '{data.name}'"
    left_out = len(several) - len(kept)
    return Confusion(counts, data.classes, np.array(accuracies), len(labels), samples, left_out)


def draw_confusion(found: Confusion, ax: Axes | None = None, *, theme: str = "light") -> Figure:
    """Draw the counts; colour shows the share of the true class.

    Parameters
    ----------
    found : Confusion
        What `confusion_data` found.
    ax : Axes, optional
        Where to draw; a new figure by default, larger for many classes.
    theme : str
        "light" or "dark".

    Examples
    --------
    >>> import amenable as am
    >>> data = am.load("moons")
    >>> model = am.train(am.mlp(2, 8, 1), data, seeds=1, progress=False).best
    >>> figure = draw_confusion(confusion_data(model, data))
    """
    n = len(found.classes)
    side = max(4.2, 1.6 + 0.3 * n)
    ax = axes_for(ax, theme, (max(5.4, 1.25 * side), side))
    colours = find_theme(theme)
    shares = np.ma.masked_invalid(found.shares)
    drawn = ax.imshow(shares, cmap=colours.sequential, norm=Normalize(0.0, 1.0))
    cell, digits = (side - 1.6) * 72 / n, len(f"{found.counts.max():,}")  # points
    size = float(np.clip(min(0.45 * cell, cell / digits), 5.0, 11.0))
    for i, j in np.ndindex(n, n):
        if found.counts[i, j]:
            ink = "#000000" if found.shares[i, j] > 0.5 else "#FFFFFF"  # as in cividis
            text = f"{found.counts[i, j]:,}"
            ax.text(j, i, text, color=ink, fontsize=size, ha="center", va="center")
    names = [it if len(it) <= SHORTEST else f"{it[: SHORTEST - 1]}…" for it in found.classes]
    turned = 90 if max(map(len, names)) * n > 40 else 0
    ax.set_xticks(range(n), names, rotation=turned, fontsize=8)
    ax.set_yticks(range(n), names, fontsize=8)
    ax.set_xlabel("Predicted class", color=colours.ink)
    ax.set_ylabel("True class", color=colours.ink)
    ax.set_title(found.title, fontsize=9.5, color=colours.ink)
    colour_bar(drawn, ax, theme, "Share of the true class")
    return finish(ax)


def _predicted(model: Model, x: NDArray[np.float64], data: Dataset) -> NDArray[np.int64]:
    """Class numbers (N,)."""
    if isinstance(model, TrainedNetwork):
        model.data.check_like(data)
        names = class_names(data.classes, np.arange(data.n_classes)).tolist()
        numbers = {name: number for number, name in enumerate(names)}
        return np.array([numbers[name] for name in model.predict(x).tolist()])
    outputs = model.decision(x)
    if outputs.shape[1] not in {data.n_classes, data.n_outputs()}:
        raise DescriptionError(
            f"model: expected an output for each of {data.n_classes} classes"
            f"{' or one for both' if data.n_classes == 2 else ''}, got {outputs.shape[1]}"
        )
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > 0).astype(np.int64)
    return np.asarray(outputs.argmax(axis=1))


figure(
    "confusion",
    "which class is taken for which",
    confusion_data,
    draw_confusion,
    takes=("model", "data"),
    records=("weights",),
    task="classification",
    recipe=Recipe("digits", ("32",), "curves", seeds=8),
)
