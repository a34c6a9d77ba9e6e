"""Verdicts on networks of which the truth is known."""

import numpy as np
import pytest
from scipy.optimize import minimize

import amenable as am
from amenable.surfaces import curvature, standings
from amenable.surfaces.hessian import objective_of

LINE = am.Dataset.from_arrays(
    [[-1.0], [0.0], [1.0], [2.0]], [0.0, 1.5, 1.0, 3.0], validation=0, test=0, name="line"
)
MOONS = am.load("moons")


def least_squares():
    return np.polyfit(LINE.x[:, 0], LINE.y[:, 0], 1)


def test_least_squares_is_a_minimum_with_the_curvature_of_the_inputs():
    found = curvature(am.Model(am.mlp(1, 1), least_squares()), LINE, am.Training())
    inputs = np.stack([LINE.x[:, 0], np.ones(4)], axis=1)
    np.testing.assert_allclose(found.eigenvalues, np.linalg.eigvalsh(inputs.T @ inputs / 2))
    assert found.verdict == "minimum" and found.gradient_norm < 1e-12
    assert (found.n_negative, found.n_flat, found.n_positive) == (0, 0, 2)
    assert "Verdict: minimum" in found.caption


def test_beside_it_the_same_is_descending():
    found = curvature(am.Model(am.mlp(1, 1), least_squares() + 0.2), LINE, am.Training())
    assert found.verdict == "descending" and found.fall > found.tolerance


def test_a_linear_network_of_two_layers_has_a_saddle_at_zero():
    network = am.mlp(1, 1, 1, activation="identity", bias=False)
    data = am.Dataset.from_arrays(
        [[-1.0], [1.0]], [-1.0, 1.0], validation=0, test=0, task="regression"
    )
    found = curvature(am.Model(network, [0.0, 0.0]), data, am.Training())
    np.testing.assert_allclose(found.eigenvalues, [-2.0, 2.0], atol=1e-9)
    assert found.verdict == "saddle" and found.gradient_norm == 0.0
    assert found.dip > found.tolerance >= found.fall
    best = curvature(am.Model(network, [1.0, 1.0]), data, am.Training())
    assert best.verdict == "minimum" and best.n_flat == 1  # along a b = 1 nothing changes


def test_a_best_neuron_taken_twice_is_a_saddle():
    """A minimum of one hidden neuron, that neuron doubled, is a saddle one way or the other.

    Fukumizu and Amari 2000, Neural Networks 13:317-327: with weights q and 1 - q of the output,
    q inside (0, 1) or outside.
    """
    x = np.linspace(-2.0, 2.0, 21)[:, None]
    data = am.Dataset.from_arrays(x, np.sin(2 * x[:, 0]), validation=0, test=0)
    one = am.Model(am.mlp(1, 1, 1), [1.5, 0.3, 1.0, 0.0], "float64")
    target = objective_of(one, data, am.Training(), "training")
    best = minimize(
        lambda w: target.values(w[None])[0],
        one.flat,
        jac=lambda w: target.gradients(w[None])[0],
        options={"gtol": 1e-11},
    ).x
    assert curvature(one.with_flat(best), data, am.Training()).verdict == "minimum"
    verdicts = []
    for q in (0.5, 1.5):
        w, b, out, constant = best
        flat = [w, w, b, b, q * out, (1 - q) * out, constant]
        found = curvature(am.Model(am.mlp(1, 2, 1), flat), data, am.Training())
        assert found.gradient_norm < 1e-8
        assert np.abs(found.eigenvalues).min() < 1e-8  # q itself changes nothing
        verdicts.append(found.verdict)
    assert "saddle" in verdicts and "descending" not in verdicts


@pytest.mark.parametrize("bias", [1e5, -1e5])
def test_a_bias_of_100000_into_a_sigmoid_is_a_plateau(bias):
    model = am.Model(am.mlp(1, 1, output="sigmoid"), [1.0, bias])
    data = am.Dataset.from_arrays(
        [[-1.0], [1.0]], [0.0, 1.0], validation=0, test=0, task="regression"
    )
    found = curvature(model, data, am.Training())
    assert found.verdict == "plateau"
    assert found.gradient_norm == 0.0 and found.n_flat == 2


