"""Training: trials that differ only in numbers form a group, which the core trains lane by lane.

A trial is a configuration (network and training) and a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable import _core, encoding
from amenable.datasets import Dataset, RepeatedSplits
from amenable.datasets.dataset import SPLITS
from amenable.encoding import EncodedSamples, PlanKey
from amenable.engine.calls import Watch, check_threads, initialize, plan_of, settings_of, wait
from amenable.engine.memory import check_fits, too_large
from amenable.network import Network
from amenable.training import Training, parse_goal

STATUSES: tuple[str, ...] = _core.STATUSES
SIGNALS: tuple[str, ...] = _core.SIGNALS
MOST_NUMBERS = {"float32": 2**31 - 1, "float64": 2**63 - 1}  # of the data, that a lane can count


@dataclass(frozen=True, slots=True)
class Setup:
    """A network and its training; where wanted, weights to start from and parameters to freeze."""

    network: Network
    training: Training
    start: NDArray[np.float64] | None = None  # (P,), or (S, P) with a row for each seed
    frozen: NDArray[np.bool_] | None = None  # (P,)


@dataclass(frozen=True, slots=True)
class Recording:
    """What to record of each trial besides its final state."""

    curves: bool = False
    signals: bool = False
    snapshots: bool = False
    weights: bool = True

    @property
    def at_probes(self) -> bool:
        """Whether anything is kept at probes."""
        return self.curves or self.signals or self.snapshots


@dataclass(slots=True)
class Outcomes:
    """Results of the trials, by configuration and then by seed.

    Lists have an entry for each of C configurations, since shapes differ between them.
    """

    status: NDArray[np.int8]  # (T,) into STATUSES
    steps: NDArray[np.int64]  # (T,)
    goal_step: NDArray[np.int64]  # (T,) what counts as steps to solve; -1 where not solved
    final: NDArray[np.float64]  # (T, 3, 2): training, validation and test; loss and metric
    probes: list[NDArray[np.int64]]  # (K,) steps
    curves: list[NDArray[np.float64] | None]  # (S, K, 2, 2)
    signals: list[NDArray[np.float64] | None]  # (S, K, L, 5)
    snapshots: list[NDArray[np.float64] | None]  # (S, K, P)
    weights: list[NDArray[np.float64] | None]  # (S, P)
    is_cancelled: bool = False


@dataclass(slots=True)
class _Group:
    """Configurations of one plan on data of one shape, and the arrays the core fills for them."""

    key: PlanKey
    datasets: tuple[Dataset, ...]
    places: NDArray[np.int64]  # of the seeds that are trained on them
    numbers: NDArray[np.int64]  # of the data set that each of these seeds is trained on
    members: list[int] = field(default_factory=list)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)


def run(
    configurations: Sequence[Setup],
    data: Dataset | RepeatedSplits,
    seeds: Sequence[int],
    *,
    record: Recording,
    threads: int | None = None,
    watch: Watch | None = None,
) -> Outcomes:
    """Train every configuration with every seed; of repeated splits, each seed on its own.

    On Ctrl-C, finished trials are kept and the others are `cancelled`.
    """
    n_threads = check_threads(threads)
    check_fits(it.network for it in configurations)
    try:
        return _run(configurations, data, seeds, record, n_threads, watch)
    except MemoryError:
        networks = [it.network for it in configurations]
        raise too_large(max(networks, key=lambda it: it.n_parameters)) from None


def _run(
    configurations: Sequence[Setup],
    data: Dataset | RepeatedSplits,
    seeds: Sequence[int],
    record: Recording,
    n_threads: int,
    watch: Watch | None,
) -> Outcomes:
    datasets = data.datasets if isinstance(data, RepeatedSplits) else (data,)
    groups = _grouped(configurations, datasets, seeds, record)
    n_training = len(datasets[0].training)
    probes = [encoding.probes(it.training, n_training, record.at_probes) for it in configurations]
    known: dict[Any, EncodedSamples] = {}
    calls: list[tuple[Any, list[Any]]] = []
    for name, make, call in (
        ("float32", _core.GroupFloat, _core.train_float),
        ("float64", _core.GroupDouble, _core.train_double),
    ):
        made = [
            make(**_arguments(group, configurations, seeds, probes, record, known))
            for group in groups
            if group.key.dtype == name
        ]
        if made:
            calls.append((call, made))
    progress = _core.Progress()

    def work() -> None:
        for call, made in calls:
            call(made, n_threads, progress)

    is_cancelled = wait(work, progress, watch)
    outcomes = _gather(groups, len(configurations), len(seeds), probes)
    outcomes.is_cancelled = is_cancelled
    return outcomes


def _grouped(
    configurations: Sequence[Setup],
    datasets: Sequence[Dataset],
    seeds: Sequence[int],
    record: Recording,
) -> list[_Group]:
    """A group for each plan, with the data sets of which there is a seed.

    They are shared out to several groups where a lane could not count the numbers of all.
    """
    of_seeds = np.array([seed % len(datasets) for seed in seeds], dtype=np.int64)
    used, numbers = np.unique(of_seeds, return_inverse=True)
    groups: dict[tuple[PlanKey, int], _Group] = {}
    for c, it in enumerate(configurations):
        key = encoding.plan_key(
            it.network,
            it.training,
            datasets[0],
            has_frozen=it.frozen is not None,
            probe_training=record.curves,
            probe_signals=record.signals,
        )
        together = _most_together(datasets[0], it.network, key)
        for first in range(0, len(used), together):
            if (key, first) not in groups:
                some = tuple(datasets[n] for n in used[first : first + together])
                places = np.flatnonzero((numbers >= first) & (numbers < first + len(some)))
                groups[key, first] = _Group(key, some, places, numbers[places] - first)
            groups[key, first].members.append(c)
    return list(groups.values())


def _most_together(data: Dataset, network: Network, key: PlanKey) -> int:
    """How many data sets of this shape a group can have."""
    n_rows = max(len(getattr(data, split)) for split in SPLITS)
    return max(1, MOST_NUMBERS[key.dtype] // (n_rows * (network.inputs + network.outputs + 1)))


def _arguments(
    group: _Group,
    configurations: Sequence[Setup],
    all_seeds: Sequence[int],
    probes: Sequence[NDArray[np.int64]],
    record: Recording,
    known: dict[Any, EncodedSamples],
) -> dict[str, Any]:
    """Everything a group of the core is made of; results go to group.arrays.

    `known` has the samples that groups share.
    """
    members = [configurations[c] for c in group.members]
    plan = plan_of(group.key)
    seeds = [all_seeds[i] for i in group.places.tolist()]
    n_trials, n_seeds = len(members) * len(seeds), len(seeds)
    training, validation, test = (
        _samples(group, split, members[0].network, known) for split in SPLITS
    )
    described = [(it.network, it.training) for it in members]
    settings, layer_settings = settings_of(described, group.datasets[0])
    counts = np.array([len(probes[c]) for c in group.members])
    group.arrays = _results(group, members, n_trials, int(counts.max()), record)
    given: dict[str, Any] = {}
    if any(it.start is not None for it in members):
        given["weights"] = _start(plan, members, layer_settings, seeds, group.places)
    if group.members and members[0].frozen is not None:
        frozen = [np.asarray(it.frozen, dtype=np.uint8) for it in members]
        given["frozen"] = np.repeat(np.stack(frozen), n_seeds, axis=0)
    return given | {
        "plan": plan,
        "training": training.rows,
        "validation": validation.rows,
        "test": test.rows,
        "has_weights": training.has_weights,
        "training_variations": training.variations,
        "validation_variations": validation.variations,
        "test_variations": test.variations,
        "settings": settings,
        "layer_settings": layer_settings,
        "goals": np.array([_goal(it.training) for it in members]),
        "patience": np.array([it.training.patience or 0 for it in members], dtype=np.int64),
        "probes": np.concatenate([probes[c] for c in group.members]),
        "probe_start": np.cumsum(counts) - counts,
        "probe_count": counts,
        "configuration": np.repeat(np.arange(len(members)), n_seeds),
        "data": np.tile(group.numbers, len(members)),
        "seeds": np.tile(np.array(seeds, dtype=np.uint64), len(members)),
        **group.arrays,
    }


def _samples(
    group: _Group, split: str, network: Network, known: dict[Any, EncodedSamples]
) -> EncodedSamples:
    """Rows of a split; made once for all groups that see the same."""
    key = group.key
    datasets = tuple(id(data) for data in group.datasets)
    what = (datasets, split, key.dtype, key.codes, key.class_weights, network.outputs)
    if what not in known:
        known[what] = encoding.samples(group.datasets, split, network, key)
    return known[what]


def _goal(training: Training) -> float:
    return parse_goal(training.goal).value if training.goal else 0.0


def _results(
    group: _Group, members: Sequence[Setup], n_trials: int, n_probes: int, record: Recording
) -> dict[str, NDArray[Any]]:
    """Arrays for the core to fill; NaN where it will not come to."""
    network = members[0].network
    arrays: dict[str, NDArray[Any]] = {
        "status": np.full(n_trials, STATUSES.index("cancelled"), dtype=np.int8),
        "steps": np.zeros(n_trials, dtype=np.int64),
        "goal_step": np.full(n_trials, -1, dtype=np.int64),
        "final": np.full((n_trials, 3, 2), np.nan),
    }
    if record.curves:
        arrays["curves"] = np.full((n_trials, n_probes, 2, 2), np.nan)
    if record.signals:
        shape = (n_trials, n_probes, len(network.layers), len(SIGNALS))
        arrays["signals"] = np.full(shape, np.nan)
    if record.snapshots:
        arrays["snapshots"] = np.full((n_trials, n_probes, network.n_parameters), np.nan)
    if record.weights:
        arrays["end_weights"] = np.full((n_trials, network.n_parameters), np.nan)
    return arrays


def _start(
    plan: _core.Plan,
    members: Sequence[Setup],
    layer_settings: NDArray[np.float64],
    seeds: Sequence[int],
    places: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Weights (T, P) to start from: those given, else initialized."""
    rows = []
    for c, it in enumerate(members):
        if it.start is None:
            rows.append(initialize(plan, layer_settings[c], seeds))
        else:
            start = it.start[places] if it.start.ndim == 2 else it.start
            rows.append(np.broadcast_to(start, (len(seeds), plan.n_parameters)))
    return np.ascontiguousarray(np.concatenate(rows))


