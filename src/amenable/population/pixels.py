"""What is kept about training images: their size, paper and ink, and how large drawings are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.datasets.framing import LOOKED_AT, paper_and_ink
from amenable.description import ANY, Record, check_keys, fail, integer, items, number

INK = 0.25
"""Of the way from paper to the strongest stroke: what is below is paper and its noise."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """What the training images have in common.

    Parameters
    ----------
    shape : (channels, height, width)
        Of each.
    paper, ink : float
        The smallest and the largest value of all images; paper is the one that borders are closer
        to.
    content : int
        Pixels on the longer side of a drawing, the median over images.

    Examples
    --------
    >>> from amenable.datasets import load
    >>> Pixels.of(load("digits"))
    Pixels(shape=(1, 8, 8), paper=0.0, ink=1.0, content=8)
    >>> Pixels.of(load("iris")) is None
    True
    """

    shape: tuple[int, int, int]
    paper: float
    ink: float
    content: int

    @classmethod
    def of(cls, data: Dataset) -> Pixels | None:
        """What is to be said of a dataset; None of no images, and of such that are all alike."""
        if data.image is None:
            return None
        images = data.x[data.training].reshape(-1, *data.image)
        paper, ink = paper_and_ink(images)
        if paper == ink:
            return None
        is_ink = (images[:LOOKED_AT] - paper) / (ink - paper) > INK
        return cls(data.image, paper, ink, _content(is_ink))

    @property
    def low(self) -> float:
        """The least value."""
        return min(self.paper, self.ink)

    @property
    def high(self) -> float:
        """The largest value."""
        return max(self.paper, self.ink)

    @property
    def is_dark(self) -> bool:
        """Whether ink has the lower value: dark on light, as in print."""
        return self.ink < self.paper

    def to_dict(self) -> Record:
        """The fields by name, as JSON knows them."""
        return {**asdict(self), "shape": list(self.shape)}

    @classmethod
    def from_dict(cls, record: object) -> Pixels:
        """What `to_dict` recorded."""
        entries: dict[str, Any] = check_keys(cls, record)
        sides = items("Pixels.shape", entries["shape"], "channels, height and width")
        if len(sides) != 3:
            fail("Pixels.shape", "channels, height and width", entries["shape"])
        channels, height, width = (integer("Pixels.shape", side, 1) for side in sides)
        paper, ink = (number(f"Pixels.{it}", entries[it], ANY) for it in ("paper", "ink"))
        if paper == ink:
            fail("Pixels.ink", "another value than that of paper", ink)
        content = integer("Pixels.content", entries["content"], 1)
        return cls((channels, height, width), paper, ink, content)


def _content(is_ink: NDArray[np.bool_]) -> int:
    """The median of the longer side of the box around the ink of images (N, C, H, W)."""
    spans = np.stack([_span(np.asarray(is_ink.any(axis=axes))) for axes in ((1, 3), (1, 2))])
    longer = spans.max(axis=0)
    drawn = longer[longer > 0]
    return int(np.median(drawn)) if len(drawn) else 1


def _span(is_there: NDArray[np.bool_]) -> NDArray[np.int64]:
    """From the first to the last that is there, in each row; 0 where none is."""
    n = is_there.shape[1]
    first, behind = is_there.argmax(axis=1), is_there[:, ::-1].argmax(axis=1)
    return np.where(is_there.any(axis=1), n - behind - first, 0)