def test_behind_saturated_neurons_the_last_bias_does_not_count():
    network = am.mlp(2, 3, 1, activation="sigmoid")
    _, y = MOONS.split("training")
    weights = {
        "1.weight": np.ones((3, 2)),
        "1.bias": np.full(3, 1e5),
        "2.weight": np.zeros((1, 3)),
        "2.bias": [np.log(y.mean() / (1 - y.mean()))],
    }
    found = curvature(am.Model.from_weights(network, weights), MOONS, am.Training())
    assert found.eigenvalues[-1] > 0.1  # the constant is at its best, and has curvature
    assert found.verdict == "plateau" and found.n_responsive == 0


def test_networks_that_have_just_begun_are_descending():
    training = am.Training(am.SGD(1e-9), steps=1)
    fresh = am.train(am.mlp(2, 6, 1), MOONS, training, seeds=4, progress=False)
    assert standings(fresh, MOONS).tolist() == ["descending"] * 4


def test_a_penalty_makes_a_minimum_of_what_only_falls():
    network = am.mlp(1, 1)
    data = am.Dataset.from_arrays([[-1.0], [1.0]], ["no", "yes"], validation=0, test=0)
    training = am.Training(am.Adam(0.01), batch="full", steps=3000, dtype="float64")
    falling = curvature(am.Model(network, [4.0, 0.0]), data, training)
    assert falling.verdict == "descending"  # separable classes have no best line
    penalized = am.Training(training.optimizer, batch="full", steps=3000, l2=0.05, dtype="float64")
    best = am.train(network, data, penalized, seeds=1, progress=False).best
    found = curvature(best, data)
    assert found.verdict == "minimum" and found.distance < 1e-3
    assert found.objective > best.loss["training"] and "penalty of l2 0.05" in found.caption


def test_a_loss_of_zero_is_a_minimum_however_flat():
    data = am.Dataset.from_arrays([[-1.0], [1.0]], ["no", "yes"], validation=0, test=0)
    found = curvature(am.Model(am.mlp(1, 1), [5.0, 0.0]), data, am.Training(loss="hinge"))
    assert found.objective == 0.0 and found.n_flat == 2 and found.verdict == "minimum"
    assert "kinks" in found.caption


def test_what_stands_still_by_l1_is_told(population):
    found = curvature(population[0], MOONS, am.Training(l1=0.1))
    assert "l1 and decoupled weight decay are not part" in found.caption


def test_standings_name_those_that_diverged(population):
    few = population[::16]
    found = standings(few, MOONS)
    assert found.shape == (len(few),)
    wild = am.Training(am.SGD(1e30), steps=20)
    data = am.Dataset.from_arrays(LINE.x, LINE.y, validation=0, test=0)
    lost = am.train(am.mlp(1, 2, 1, activation="relu"), data, wild, seeds=2, progress=False)
    assert set(lost.status) == {"diverged"}
    assert standings(lost, data).tolist() == ["diverged"] * 2


def test_what_has_no_curvature_is_refused():
    step = am.Model(am.mlp(2, 1, output="step"), np.ones(3))
    with pytest.raises(am.DescriptionError, match="expected an activation with a gradient"):
        curvature(step, MOONS, am.Training(loss="squared"))
    large = am.Model(am.mlp(2, 600, 1), np.ones(2401))
    with pytest.raises(am.DescriptionError, match="at most 2,000 parameters"):
        curvature(large, MOONS, am.Training())
    with pytest.raises(am.DescriptionError, match="population: expected a Population"):
        standings(large, MOONS)
    huge = am.Model(am.mlp(1, 1, 1, activation="identity"), [1e200, 0.0, 1e200, 0.0])
    with pytest.raises(am.DataError, match="finite loss and gradient"):
        curvature(huge, LINE, am.Training())