def _gather(
    groups: Sequence[_Group],
    n_configurations: int,
    n_seeds: int,
    probes: list[NDArray[np.int64]],
) -> Outcomes:
    """Results of the groups, in the order of the configurations."""
    shape = (n_configurations, n_seeds)
    status = np.zeros(shape, dtype=np.int8)
    steps = np.zeros(shape, dtype=np.int64)
    goal_step = np.full(shape, -1, dtype=np.int64)
    final = np.full((*shape, 3, 2), np.nan)
    kept: dict[str, list[NDArray[np.float64] | None]] = {
        name: [None] * n_configurations
        for name in ("curves", "signals", "snapshots", "end_weights")
    }
    for group in groups:
        places, n = group.places, len(group.places)
        for i, c in enumerate(group.members):
            rows = slice(i * n, (i + 1) * n)
            status[c, places] = group.arrays["status"][rows]
            steps[c, places] = group.arrays["steps"][rows]
            goal_step[c, places] = group.arrays["goal_step"][rows]
            final[c, places] = group.arrays["final"][rows]
            for name, values in kept.items():
                if name in group.arrays:
                    array = group.arrays[name][rows]
                    array = array if name == "end_weights" else array[:, : len(probes[c])]
                    values[c] = _placed(values[c], array, places, n_seeds)
    return Outcomes(
        status.reshape(-1),
        steps.reshape(-1),
        goal_step.reshape(-1),
        final.reshape(-1, 3, 2),
        probes,
        kept["curves"],
        kept["signals"],
        kept["snapshots"],
        kept["end_weights"],
    )


def _placed(
    before: NDArray[np.float64] | None,
    array: NDArray[np.float64],
    places: NDArray[np.int64],
    n_seeds: int,
) -> NDArray[np.float64]:
    """The rows (S, ...) of a configuration with those of some seeds; no copy where it is all."""
    if len(places) == n_seeds:
        return array
    whole = np.empty((n_seeds, *array.shape[1:])) if before is None else before
    whole[places] = array
    return whole
