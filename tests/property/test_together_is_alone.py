"""The central property: a network trained among others is, to the bit, the network trained alone.

Whatever the threads, the instruction set, the order, the company, and the lane it happens to get.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from amenable import engine
from amenable.datasets import Dataset, RepeatedSplits, load
from amenable.engine import Outcomes, Recording, Setup
from amenable.engine import training as engine_training
from amenable.network import Dense, Network, mlp
from amenable.training import (
    SGD,
    Adam,
    AdamW,
    Cosine,
    InverseTime,
    LevenbergMarquardt,
    Nesterov,
    RMSprop,
    Rprop,
    StepDecay,
    Training,
)

EVERYTHING = Recording(curves=True, signals=True, snapshots=True)
ENDS = Recording()
DATA = load("moons", n=60, noise=0.2, test=12)
SETS = engine.instruction_sets()
OF_TRIAL = ("status", "steps", "goal_step", "final")
PER_TRIAL = ("curves", "signals", "snapshots", "weights")

NETWORKS = [
    mlp(2, 1),
    mlp(2, 3, 1, activation="relu"),
    mlp(2, 5, 4, 1, activation="gelu", dropout=0.25),
    Network(
        2,
        (
            Dense(4, "sine"),
            Dense(3, "elu(0.5)", bias=False),
            Dense(1, "identity", shortcuts=(1, 0)),
        ),
    ),
]
OPTIMIZERS = [
    SGD(0.1),
    SGD(0.1, momentum=0.9, dampening=0.2),
    Nesterov(0.1),
    RMSprop(0.01, momentum=0.5, centered=True),
    Adam(0.05),
    AdamW(0.05, weight_decay=0.1),
    Rprop(0.02),
    Rprop(0.02, backtracking=True),
]
SCHEDULES = [Training().schedule, Cosine(), StepDecay(5, 0.7), InverseTime(20.0)]


def trial(outcomes: Outcomes, c: int, s: int, n_seeds: int) -> dict[str, NDArray[Any]]:
    """Everything known of one trial."""
    t = c * n_seeds + s
    known = {name: getattr(outcomes, name)[t] for name in OF_TRIAL}
    for name in PER_TRIAL:
        rows = getattr(outcomes, name)[c]
        if rows is not None:
            known[name] = rows[s]
    return known


def bits(array: NDArray[Any]) -> bytes:
    """The bits of numbers; all NaN are one."""
    values = np.array(array)
    if values.dtype.kind == "f":
        values[np.isnan(values)] = np.nan
    return values.tobytes()


def assert_same(found: dict[str, NDArray[Any]], expected: dict[str, NDArray[Any]]) -> None:
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert bits(found[name]) == bits(values), name


def assert_each_as_alone(
    together: Outcomes, configurations: Sequence[Setup], data: Dataset, seeds: Sequence[int]
) -> None:
    for c, configuration in enumerate(configurations):
        for s, seed in enumerate(seeds):
            alone = engine.run([configuration], data, [seed], record=EVERYTHING, threads=1)
            assert_same(trial(together, c, s, len(seeds)), trial(alone, 0, 0, 1))


@st.composite
def families(draw: st.DrawFn) -> list[Setup]:
    """Configurations of one group, whose numbers differ, and some company of other groups."""
    first = Training(
        draw(st.sampled_from(OPTIMIZERS)),
        batch=draw(st.sampled_from([1, 7, 48, "full"])),
        steps=20,
        schedule=draw(st.sampled_from(SCHEDULES)),
        init=draw(st.sampled_from(["auto", "pytorch", "orthogonal(1.2)"])),
        l2=draw(st.sampled_from([0.0, 0.01])),
        clip_norm=draw(st.sampled_from([None, 0.5])),
        goal=draw(
            st.sampled_from(
                [None, "accuracy >= 0.75", "validation accuracy >= 0.75", "training loss <= 0.6"]
            )
        ),
        judge=draw(st.sampled_from(["auto", "end", "first_touch"])),
        restore=draw(st.sampled_from(["auto", "best", "last"])),
        patience=draw(st.sampled_from([None, 2])),
        dtype=draw(st.sampled_from(["float32", "float64"])),
        probe_every=draw(st.sampled_from([None, 3])),
    )
    network = draw(st.sampled_from(NETWORKS))
    members = [Setup(network, first)]
    for _ in range(draw(st.integers(0, 2))):
        lr = draw(st.sampled_from([0.001, 0.03, 0.3, 1e10]))
        steps = draw(st.integers(1, 30))
        training = replace(first, optimizer=replace(first.optimizer, lr=lr), steps=steps)
        members.append(Setup(network, training))
    for _ in range(draw(st.integers(0, 1))):
        company = replace(first, optimizer=draw(st.sampled_from(OPTIMIZERS)), goal=None)
        members.append(Setup(draw(st.sampled_from(NETWORKS)), company))
    return draw(st.permutations(members))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    families(),
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20, unique=True),
    st.sampled_from([1, 2, 8]),
    st.sampled_from(SETS),
)
def test_together_is_alone(
    configurations: list[Setup], seeds: list[int], threads: int, instruction_set: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMENABLE_TARGET", instruction_set)
        together = engine.run(configurations, DATA, seeds, record=EVERYTHING, threads=threads)
    assert_each_as_alone(together, configurations, DATA, seeds)


def mixed(dtype: str) -> list[Setup]:
    """Groups of several kinds; in the first, trials end at many different steps."""
    goals = (None, "accuracy >= 0.8", "accuracy >= 0.85", "accuracy >= 0.9")
    learning = [
        Training(
            Adam(0.05),
            batch=16,
            steps=9 + 7 * i,
            goal=goal,
            judge="first_touch",
            probe_every=2,
            dtype=dtype,
        )
        for i, goal in enumerate(goals)
    ]
    exploding = Training(SGD(1e10), batch=16, steps=30, dtype=dtype, probe_every=2)
    return [
        *(Setup(mlp(2, 6, 1), it) for it in learning),
        Setup(mlp(2, 3, 1, activation="relu"), exploding),
        Setup(NETWORKS[2], Training(Rprop(), batch="full", steps=12, dtype=dtype)),
        Setup(NETWORKS[3], Training(RMSprop(), order="replacement", steps=12, dtype=dtype)),
    ]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_threads_and_instruction_sets_change_no_bit(
    dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configurations, seeds = mixed(dtype), range(25)
    monkeypatch.setenv("AMENABLE_TARGET", SETS[0])
    expected = engine.run(configurations, DATA, seeds, record=EVERYTHING, threads=1)
    assert {engine.STATUSES[code] for code in expected.status} == {
        "exhausted",
        "solved",
        "diverged",
    }
    assert len(np.unique(expected.steps)) > 8, "trials should end here and there"
    for instruction_set in SETS:
        monkeypatch.setenv("AMENABLE_TARGET", instruction_set)
        for threads in (1, 2, 8):
            found = engine.run(configurations, DATA, seeds, record=EVERYTHING, threads=threads)
            for c in range(len(configurations)):
                for s in range(len(seeds)):
                    assert_same(trial(found, c, s, 25), trial(expected, c, s, 25))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_order_of_configurations_and_seeds_changes_no_bit(dtype: str) -> None:
    configurations, seeds = mixed(dtype), list(range(40))
    rng = np.random.default_rng(0)
    expected = engine.run(configurations, DATA, seeds, record=EVERYTHING)
    for _ in range(3):
        c_order, s_order = rng.permutation(len(configurations)), rng.permutation(len(seeds))
        found = engine.run(
            [configurations[c] for c in c_order],
            DATA,
            [seeds[s] for s in s_order],
            record=EVERYTHING,
        )
        for i, c in enumerate(c_order):
            for j, s in enumerate(s_order):
                assert_same(trial(found, i, j, 40), trial(expected, int(c), int(s), 40))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_recorded_changes_no_result(dtype: str) -> None:
    configurations, seeds = mixed(dtype), range(20)
    expected = engine.run(configurations, DATA, seeds, record=ENDS)
    for kept in ("curves", "signals", "snapshots"):
        found = engine.run(configurations, DATA, seeds, record=Recording(**{kept: True}))
        for name in OF_TRIAL:
            assert bits(getattr(found, name)) == bits(getattr(expected, name)), (kept, name)
        for ours, theirs in zip(found.weights, expected.weights, strict=True):
            assert ours is not None and theirs is not None
            assert bits(ours) == bits(theirs), kept


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_measuring_and_predicting_change_no_bit(
    dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Initial weights, outputs, losses and gradients: alone and among 21, on every set."""
    network, training = NETWORKS[3], Training(dtype=dtype)
    x = DATA.x
    monkeypatch.setenv("AMENABLE_TARGET", SETS[0])
    weights = engine.initial_weights(network, training, DATA, range(21))
    outputs = engine.predict(network, weights, x, dtype=dtype)
    losses, gradients = engine.measure(network, training, weights, DATA, gradients=True)
    for instruction_set in SETS:
        monkeypatch.setenv("AMENABLE_TARGET", instruction_set)
        for i in (0, 7, 20):
            one = engine.initial_weights(network, training, DATA, [i])
            assert bits(one[0]) == bits(weights[i])
            assert bits(engine.predict(network, one, x, dtype=dtype)[0]) == bits(outputs[i])
            for threads in (1, 2):
                loss, gradient = engine.measure(
                    network, training, one, DATA, gradients=True, threads=threads
                )
                assert bits(loss[0]) == bits(losses[i])
                assert gradient is not None and gradients is not None
                assert bits(gradient[0]) == bits(gradients[i])


