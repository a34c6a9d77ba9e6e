"""Constructions against their plain meaning, on whatever Hypothesis thinks of."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import amenable as am
from amenable.construct import approximate, fold, logic, relu_from_sigmoids
from amenable.construct.built import TAIL, SampledFunction
from amenable.construct.covers import chords, levels
from amenable.construct.steps import steps

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


def wanderings(n_columns):
    """Values (N, K) that change by at most 1 from place to place."""
    return st.tuples(st.integers(9, 200), st.integers(0, 1000)).map(
        lambda it: np.random.default_rng(it[1]).uniform(-1, 1, (it[0], n_columns)).cumsum(axis=0)
    )


@given(wanderings(2), st.floats(2, 20))
@settings(max_examples=60, deadline=None)
def test_levels_hold_beyond_their_ends_and_steps_keep_apart(values, allowed):
    found = levels(values, allowed, len(values))
    assert np.all(np.diff(found.places) >= 2)
    ends = [0, *found.places, len(values) - 1]
    for level, first, last in zip(found.values, ends[:-1], ends[1:], strict=True):
        held = values[max(first - 1, 0) : last + 2]
        assert np.abs(held - level).max() <= allowed * (1 + 1e-12)


@given(wanderings(3), st.floats(0.1, 20))
@settings(max_examples=60, deadline=None)
def test_chords_pass_all_places_closely_enough(values, allowed):
    places = chords(values, allowed, len(values))
    assert places[0] == 0
    assert places[-1] == len(values) - 1
    for column in values.T:
        line = np.interp(np.arange(len(values)), places, column[places])
        assert np.abs(line - column).max() <= allowed * (1 + 1e-9)


@given(wanderings(1), st.floats(2, 20))
@settings(max_examples=60, deadline=None)
def test_sigmoids_lack_no_more_than_their_share_beside_their_steps(values, error):
    built = steps(SampledFunction((np.arange(len(values)) * 0.5,), values[:, 0]), error, error, 200)
    weights = built.weights
    slope, rises = weights["1.weight"][0, 0], np.abs(weights["2.weight"][0])
    thresholds = -weights["1.bias"] / slope
    for beside in (thresholds - 0.5, thresholds + 0.5):
        distance = np.abs(beside[:, None] - thresholds)
        assert (rises * np.exp(-np.logaddexp(0, slope * distance))).sum(
            axis=1
        ).max() <= TAIL * error
