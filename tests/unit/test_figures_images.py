"""Images on axes: paper is white whatever its value, colours are colours."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.images import draw_image
from amenable.network import Conv2d


def shown(image):
    """Red, green and blue (H, W, 3) of what is drawn."""
    ax = Figure().subplots()
    draw_image(ax, np.asarray(image, dtype=float))
    (drawn,) = ax.images
    values = drawn.get_array()
    return np.asarray(values if values.ndim == 3 else drawn.cmap(drawn.norm(values)))[..., :3]


def stroke(paper, ink):
    image = np.full((1, 6, 5), float(paper))
    image[0, 2:4, 2] = ink
    return image


@pytest.mark.parametrize(("paper", "ink"), [(0, 1), (-1, 1), (1, 0), (255, 3)])
def test_ink_is_black_on_white_paper(paper, ink):
    found = shown(stroke(paper, ink))
    assert (found[2:4, 2] == 0).all()
    assert (found[0] == 1).all()


def test_an_image_without_ink_colours_and_other_channels():
    assert (shown(np.full((1, 3, 3), 7.0)) == 1).all()
    colours = np.concatenate([stroke(0, 2), stroke(0, 1), stroke(0, 0)])
    np.testing.assert_allclose(shown(colours)[2, 2], [1, 0.5, 0])
    pair = np.concatenate([stroke(0, 2), stroke(0, 0)])
    assert (shown(pair)[2, 2] == 0).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_figures_of_images_take_any_number_of_channels(channels):
    x = np.random.default_rng(0).random((20, channels, 5, 4))
    data = am.Dataset.from_arrays(x, np.arange(20) % 2, name="mine")
    network = am.Network((channels, 5, 4), [Conv2d(2, 3), am.Dense(2, "identity")])
    training = am.Training(epochs=1, loss="softmax")
    population = am.train(network, data, training, seeds=2, progress=False)
    for kind in ("feature_maps", "hardest", "kernels"):
        assert isinstance(population.plot(kind, data), Figure)
