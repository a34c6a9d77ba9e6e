"""The shape of images: who sets it, where it is kept, and how images get a network's shape."""

import copy
import pickle

import numpy as np
import pytest

from amenable.datasets import Dataset, load
from amenable.errors import DataError

Y = np.arange(20) % 2


def images(*shape: int) -> Dataset:
    x = np.random.default_rng(0).random((20, *shape))
    return Dataset.from_arrays(x, Y, name="mine")


def drawings(is_dark: bool) -> Dataset:
    """Noise within a border of 0, or the same with dark for light."""
    x = np.pad(np.random.default_rng(0).random((20, 12, 12)), ((0, 0), (2, 2), (2, 2)))
    return Dataset.from_arrays(0.5 - x if is_dark else x, Y, name="drawn")


def one_image(pixels, shape=None, **options) -> np.ndarray:
    """What becomes of one image among others that span 0 … 1."""
    pixels = np.asarray(pixels, float)
    pixels = pixels.reshape((1,) * (3 - pixels.ndim) + pixels.shape)
    x = np.stack([pixels, np.ones_like(pixels), *np.zeros((8, *pixels.shape))])
    data = Dataset.from_arrays(x, np.arange(10) % 2, validation=0)
    data = data.fitted_to(shape, **options)
    return data.x[0].reshape(data.image)


def test_who_knows_the_shape_sets_it():
    assert load("digits").image == (1, 8, 8)
    assert load("iris").image is None
    assert load("xor").image is None
    assert images(4, 5).image == (1, 4, 5)
    assert images(2, 4, 5).image == (2, 4, 5)
    assert images(16).image is None  # a square is not guessed
    assert images(2, 2, 2, 2).image is None
    flat = Dataset.from_arrays(np.eye(20, 16), Y, image=(1, 4, 4))
    assert flat.image == (1, 4, 4)
    assert "(4x4 pixels)" in repr(flat)


def test_channels_that_come_last_are_not_taken_for_rows():
    data = images(6, 5, 3)
    assert data.image is None
    assert any("channels must come first" in note for note in data.notes)
    assert images(3, 6, 3).image == (3, 6, 3)


@pytest.mark.parametrize(
    "again",
    [
        lambda d: pickle.loads(pickle.dumps(d)),
        copy.deepcopy,
        lambda d: Dataset.from_json(d.to_json()),
        lambda d: Dataset.from_dict(d.to_dict()),
        lambda d: d.with_split(),
    ],
)
def test_the_shape_is_kept(again):
    data = images(3, 4, 5)
    other = again(data)
    assert other.image == (3, 4, 5)
    assert isinstance(other.image, tuple)
    assert other == data


def test_records_from_before_there_were_images_are_read():
    record = load("xor").to_dict()
    del record["image"]
    assert Dataset.from_dict(record) == load("xor")


def test_the_fingerprint_has_the_shape_where_there_is_one():
    rows = Dataset.from_arrays(np.eye(20, 16), Y)
    shapes = [None, (1, 4, 4), (1, 2, 8), (4, 2, 2)]
    prints = {Dataset.from_arrays(np.eye(20, 16), Y, image=it).fingerprint for it in shapes}
    assert len(prints) == 4
    assert rows.fingerprint in prints
    assert load("xor").fingerprint.startswith("18d05f98ed2bbbc1")  # as before there were images


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ((1, 4, 5), ("(1, 4, 5)", "20 pixels", "16 inputs")),
        ((4, 4), ("channels, height, width", "(4, 4)")),
        ((1, 4, 4.0), ("three integers", "4.0")),
        ((1, -4, -4), ("three integers", "-4")),
        ("144", ("three integers", "'144'")),
        (16, ("three integers", "16")),
    ],
)
def test_wrong_shapes(image, words):
    with pytest.raises(DataError) as raised:
        Dataset.from_arrays(np.eye(20, 16), Y, name="mine", image=image)
    for word in ("mine", *words):
        assert word in str(raised.value)


