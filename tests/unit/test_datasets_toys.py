import numpy as np
import pytest

from amenable.datasets import Dataset, load
from amenable.datasets.toys import TOYS
from amenable.errors import DataError

CLASSIFICATION = ("circles", "moons", "spirals", "gaussians", "checkerboard", "islands")
FUNCTIONS = ("sine", "step", "abs", "relu", "bumps")


def test_the_table_is_complete():
    assert set(TOYS) == {"xor", "parity", "encoder", *CLASSIFICATION, *FUNCTIONS}


@pytest.mark.parametrize("name", TOYS)
def test_inputs_have_about_unit_size(name):
    data = load(name)
    assert data.name == name
    assert 0.2 < np.abs(data.x).max() < 4


@pytest.mark.parametrize("name", TOYS)
def test_the_seed_decides_points_and_split(name):
    options = {"noise": 0.2} if "noise" in TOYS[name].parameters else {}
    first, second, other = (load(name, seed=s, **options) for s in (1, 1, 2))
    assert first == second
    assert (first == other) == TOYS[name].is_truth_table


def test_the_points_of_a_seed_stay_what_they_are():
    points = load("checkerboard", seed=7).x[:2]
    np.testing.assert_allclose(points, [[0.250191, 0.794428], [0.551371, -0.549586]], atol=1e-6)


def test_points_do_not_depend_on_the_split():
    a, b = load("moons", validation=0.2, seed=5), load("moons", validation=0.5, seed=5)
    np.testing.assert_array_equal(a.x, b.x)


def _seen(data: Dataset) -> tuple[np.ndarray, ...]:
    return data.x[data.seen], data.y[data.seen], data.training, data.validation


@pytest.mark.parametrize("name", [*CLASSIFICATION, *FUNCTIONS])
def test_test_points_are_fresh_and_change_nothing_else(name):
    options = {"noise": 0.2} if "noise" in TOYS[name].parameters else {}
    usual, none = load(name, seed=3, **options), load(name, seed=3, test=0, **options)
    assert (len(usual.test), usual.has_own_test) == (2000, True)
    assert (len(none.test), none.has_own_test) == (0, False)
    assert "2,000 fresh test points" in usual.notes
    for a, b in zip(_seen(usual), _seen(none), strict=True):
        np.testing.assert_array_equal(a, b)
    seen = {row.tobytes() for row in usual.x[usual.seen]}
    fresh = [row.tobytes() for row in usual.x[usual.test]]
    assert len(set(fresh) - seen) == len(fresh)
    assert len(load(name, test=0.5).test) == load(name, test=0).n_samples / 2


@pytest.mark.parametrize("name", [*CLASSIFICATION, *FUNCTIONS])
def test_test_points_are_of_the_same_distribution(name):
    """Means and deviations of 5,000 points each agree within what chance allows."""
    data = load(name, n=5000, validation=0, test=5000)
    for a, b in zip(data.split("training"), data.split("test"), strict=True):
        difference = abs(a.mean(axis=0) - b.mean(axis=0))
        assert (difference < 5 * b.std(axis=0) / np.sqrt(len(b))).all()
        np.testing.assert_allclose(a.std(axis=0), b.std(axis=0), rtol=0.06)


def test_fresh_points_of_spirals_lie_on_the_arms_among_the_others():
    data = load("spirals", turns=1.5)
    for split in ("training", "test"):
        x, y = data.split(split)
        radius = np.linalg.norm(x, axis=1)
        angle = 2 * np.pi * 1.5 * radius * 3 / 5 + np.where(y == 1, 0, np.pi)
        np.testing.assert_allclose(x, radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1))
    x = data.x[data.seen]
    assert np.linalg.norm(data.split("test")[0], axis=1).max() <= np.linalg.norm(x, axis=1).max()


def test_as_many_test_points_as_asked_for():
    assert len(load("moons", test=20_000).test) == 20_000
    with pytest.raises(DataError, match="moons: test: expected at most 1,000,000 points"):
        load("moons", test=10**7)


def test_splitting_a_toy_anew_leaves_its_test_points_alone():
    data = load("moons")
    other = data.with_split(seed=3)
    assert (len(other.training), len(other.validation)) == (160, 40)
    np.testing.assert_array_equal(other.test, data.test)
    with pytest.raises(DataError, match="moons has its own test split"):
        data.with_split(test=0.2)


@pytest.mark.parametrize("name", ["xor", "parity", "encoder"])
def test_truth_tables_train_on_all_rows(name):
    data = load(name, validation=0.5, test=0.2)
    assert data.training.tolist() == list(range(data.n_samples))
    assert data.validation.size == data.test.size == 0


