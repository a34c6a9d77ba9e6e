"""Planes: directions, where the networks lie on them, what is refused."""

import numpy as np
import pytest

import amenable as am
from amenable import engine
from amenable.surfaces import along_path, around, problem, through
from amenable.surfaces.directions import neurons, principal, random_directions

MOONS = am.load("moons")


@pytest.fixture(scope="module")
def trained():
    """Three seeds of one network, with snapshots."""
    training = am.Training(epochs=30)
    return am.train(am.mlp(2, 5, 1), MOONS, training, seeds=3, snapshots=True, progress=False)


def test_every_parameter_belongs_to_one_neuron_with_its_bias():
    network = am.Network(2, (am.Dense(3), am.Dense(2, bias=False, shortcuts=(0,))))
    found = neurons(network)
    assert sorted(np.concatenate(found)) == list(range(network.n_parameters))
    assert found[0].tolist() == [0, 1, 6] and found[3].tolist() == list(range(9, 14))


def test_directions_are_as_long_as_each_neuron_and_orthogonal(trained):
    network, flat = trained[0].network, trained[0].flat
    first, second = random_directions(network, flat, 3)
    for own in neurons(network):
        length = np.linalg.norm(flat[own])
        np.testing.assert_allclose(np.linalg.norm(first[own]), length)
        np.testing.assert_allclose(np.linalg.norm(second[own]), length)
        assert abs(first[own] @ second[own]) < 1e-12 * length**2
    assert not np.array_equal(first, random_directions(network, flat, 4)[0])


def test_a_neuron_of_zeros_does_not_move_and_one_of_a_single_weight_does():
    network = am.mlp(1, 2, 1, bias=False)
    found = random_directions(network, np.array([0.0, 2.0, 1.0, 1.0]), 0)
    np.testing.assert_array_equal(found[:, 0], 0.0)
    np.testing.assert_allclose(np.abs(found[:, 1]), 2.0)
    assert np.isfinite(found).all()


def test_a_surface_is_the_loss_of_the_networks_on_it(trained):
    found = around(trained[0], MOONS, span=0.5, resolution=5)
    assert found.loss[2, 2] == pytest.approx(trained[0].loss["training"], abs=1e-12)
    assert found.metric[2, 2] == trained[0].metric["training"]
    assert (found.x[0], found.x[-1]) == (-0.5, 0.5)
    moved = found.at(found.x[4], found.y[1])  # columns are x, rows y
    one, _ = engine.measure(moved.network, trained[0].training, moved.flat[None], MOONS)
    assert found.loss[1, 4] == pytest.approx(one[0, 0], rel=1e-6)
    again = around(trained[0], MOONS, span=0.5, resolution=5)
    np.testing.assert_array_equal(found.loss, again.loss)


def test_blocks_do_not_change_a_bit(trained, monkeypatch):
    whole = around(trained[0], MOONS, resolution=7)
    monkeypatch.setattr(problem, "BLOCK_BYTES", 8 * trained[0].network.n_parameters * 3)
    np.testing.assert_array_equal(around(trained[0], MOONS, resolution=7).loss, whole.loss)


def test_losses_that_are_not_finite_stay_and_are_told():
    model = am.Model(am.mlp(2, 1), [1e20, 1e20, 1.0])
    data = am.Dataset.from_arrays(1e19 * np.eye(2), [0.0, 1.0], validation=0, test=0)
    found = around(model, data, am.Training(), span=1.0, resolution=5)
    assert not np.isfinite(found.loss).all()
    assert np.isnan(found.metric[~np.isfinite(found.loss)]).all()
    assert "left empty" in found.caption


def test_of_a_bare_model_the_training_must_be_said(trained):
    bare = trained[0].with_flat(trained[0].flat)
    with pytest.raises(am.DescriptionError, match=r"training: expected a Training, which a bare"):
        around(bare, MOONS)
    found = around(bare, MOONS, trained[0].training, resolution=3)
    np.testing.assert_array_equal(found.loss, around(trained[0], MOONS, resolution=3).loss)


def test_step_networks_have_a_surface_too():
    corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    data = am.Dataset.from_arrays(corners, ["no", "no", "no", "yes"], validation=0, test=0)
    both = am.Model(am.mlp(2, 1, output="step"), [1.0, 1.0, -1.5])
    found = around(both, data, am.Training(loss="squared"), resolution=3)
    assert found.metric[1, 1] == 1.0 and found.loss[1, 1] == 0.0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"span": 0.0}, "span: expected a finite number > 0"),
        ({"resolution": 2}, "resolution: expected an integer >= 3"),
        ({"resolution": 5000}, "resolution: expected an integer from 3 to 1001"),
        ({"seed": -1}, "seed: expected an integer >= 0"),
        ({"split": "all"}, 'split: expected "training" or'),
    ],
)
def test_wrong_options_are_named(trained, options, expected):
    with pytest.raises((am.DescriptionError, am.DataError), match=expected):
        around(trained[0], MOONS, **options)


def test_wrong_networks_and_data_are_named(trained):
    with pytest.raises(am.DataError, match="has no test samples"):
        around(trained[0], am.load("moons", test=0), split="test")
    with pytest.raises(am.DescriptionError, match="model: expected a Model"):
        around(trained, MOONS)
    with pytest.raises(am.DataError, match="'iris' has 4 inputs"):
        around(trained[0], "iris")
    with pytest.raises(am.DataError, match="all weights are zero"):
        around(trained[0].with_flat(np.zeros(21)), MOONS, am.Training())
    with pytest.raises(am.DataError, match="expected finite weights"):
        around(trained[0].with_flat(np.full(21, np.nan)), MOONS, am.Training())


