"""A drawing, and the images that a network takes."""

import numpy as np

from amenable.cli.ink import InputFormat

TARGET = InputFormat(256, (16, 16), 16, (-1.0, 1.0))


def drawn(side=60, ink=0, paper=255):
    """A thick vertical bar off the middle."""
    image = np.full((side, side), paper, dtype=np.uint8)
    image[10:50, 30:36] = ink
    return image


def large():
    """A thick bar, 120 by 24 pixels, in 192 by 192."""
    image = np.full((192, 192), 0.9)
    image[36:156, 84:108] = 0.1
    return image