def test_digits_become_what_lenet_1989_sees():
    digits = load("digits")
    data = digits.fitted_to((1, 16, 16), scale=(-1, 1))
    assert data.image == (1, 16, 16)
    assert (data.n_inputs, data.x.min(), data.x.max()) == (256, -1, 1)
    assert data.features[17] == "pixel 1,1"
    assert any("resized from 8x8 to 16x16" in note for note in data.notes)
    assert any("0 … 1 (training split) to -1 … 1" in note for note in data.notes)
    for split in ("training", "validation", "test"):
        np.testing.assert_array_equal(getattr(data, split), getattr(digits, split))
    np.testing.assert_array_equal(data.y, digits.y)
    pairs = data.x.reshape(-1, 8, 2, 8, 2).mean(axis=(2, 4)).reshape(-1, 64)
    assert np.corrcoef(pairs.ravel(), digits.x.ravel())[0, 1] > 0.95
    assert data == digits.fitted_to((1, 16, 16), scale=(-1, 1))


@pytest.mark.parametrize("is_dark", [False, True])
def test_large_enough_images_keep_every_pixel_within_a_frame(is_dark):
    data = drawings(is_dark)
    paper = (data.x[data.training].max if is_dark else data.x[data.training].min)()
    for side, margin in ((28, 6), (32, 8), (17, 0)):
        fitted = data.fitted_to((1, side, side)).x.reshape(20, side, side)
        inner = fitted[:, margin : margin + 16, margin : margin + 16]
        np.testing.assert_array_equal(inner, data.x.reshape(20, 16, 16))
        frame = fitted.sum() - inner.sum()
        assert frame == pytest.approx(20 * (side**2 - 256) * paper)


def test_a_scale_that_falls_makes_dark_bright():
    data = drawings(is_dark=True)
    fitted = data.fitted_to((1, 16, 16), scale=(1, -1))
    light = drawings(is_dark=False).fitted_to((1, 16, 16), scale=(-1, 1))
    np.testing.assert_allclose(fitted.x, light.x, atol=1e-12)
    assert "so that dark is bright" in fitted.notes[-1]


def test_small_images_are_enlarged_before_they_are_framed():
    notes = images(8, 8).fitted_to((1, 28, 28)).notes[-2:]
    assert "from 8x8 to 16x16" in notes[0]
    assert "16x16 framed to 28x28" in notes[1]
    assert "from 8x8 to 12x12" in images(8, 8).fitted_to((1, 12, 12)).notes[-1]


def test_proportions_are_kept():
    notes = images(8, 6).fitted_to((1, 16, 16)).notes
    assert "from 8x6 to 16x12" in notes[-2]
    notes = images(20, 40).fitted_to((1, 16, 16)).notes
    assert "from 20x40 to 8x16" in notes[-2]


def test_each_channel_is_fitted_by_itself():
    data = images(3, 5, 4)
    fitted = data.fitted_to((3, 9, 11))
    for channel in range(3):
        x = data.x.reshape(20, 3, 5, 4)[:, channel]
        alone = Dataset.from_arrays(x, Y).fitted_to((1, 9, 11), background=data.x.min())
        whole = data.fitted_to((3, 9, 11), background=data.x.min()).x.reshape(20, 3, 99)
        np.testing.assert_array_equal(alone.x, whole[:, channel])
    assert fitted.features[-1] == "pixel 2,8,10"


def test_bilinear_by_hand():
    found = one_image([[0.0, 1.0]], (1, 1, 4), content=(1, 4))[0, 0]
    assert found.tolist() == [0, 0.25, 0.75, 1]
    found = one_image([[0.0, 1.0], [0.0, 0.0]], (1, 4, 4))[0]
    np.testing.assert_array_equal(found, np.outer([1, 0.75, 0.25, 0], [0, 0.25, 0.75, 1]))


def test_the_mean_of_the_area_by_hand():
    assert one_image([[0.0, 0.5, 0.5, 1.0]], (1, 1, 2))[0, 0].tolist() == [0.25, 0.75]
    found = one_image([[0.25, 0.5, 1.0]], (1, 1, 2), content=(1, 2))[0, 0]
    np.testing.assert_allclose(found, [(0.25 + 0.25) / 1.5, (0.25 + 1) / 1.5])