def test_principal_components_are_those_of_numpy():
    rng = np.random.default_rng(0)
    path = rng.normal(size=(40, 6)) * [5, 3, 1, 1, 1, 1]
    found, shares = principal(path)
    values = np.linalg.eigvalsh(np.cov(path.T))
    np.testing.assert_allclose(shares, values[[-1, -2]] / values.sum())
    np.testing.assert_allclose(found @ found.T, np.eye(2), atol=1e-12)
    assert ((path[0] - path[-1]) @ found[0]) <= 0


def test_a_path_ends_at_the_origin_and_knows_its_own_loss(trained):
    found = along_path(trained, MOONS, trial=1, resolution=9)
    np.testing.assert_array_equal(found.origin, trained[1].flat)
    np.testing.assert_array_equal(found.points[-1], [0.0, 0.0])
    assert found.point_loss[-1] == pytest.approx(trained[1].loss["training"], abs=1e-12)
    assert found.off_plane[-1] == 0.0 and found.off_plane.max() > 0
    assert 0.5 < sum(found.shares) < 1 and found.points[0, 0] < 0
    assert found.x[0] < found.points[:, 0].min() and found.x[-1] > found.points[:, 0].max()
    assert f"{100 * sum(found.shares):.1f} %" in found.caption


def test_a_path_is_also_an_array_and_snapshots_after_the_end_are_left_out(trained):
    rows = trained.snapshots[0]
    padded = np.concatenate([rows, np.full((4, rows.shape[1]), np.nan)])
    options = {"network": trained[0].network, "resolution": 5}
    found = along_path(padded, MOONS, trained[0].training, **options)
    np.testing.assert_array_equal(found.loss, along_path(trained[:1], MOONS, resolution=5).loss)
    assert len(found.points) == len(rows)


def test_a_trial_that_ended_early_has_a_path():
    training = am.Training(epochs=200, goal="accuracy >= 0.9", probe_every=1)
    solved = am.train(am.mlp(2, 8, 1), MOONS, training, seeds=1, snapshots=True, progress=False)
    assert solved.status[0] == "solved"
    found = along_path(solved, MOONS, resolution=5)
    assert len(found.points) == np.isfinite(solved.snapshots[0]).all(axis=1).sum()


def test_paths_without_a_plane_are_refused(trained):
    network, training = trained[0].network, trained[0].training
    rows = trained.snapshots[0]
    for few in (rows[:2], np.repeat(rows[:2], 5, axis=0), rows[:0]):
        with pytest.raises(am.DataError, match="at least 3 different finite points"):
            along_path(few, MOONS, training, network=network)
    line = np.linspace(0, 1, 9)[:, None] * rows[-1]
    with pytest.raises(am.DataError, match="lie on a line"):
        along_path(line, MOONS, training, network=network)
    with pytest.raises(am.DescriptionError, match="trial: expected the number of"):
        along_path(trained, MOONS)
    with pytest.raises(am.DescriptionError, match="trial: expected a number below 3"):
        along_path(trained, MOONS, trial=3)
    with pytest.raises(am.DescriptionError, match="network: expected the Network"):
        along_path(rows, MOONS, training)
    with pytest.raises(am.DataError, match=r"path: expected an array \(K, 21\)"):
        along_path(rows[:, :5], MOONS, training, network=network)
    with pytest.raises(am.DescriptionError, match="snapshots: not recorded"):
        along_path(am.train(network, MOONS, am.Training(epochs=1), seeds=1, progress=False), MOONS)


def test_three_networks_lie_where_their_distances_say(trained):
    found = through(*trained, MOONS, resolution=5, names=("left", "right", "above"))
    flats = [it.flat for it in trained]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        distance = np.linalg.norm(found.points[i] - found.points[j])
        assert distance == pytest.approx(np.linalg.norm(flats[i] - flats[j]))
    np.testing.assert_allclose(found.point_loss, trained.loss["training"], atol=1e-12)
    for (x, y), it in zip(found.points, trained, strict=True):
        np.testing.assert_allclose(found.at(x, y).flat, it.flat, atol=1e-12)
    np.testing.assert_allclose(found.off_plane, 0.0, atol=1e-12)
    corner = found.at(found.x[4], found.y[1]).flat[None]  # columns are x, rows y
    assert found.loss[1, 4] == pytest.approx(found.problem.measure(corner)[0][0], rel=1e-6)
    assert "left" in found.caption and "149" not in found.caption


def test_three_networks_without_a_plane_are_refused(trained):
    a, b, _ = trained
    middle = a.with_flat((a.flat + b.flat) / 2)
    with pytest.raises(am.DataError, match="lie on a line"):
        through(a, b, middle, MOONS)
    for three, names in (((a, a, b), "a and b"), ((a, b, a), "a and c"), ((a, b, b), "b and c")):
        with pytest.raises(am.DataError, match=f"{names} have the same weights"):
            through(*three, MOONS)
    other = am.Model(am.mlp(2, 5, 1, activation="relu"), a.flat)
    with pytest.raises(am.DescriptionError, match=r"c: expected the network of a"):
        through(a, b, other, MOONS)
    with pytest.raises(am.DescriptionError, match="three names"):
        through(*trained, MOONS, names=("one",))


def test_captions_say_what_is_left_out(trained):
    found = around(trained[0], MOONS, resolution=3)
    assert "other 19 directions" in found.caption and "Penalties" not in found.caption
    training = am.Training(l2=0.1)
    assert "Penalties" in around(trained[0], MOONS, training, resolution=3).caption
