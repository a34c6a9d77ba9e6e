"""Pictures as a network takes them: paper and ink, size and place, light and noise."""

import numpy as np
import pytest
from pictures_made import TARGET, drawn, large

import amenable as am
from amenable.cli.ink import InputFormat, as_input, target_of
from amenable.errors import DataError


def test_dark_on_light_and_light_on_dark_are_the_same_input():
    dark, said = as_input(drawn() / 255.0, TARGET, "a")
    light, other = as_input(drawn(ink=255, paper=0) / 255.0, TARGET, "b")
    np.testing.assert_allclose(dark, light)
    assert said.startswith("dark on light")
    assert other.startswith("light on dark")
    assert "40x6 of 60x60 pixels cut out, resized to 16x2, centred in 16x16" in said
    image = dark.reshape(16, 16)
    assert (image[:, 7:9] == 1).all()
    assert (np.delete(image, (7, 8), axis=1) == -1).all()


def test_a_picture_of_the_networks_size_is_not_moved():
    image = np.zeros((16, 16))
    image[2, 3] = 0.5
    row, said = as_input(image, TARGET, "it")
    assert "as they are" in said
    assert np.flatnonzero(row > -1).tolist() == [2 * 16 + 3]
    assert row.max() == 1


def test_content_and_scale_are_as_asked_for():
    small = InputFormat(784, (28, 28), 20, (0.0, 1.0))
    image = as_input(drawn() / 255.0, small, "it")[0].reshape(28, 28)
    rows = np.flatnonzero(image.any(axis=1))
    assert (rows[0], rows[-1]) == (4, 23)
    assert image.min() == 0


@pytest.mark.parametrize("image", [np.ones((30, 30)), np.zeros((16, 16)), np.full((5, 9), 0.3)])
def test_an_empty_picture_is_refused(image):
    with pytest.raises(DataError, match="the picture is empty"):
        as_input(image, TARGET, "it")


def test_drawings_become_as_large_as_those_that_were_learned():
    digits = am.load("digits")
    for data, content in (
        (digits, 8),
        (digits.fitted_to((1, 28, 28)), 16),
        (digits.fitted_to((1, 28, 28), content=(20, 20)), 20),
        (digits.fitted_to((1, 16, 16), content=(11, 11)), 11),
    ):
        learned = am.population.DataSummary.of(data).pixels
        found = target_of(am.Network(data.image, [am.Dense(10)]), learned, None, None)
        assert (found.content, found.size) == (content, data.image[1:])


def test_paper_in_shadow_is_paper():
    shadow = np.where(drawn() == 255, 0.45, 0.0)
    found, said = as_input(shadow, TARGET, "it")
    assert said.startswith("dark on light")
    np.testing.assert_allclose(found, as_input(drawn() / 255.0, TARGET, "it")[0])


def test_noise_is_not_cut_out_as_if_it_were_drawn():
    noise = np.random.default_rng(0).normal(0, 0.07, (192, 192))
    expected, _ = as_input(large(), TARGET, "it")
    found, said = as_input(np.clip(large() + noise, 0, 1), TARGET, "it")
    assert "120x24 of 192x192 pixels cut out" in said
    np.testing.assert_allclose(found, expected, atol=0.15)


def test_uneven_light_is_not_taken_for_ink():
    light = np.linspace(0.5, 1.0, 192)
    expected, _ = as_input(large(), TARGET, "it")
    for grey in (large() * light, large() * light[:, None]):
        found, said = as_input(grey, TARGET, "it")
        assert "120x24 of 192x192 pixels cut out" in said
        np.testing.assert_allclose(found, expected, atol=0.1)
    touching = np.full((60, 60), 1.0)
    touching[:, :25] = 0.0  # ink at much of the border is no light that falls off
    found, said = as_input(touching, TARGET, "it")
    assert "60x25 of 60x60" in said
    np.testing.assert_allclose(np.abs(found), 1)


def test_a_full_border_is_no_uneven_light_in_a_picture_of_the_networks_size():
    image = np.tile(np.linspace(0.0, 0.6, 16), (16, 1))
    image[7:9, 7:9] = 1.0
    row, _ = as_input(image, TARGET, "it")
    slope = row.reshape(16, 16)[0]
    assert (np.diff(slope)[8:] > 0).all()
    np.testing.assert_array_equal(row.reshape(16, 16)[15], slope)
