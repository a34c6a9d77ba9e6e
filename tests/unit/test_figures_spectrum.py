"""Eigenvalues drawn: groups, verdict, odd spectra."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import amenable as am
from amenable.figures.canvas import axes_for, encode
from amenable.figures.spectrum import draw_spectrum, linear_below
from amenable.surfaces import curvature


@pytest.fixture(scope="module")
def found():
    training = am.Training(epochs=10)
    trained = am.train(am.mlp(2, 5, 1), "moons", training, seeds=1, progress=False).best
    return curvature(trained, "moons")


def test_signs_are_counted_and_the_verdict_is_the_title(found):
    ax = axes_for(None)
    assert isinstance(draw_spectrum(found, ax), Figure)
    legend = ax.get_legend()
    told = [text.get_text() for text in legend.get_texts()]
    assert f"{found.n_negative} negative" in told and f"{found.n_positive} positive" in told
    assert legend.get_title().get_text().startswith("Descending: loss")
    drawn = np.concatenate([it.get_ydata() for it in ax.lines if it.get_linestyle() == "None"])
    np.testing.assert_array_equal(np.sort(drawn), found.eigenvalues)
    markers = {it.get_marker() for it in ax.lines if it.get_linestyle() == "None"}
    assert markers == {"v", "^"}


def test_the_same_twice_and_both_themes(found):
    first, second = (encode(draw_spectrum(found, theme="dark"), "png", dpi=50) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("values", "noise"),
    [
        ([0.0, 0.0], 0.0),
        ([2.0], 1e-13),
        ([-3.0], 1e-13),
        ([-1e-14, 0.0, 1e-15], 1e-12),
        ([-1.0, 0.0, 5.0], 0.5),
        (np.sort(np.random.default_rng(0).normal(size=2000)), 1e-10),
    ],
)
def test_odd_spectra_are_drawn(found, values, noise):
    odd = replace(found, eigenvalues=np.array(values, dtype=float), noise=noise)
    ax = axes_for(None)
    assert encode(draw_spectrum(odd, ax), "png", dpi=50)
    assert linear_below(odd) > 0
    low, high = ax.get_ylim()
    assert low < min(values) and max(values) < high


def test_another_thing_is_refused():
    with pytest.raises(am.DescriptionError, match="found: expected a Curvature"):
        draw_spectrum([1.0])
