"""Draws one image of a data set: grey as ink on white paper, or in its colours."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from numpy.typing import NDArray

from amenable.datasets.framing import paper_and_ink

COLOURS = (3, 4)  # channels: red, green and blue, and opacity


def draw_image(ax: Axes, image: NDArray[np.float64]) -> None:
    """Show an image (C, H, W); its border tells whether the background is low or high, to be white.

    Unless there are three channels, for colours, their mean is shown.
    """
    low, high = float(image.min()), float(image.max())
    if len(image) in COLOURS:
        ax.imshow(
            np.moveaxis((image - low) / ((high - low) or 1.0), 0, -1), interpolation="nearest"
        )
        return
    grey = image.mean(axis=0)
    paper, ink = paper_and_ink(grey[None])
    norm = Normalize(min(paper, ink), max(paper, ink) if paper != ink else paper + 1.0)
    ax.imshow(grey, cmap="gray" if ink < paper else "gray_r", norm=norm, interpolation="nearest")