def test_an_unknown_instruction_set_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENABLE_TARGET", "sse9")
    with pytest.raises(ValueError, match=r"AMENABLE_TARGET: no instruction set 'sse9'.*portable"):
        engine.run([Setup(mlp(2, 1), Training(steps=1))], DATA, [0], record=ENDS)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("together_at_most", [32, 2])
def test_each_seed_of_repeated_splits_learns_its_own_as_if_alone(
    dtype: str, together_at_most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other rows and other sample weights on each; seeds in any order, some splits without one."""
    iris = load("iris")
    splits = RepeatedSplits(tuple(iris.with_split(seed=seed) for seed in range(4)))
    numbers = together_at_most * len(splits[0].training) * (4 + 3 + 1)
    monkeypatch.setitem(engine_training.MOST_NUMBERS, dtype, numbers)
    training = Training(Adam(0.05), steps=12, probe_every=4, patience=2, dtype=dtype)
    weighted = replace(training, class_weights="balanced", batch=7)
    start = np.random.default_rng(0).normal(size=(6, mlp(4, 3, 3).n_parameters))
    configurations = [
        Setup(mlp(4, 3, 3), training),
        Setup(mlp(4, 3, 3), weighted),
        Setup(mlp(4, 3, 3), training, start),
    ]
    check_splits(configurations, splits, [7, 0, 5, 3, 2**64 - 1, 1])


def check_splits(
    configurations: Sequence[Setup], splits: RepeatedSplits, seeds: Sequence[int]
) -> None:
    """Together on all splits, as each alone on its own."""
    together = engine.run(configurations, splits, seeds, record=EVERYTHING, threads=2)
    for c, it in enumerate(configurations):
        for s, seed in enumerate(seeds):
            one = replace(it, start=None if it.start is None else it.start[s])
            alone = engine.run([one], splits.of_seed(seed), [seed], record=EVERYTHING, threads=1)
            assert_same(trial(together, c, s, len(seeds)), trial(alone, 0, 0, 1))


@settings(max_examples=25)
@given(
    optimizer=st.sampled_from([*OPTIMIZERS, LevenbergMarquardt(0.01, samples=9)]),
    order=st.sampled_from(["full", "shuffled", "sequential", "replacement"]),
    batch=st.sampled_from([1, 7, 64]),
    metric=st.sampled_from(["loss <= 0.1", "r2 >= 0.9", "rmse <= 0.1", "max_error <= 0.2"]),
    dtype=st.sampled_from(["float32", "float64"]),
    unweighted=st.sampled_from([(), (0,), (0, 1, 2)]),
)
def test_repeated_splits_change_no_bit(
    optimizer: Any, order: Any, batch: Any, metric: str, dtype: Any, unweighted: tuple[int, ...]
) -> None:
    """Two targets, whose variation differs by split; with weights in all splits, some or none."""
    made = np.random.default_rng(5)
    x = made.normal(size=(40, 3))
    y = np.stack([x[:, 0] * x[:, 1], 3 * x[:, 2] + 1], axis=1)
    first = Dataset.from_arrays(x, y)
    weights = made.uniform(0, 2, size=len(x))
    splits = RepeatedSplits(
        tuple(
            replace(first.with_split(seed=n), weights=None if n in unweighted else weights)
            for n in range(3)
        )
    )
    training = Training(optimizer, steps=9, probe_every=3, goal=metric, dtype=dtype, batch="full")
    if order != "full":
        training = replace(training, batch=batch, order=order)
    check_splits([Setup(mlp(3, 4, 2), training)], splits, range(9))


@pytest.mark.parametrize("metric", ["auc", "f1", "balanced_accuracy", "brier", "log_loss"])
def test_goals_on_repeated_splits_change_no_bit(metric: str) -> None:
    splits = RepeatedSplits.load("iris", splits=5)
    sign = "<=" if metric in ("brier", "log_loss") else ">="
    training = Training(Adam(0.05), steps=12, probe_every=3, goal=f"{metric} {sign} 0.7")
    check_splits([Setup(mlp(4, 3, 3), training)], splits, range(7))