def test_xor_and_parity():
    xor = load("xor", low=-1)
    assert xor.x.tolist() == [[-1, -1], [-1, 1], [1, -1], [1, 1]]
    assert xor.y.tolist() == [0, 1, 1, 0]
    parity = load("parity", bits=5)
    assert parity.x.shape == (32, 5)
    np.testing.assert_array_equal(parity.y, parity.x.sum(axis=1) % 2)
    assert len({tuple(row) for row in parity.x.tolist()}) == 32


def test_encoder_is_the_identity():
    data = load("encoder", bits=10)
    np.testing.assert_array_equal(data.x, np.eye(10))
    assert data.y.tolist() == list(range(10))
    assert data.n_outputs() == 10


def test_spirals_are_two_arms_of_one_turn():
    data = load("spirals", test=0)
    assert data.x.shape == (512, 2)
    assert data.y.tolist() == [1] * 256 + [0] * 256
    k = np.arange(256)
    radius, angle = 5 * k / 256 / 3, 2 * np.pi * k / 256
    arm = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    np.testing.assert_allclose(data.x[:256], arm, atol=1e-15)
    np.testing.assert_allclose(data.x[256:], -arm, atol=1e-14)
    assert load("spirals", validation=0).training.size == 512


def test_spirals_take_turns_noise_and_points():
    data = load("spirals", noise=0.1, n=300, turns=2, test=0)
    clean = load("spirals", n=300, turns=2, test=0)
    assert data.n_samples == 300
    assert 0.08 < np.std(data.x - clean.x) < 0.12
    angle = np.unwrap(np.arctan2(*clean.x[1:150].T))
    assert (angle[-1] - angle[0]) / (2 * np.pi) == pytest.approx(2, abs=0.03)
    assert "made with noise=0.1, n=300, turns=2" in data.notes


def test_circles_moons_and_gaussians_have_their_shapes():
    circles = load("circles", noise=0, ratio=0.25)
    radius = np.linalg.norm(circles.x, axis=1)
    np.testing.assert_allclose(radius, np.where(circles.y == 1, 0.25, 1.0))
    moons = load("moons", noise=0, n=1000)
    for label, side in ((0, 1), (1, -1)):
        points = moons.x[moons.y == label] + side * np.array([0.5, 0.25])
        np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1)
        assert (side * points[:, 1] >= 0).all()
    clouds = load("gaussians", classes=3, n=3000, noise=0.3)
    for k in range(3):
        cloud = clouds.x[clouds.y == k]
        centre = [np.cos(2 * np.pi * k / 3), np.sin(2 * np.pi * k / 3)]
        np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=0.05)
        np.testing.assert_allclose(cloud.std(axis=0), 0.3, rtol=0.1)


def test_checkerboard_neighbours_differ():
    data = load("checkerboard", cells=2)
    np.testing.assert_array_equal(data.y == 1, (data.x[:, 0] > 0) != (data.x[:, 1] > 0))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("sine", lambda x: np.sin(np.pi * x)),
        ("step", lambda x: (x > 0).astype(float)),
        ("abs", np.abs),
        ("relu", lambda x: np.maximum(x, 0)),
    ],
)
def test_functions(name, function):
    data = load(name, n=50, test=70)
    assert (data.task, data.x.shape, data.y.shape) == ("regression", (120, 1), (120, 1))
    np.testing.assert_array_equal(data.x[:50, 0], np.linspace(-1, 1, 50))
    np.testing.assert_allclose(data.y, function(data.x))
    noisy = load(name, n=2000, noise=0.5)
    assert np.std(noisy.y - function(noisy.x)) == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize(("count", "radius"), [(1, 0.5), (2, 0.4), (6, 0.2)])
def test_islands_are_discs_with_bare_shores(count, radius):
    data = load("islands", n=3000, count=count, gap=0.1)
    angle = np.pi / 4 + 2 * np.pi * np.arange(count) / count
    centres = 0.6 * (count > 1) * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    nearest = np.linalg.norm(data.x[:, None] - centres, axis=2).min(axis=1)
    assert (np.abs(nearest - radius) >= 0.05).all()
    np.testing.assert_array_equal(data.y, nearest < radius)
    assert (len(data.x), len(data.test)) == (5000, 2000)
    assert abs(data.x).max() <= 1


def test_bumps_alternate():
    data = load("bumps", n=601, count=3)
    y = data.y[:, 0]
    assert y[[100, 300, 500]] == pytest.approx([1, -1, 1], abs=0.01)
    assert abs(y[200]) < 0.01
