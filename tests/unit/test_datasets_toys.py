import numpy as np
import pytest

from amenable.datasets import load
from amenable.datasets.toys import TOYS

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
    data = load("spirals")
    assert data.x.shape == (512, 2)
    assert data.y.tolist() == [1] * 256 + [0] * 256
    k = np.arange(256)
    radius, angle = 5 * k / 256 / 3, 2 * np.pi * k / 256
    arm = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    np.testing.assert_allclose(data.x[:256], arm, atol=1e-15)
    np.testing.assert_allclose(data.x[256:], -arm, atol=1e-14)
    assert load("spirals", validation=0).training.size == 512


def test_spirals_take_turns_noise_and_points():
    data = load("spirals", noise=0.1, n=300, turns=2)
    clean = load("spirals", n=300, turns=2)
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
    data = load(name, n=50)
    assert (data.task, data.x.shape, data.y.shape) == ("regression", (50, 1), (50, 1))
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
    assert len(data.x) == 3000
    assert abs(data.x).max() <= 1


def test_bumps_alternate():
    data = load("bumps", n=601, count=3)
    y = data.y[:, 0]
    assert y[[100, 300, 500]] == pytest.approx([1, -1, 1], abs=0.01)
    assert abs(y[200]) < 0.01
