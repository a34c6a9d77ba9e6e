"""Constructions against their plain meaning, on whatever Hypothesis thinks of."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import amenable as am
from amenable.construct import approximate, fold, logic, relu_from_sigmoids

NAMES = ("a", "b", "c", "d", "e")
ROWS = np.array(list(itertools.product([0, 1], repeat=len(NAMES))))
COLUMNS = dict(zip(NAMES, ROWS.T.astype(bool), strict=True))


def joined(parts, kind):
    """Text and truth of parts put together."""
    call = {"and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor}[kind]
    return f" {kind} ".join(f"({text})" for text, _ in parts), call.reduce([it for _, it in parts])


def negated(part):
    return f"not ({part[0]})", ~part[1]


LEAVES = st.sampled_from(
    [*COLUMNS.items(), ("true", np.ones(len(ROWS), bool)), ("0", np.zeros(len(ROWS), bool))]
)
TREES = st.recursive(
    LEAVES,
    lambda trees: st.one_of(
        trees.map(negated),
        st.tuples(
            st.lists(trees, min_size=2, max_size=4), st.sampled_from(["and", "or", "xor"])
        ).map(lambda it: joined(*it)),
    ),
    max_leaves=25,
)


@given(TREES)
@settings(max_examples=150, deadline=None)
def test_any_formula_is_right_on_every_row(tree):
    text, values = tree
    steps = logic(text, inputs=NAMES)
    np.testing.assert_array_equal(steps.decision(ROWS)[:, 0], values)
    sigmoids = logic(text, "sigmoid", inputs=NAMES)
    assert np.abs(sigmoids.decision(ROWS)[:, 0] - values).max() <= 0.01


@st.composite
def networks(draw):
    layers = []
    for k in range(draw(st.integers(1, 6))):
        earlier = st.lists(st.integers(0, k - 1), unique=True, max_size=2) if k else st.just([])
        layers.append(
            am.Dense(
                draw(st.integers(1, 3)),
                draw(st.sampled_from(["identity", "identity", "tanh", "relu"])),
                bias=draw(st.booleans()),
                shortcuts=tuple(draw(earlier)),
            )
        )
    return am.Network(2, tuple(layers))


@given(networks(), st.integers(0, 100))
@settings(max_examples=100, deadline=None)
def test_a_fold_is_the_same_function_with_no_identity_inside(network, seed):
    rng = np.random.default_rng(seed)
    model = am.Model(network, rng.normal(size=network.n_parameters), "float64")
    folded = fold(model)
    inner = [layer.activation for layer in folded.network.layers[:-1]]
    assert "identity" not in inner
    assert inner == [it.activation for it in network.layers[:-1] if it.activation != "identity"]
    x = rng.normal(size=(20, 2))
    expected = model.decision(x)
    size = 1 + max(np.abs(it).max() for it in model.layers(x))
    assert np.abs(folded.decision(x) - expected).max() <= 1e-10 * size
    again = fold(folded)
    np.testing.assert_array_equal(again.flat, folded.flat)


@given(
    st.floats(-3, 4).map(lambda it: 10.0**it),
    st.floats(-3, 4).map(lambda it: 10.0**it),
    st.floats(-7, -0.3).map(lambda it: 10.0**it),
)
@settings(max_examples=12, deadline=None)
def test_a_relu_is_within_its_error(below, above, share):
    error = share * above
    model = relu_from_sigmoids(-below, above, error)
    turn = np.geomspace(1e-3, 60, 500) / -model.weights["1.weight"][0, 0]
    x = np.concatenate([np.linspace(-below, above, 1001), turn, -turn])
    x = x[(x >= -below) & (x <= above)]
    y = model.decision(x[:, None])[:, 0]
    assert np.abs(y - np.maximum(x, 0)).max() <= error


@given(
    st.lists(st.floats(-5, 5), min_size=2, max_size=8),
    st.floats(0.02, 0.5),
    st.sampled_from(["steps", "pieces"]),
    st.floats(-10, 10),
)
@settings(max_examples=40, deadline=None)
def test_any_broken_line_is_approximated_with_its_constant(heights, share, method, start):
    knots = start + np.arange(len(heights))
    lipschitz = float(np.abs(np.diff(heights)).max()) + 0.1
    error = share * (float(np.ptp(heights)) + 0.1)

    def f(x):
        return np.interp(x, knots, heights)

    model = approximate(f, knots[0], knots[-1], error, method, lipschitz=lipschitz)
    x = np.random.default_rng(0).uniform(knots[0], knots[-1], 2000)
    x = np.concatenate([x, knots])
    assert np.abs(model.decision(x[:, None])[:, 0] - f(x)).max() <= error