def test_resizing_keeps_what_is_constant_and_the_mean():
    x = np.random.default_rng(1).random((10, 1, 28, 28))
    data = Dataset.from_arrays(x, np.arange(10) % 2, validation=0)
    assert data.fitted_to((1, 13, 13)).x.mean() == pytest.approx(x.mean())
    x[3] = 0.25
    for side in (13, 28, 40):
        data = Dataset.from_arrays(x, np.arange(10) % 2, validation=0)
        fitted = data.fitted_to((1, 40, 40), content=(side, side), background=0.25)
        np.testing.assert_allclose(fitted.x[3], 0.25, rtol=1e-14)


def test_the_content_can_be_chosen():
    data = images(28, 28)
    fitted = data.fitted_to((1, 28, 28), content=(20, 20), background=0.5)
    x = fitted.x.reshape(20, 28, 28)
    assert (x[:, :4] == 0.5).all()
    assert (x[:, :, -4:] == 0.5).all()
    assert "framed to 28x28 by 0.5" in fitted.notes[-1]


def test_scaling_alone_maps_the_training_split():
    data = images(4, 4)
    scaled = data.fitted_to((1, 4, 4), scale=(-1, 1))
    x, _ = scaled.split("training")
    assert (x.min(), x.max()) == (-1, 1)
    assert scaled.features == data.features


def test_the_same_shape_changes_nothing():
    data = images(4, 4)
    assert data.fitted_to((1, 4, 4)) == data


def test_flat_rows_are_images_when_asked_for_and_it_is_said():
    data = images(256).fitted_to((1, 16, 16))
    assert data.image == (1, 16, 16)
    assert data.notes[-1] == "256 inputs treated as images of shape (1, 16, 16)"


def test_weights_stay():
    data = Dataset.from_arrays(np.eye(20).reshape(20, 4, 5), Y, weights=np.arange(1.0, 21))
    np.testing.assert_array_equal(data.fitted_to((1, 16, 16)).weights, data.weights)


@pytest.mark.parametrize(
    ("data", "shape", "options", "words"),
    [
        (images(3, 4, 4), (1, 8, 8), {}, ("mine", "3 channels", "give (3, 8, 8)")),
        (images(17), (1, 16, 16), {}, ("mine", "17 inputs", "256 pixels", "image=")),
        (images(4, 4), (16, 16), {}, ("shape", "(16, 16)")),
        (images(4, 4), (1, 0, 4), {}, ("shape", "(1, 0, 4)")),
        (images(4, 4), (1, 8, 8), {"background": np.nan}, ("background", "nan")),
        (images(4, 4), (1, 8, 8), {"background": "black"}, ("background", "'black'")),
        (images(4, 4), (1, 8, 8), {"scale": (1, 1)}, ("scale", "two different")),
        (images(4, 4), (1, 8, 8), {"scale": 2}, ("scale", "2")),
        (images(4, 4), (1, 8, 8), {"content": (9, 8)}, ("content", "(9, 8)")),
        (images(4, 4), (1, 8, 8), {"content": 8}, ("content", "8")),
    ],
)
def test_what_cannot_be_fitted(data, shape, options, words):
    with pytest.raises(DataError) as raised:
        data.fitted_to(shape, **options)
    for word in words:
        assert word in str(raised.value)


def test_blank_images_cannot_be_scaled():
    data = Dataset.from_arrays(np.ones((20, 4, 4)), Y)
    with pytest.raises(DataError, match="all pixels are 1"):
        data.fitted_to((1, 4, 4), scale=(-1, 1))


def test_usps_in_the_frame_of_lenet_1(shared_data):
    data = load(shared_data / "usps.npz").fitted_to((1, 28, 28))
    assert data.image == (1, 28, 28)
    assert (data.training.size + data.validation.size, data.test.size) == (7291, 2007)
    x = data.x.reshape(-1, 28, 28)
    assert (x[:, :6] == -1).all()
    assert (x[:, :, -6:] == -1).all()
    assert data.notes[-1] == "images of 16x16 framed to 28x28 by -1"
