"""What a summary keeps of images, in files too, and samples made what training saw again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import amenable as am
from amenable.network import Conv2d
from amenable.population import DataSummary
from amenable.population.pixels import Pixels
from amenable.population.samples import fitted, found_again, light_on_dark

SAVED = Path(__file__).parents[1] / "fixtures"
SMALL = am.Network((1, 16, 16), (Conv2d(2, 5, 4), am.Dense(10, "identity")))


def drawings(paper: float, ink: float, side: int = 12) -> am.Dataset:
    """Strokes of ink, 6 pixels high and 2 wide, in the middle of paper."""
    x = np.full((20, side, side), float(paper))
    x[:, 3:9, 4:6] = np.linspace(ink, (paper + ink) / 2, 20)[:, None, None]
    return am.Dataset.from_arrays(x, np.arange(20) % 2, name="drawn", test=0)


@pytest.mark.parametrize(("paper", "ink"), [(0.0, 1.0), (255.0, 0.0), (-1.0, 3.0)])
def test_paper_ink_and_size_are_those_of_the_training_images(paper, ink):
    data = drawings(paper, ink)
    data = replace(data, training=data.training[data.training != 0], validation=[0])
    found = DataSummary.of(data).pixels
    strongest = data.x[data.training].max() if ink > paper else data.x[data.training].min()
    assert found == Pixels((1, 12, 12), paper, strongest, 6)
    assert found.is_dark == (ink < paper)


def test_the_size_of_drawings_is_their_median_and_blank_images_do_not_count():
    x = np.zeros((20, 12, 12))
    for i, side in enumerate([0] * 6 + [4] * 5 + [7] * 5 + [11] * 4):
        x[i, : side // 2, :side] = 1
    data = am.Dataset.from_arrays(x, np.arange(20) % 2, validation=0, test=0)
    assert Pixels.of(data).content == 7


def test_colours_rows_and_images_all_alike():
    x = np.zeros((20, 3, 8, 8))
    x[:, 2, 2:6, 1:7] = 1
    of_colours = am.Dataset.from_arrays(x, np.arange(20) % 2)
    assert Pixels.of(of_colours) == Pixels((3, 8, 8), 0.0, 1.0, 6)
    assert Pixels.of(am.load("iris")) is None
    assert Pixels.of(am.Dataset.from_arrays(np.ones((6, 3, 3)), [0, 1, 0, 1, 0, 1])) is None
    one = am.Dataset.from_arrays(
        np.arange(4.0).reshape(4, 1, 1), [0, 1, 0, 1], validation=0, test=0
    )
    assert Pixels.of(one) == Pixels((1, 1, 1), 0.0, 3.0, 1)


def test_files_keep_it(tmp_path):
    population = am.train(SMALL, light_on_dark(am.load("digits"), (1, 16, 16)), seeds=1)
    expected = Pixels((1, 16, 16), -1.0, 1.0, 16)
    assert population.data.pixels == expected
    population.save(tmp_path / "many")
    population.best.save(tmp_path / "one")
    assert am.Population.load(tmp_path / "many").data == population.data
    assert am.TrainedNetwork.load(tmp_path / "one").data == population.data


def test_files_of_the_first_version_are_read_and_saved_anew(tmp_path):
    one = am.TrainedNetwork.load(SAVED / "version-1-images.npz")
    assert one.data.pixels is None
    digits = am.load("digits", test=0).fitted_to((1, 16, 16), scale=(-1, 1))
    assert one.score(digits).metric == one.metric["validation"]
    one.save(tmp_path / "one")
    assert am.TrainedNetwork.load(tmp_path / "one").data == one.data
    many = am.Population.load(SAVED / "version-1-population.npz")
    assert many.status.tolist() == ["solved"] * 3
    many[1:].save(tmp_path / "many")
    again = am.Population.load(tmp_path / "many")
    assert np.array_equal(again.weights, many.weights[1:])
    assert again.data == many.data


@pytest.mark.parametrize(
    "change",
    [
        {"shape": [16, 16]},
        {"shape": [1, 16, 0]},
        {"shape": [1, 16, 15]},
        {"paper": "white"},
        {"ink": 0.0},
        {"content": 0},
        {"colour": 3},
    ],
)
def test_nonsense_in_a_file_is_refused(change):
    summary = DataSummary.of(am.load("digits").fitted_to((1, 16, 16)))
    record = summary.to_dict()
    assert DataSummary.from_dict(record) == summary
    record["pixels"] = record["pixels"] | change
    with pytest.raises(am.AmenableError, match=r"[pP]ixels"):
        DataSummary.from_dict(record)


def test_images_of_another_size_range_and_polarity_are_prepared_alike():
    learned = DataSummary.of(light_on_dark(drawings(0, 255), (1, 16, 16)))
    same = learned.prepared(drawings(0, 255))
    inverted = learned.prepared(drawings(1, 0))
    assert same.image == (1, 16, 16)
    assert Pixels.of(inverted) == learned.pixels
    np.testing.assert_allclose(inverted.x, same.x, atol=1e-12)
    assert learned.prepared(same) is same
    iris = am.load("iris")
    assert learned.prepared(iris) is iris
    assert DataSummary.of(iris).prepared(same) is same
    with pytest.raises(am.DataError, match="channels"):
        learned.prepared(am.Dataset.from_arrays(np.eye(20, 75).reshape(20, 3, 5, 5), np.arange(20)))


def test_what_was_learned_is_found_again_by_its_fingerprint():
    digits = am.load("digits")
    for data, shape in (
        (digits, None),
        (light_on_dark(digits, (1, 16, 16)), (1, 16, 16)),
        (digits.fitted_to((1, 28, 28)), (1, 28, 28)),
        (light_on_dark(digits, (1, 3, 3)), (1, 3, 3)),
        (am.load("digits", validation=0, test=0.2).fitted_to((1, 9, 9), scale=(0, 3)), (1, 9, 9)),
    ):
        found = found_again("digits", DataSummary.of(data), shape)
        assert found is not None
        assert found.fingerprint == data.fingerprint
    old = am.TrainedNetwork.load(SAVED / "version-1-images.npz").data
    assert found_again("digits", old, (1, 16, 16)).fingerprint == old.fingerprint
    assert found_again("digits", DataSummary.of(digits.with_split(seed=5)), None) is None
    assert found_again("no such thing", DataSummary.of(digits), None) is None


def test_of_unknown_networks_images_are_light_on_dark():
    data = fitted(drawings(9, 3), None, (1, 16, 16))
    assert Pixels.of(data) == Pixels((1, 16, 16), -1.0, 1.0, 8)
    digits = am.load("digits")
    assert fitted(digits, None, None) is digits
