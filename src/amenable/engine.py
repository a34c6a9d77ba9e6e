"""The only caller of the compiled core: groups trials, hands arrays over, waits, cancels.

Nothing is computed here. A trial is a configuration (network and training) and a seed; trials that
share all but numbers form a group, which the core trains lane by lane.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from amenable import _core, encoding
from amenable.datasets import Dataset
from amenable.encoding import PlanKey
from amenable.errors import DescriptionError
from amenable.network import Network
from amenable.training import Training, parse_goal

STATUSES: tuple[str, ...] = _core.STATUSES
SIGNALS: tuple[str, ...] = _core.SIGNALS
POLL_S = 0.05  # how often progress is told, and Ctrl-C heard

Watch = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Configuration:
    """A network and its training; where wanted, weights to start from and parameters to freeze."""

    network: Network
    training: Training
    start: NDArray[np.float64] | None = None  # (P,), or (S, P) with a row for each seed
    frozen: NDArray[np.bool_] | None = None  # (P,)


@dataclass(frozen=True, slots=True)
class Record:
    """What to keep of each trial besides its end."""

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
    """What became of the trials: configuration by configuration, seed by seed.

    Lists have an entry for each of C configurations, since shapes differ between them.
    """

    status: NDArray[np.int8]  # (T,) into STATUSES
    steps: NDArray[np.int64]  # (T,)
    final: NDArray[np.float64]  # (T, 2, 2): training and validation; loss and metric
    probes: list[NDArray[np.int64]]  # (K,) steps
    curves: list[NDArray[np.float64] | None]  # (S, K, 2, 2)
    signals: list[NDArray[np.float64] | None]  # (S, K, L, 5)
    snapshots: list[NDArray[np.float64] | None]  # (S, K, P)
    weights: list[NDArray[np.float64] | None]  # (S, P)
    is_cancelled: bool = False


@dataclass(slots=True)
class _Group:
    """Configurations of one plan, and the arrays that the core fills for them."""

    key: PlanKey
    members: list[int] = field(default_factory=list)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)


def available_cores() -> int:
    """Cores that this process may use, in a container too."""
    return int(_core.available_cores())


def instruction_sets() -> tuple[str, ...]:
    """Instruction sets that the engine can use on this machine, best first."""
    return tuple(_core.targets())


def check_threads(threads: int | None) -> int:
    """Threads to use; None means all available cores."""
    if threads is None:
        return available_cores()
    if isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= 1024:
        raise DescriptionError(
            f"threads: expected an integer between 1 and 1024, got {threads!r}; "
            "leave it out for all cores"
        )
    return threads


def run(
    configurations: Sequence[Configuration],
    data: Dataset,
    seeds: Sequence[int],
    *,
    record: Record,
    threads: int | None = None,
    watch: Watch | None = None,
) -> Outcomes:
    """Train every configuration with every seed.

    On Ctrl-C what is finished is kept and the rest is `cancelled`.
    """
    n_threads = check_threads(threads)
    groups = _grouped(configurations, data, record)
    probes = [
        encoding.probes(it.training, len(data.training), record.at_probes) for it in configurations
    ]
    calls: list[tuple[Any, list[Any]]] = []
    for name, make, call in (
        ("float32", _core.GroupFloat, _core.train_float),
        ("float64", _core.GroupDouble, _core.train_double),
    ):
        made = [
            make(**_arguments(group, configurations, data, seeds, probes, record))
            for group in groups
            if group.key.dtype == name
        ]
        if made:
            calls.append((call, made))
    progress = _core.Progress()

    def work() -> None:
        for call, made in calls:
            call(made, n_threads, progress)

    is_cancelled = _wait(work, progress, watch)
    outcomes = _gather(groups, len(configurations), len(seeds), probes)
    outcomes.is_cancelled = is_cancelled
    return outcomes


def _grouped(
    configurations: Sequence[Configuration], data: Dataset, record: Record
) -> list[_Group]:
    groups: dict[PlanKey, _Group] = {}
    for c, it in enumerate(configurations):
        key = encoding.plan_key(
            it.network,
            it.training,
            data,
            has_frozen=it.frozen is not None,
            probe_training=record.curves,
            probe_signals=record.signals,
        )
        groups.setdefault(key, _Group(key)).members.append(c)
    return list(groups.values())


def _plan(key: PlanKey) -> _core.Plan:
    return _with_layers(_core.Plan(**dict(key.options)), key.layers)


def _with_layers(plan: _core.Plan, layers: Sequence[tuple[Any, ...]]) -> _core.Plan:
    for units, activation, bias, dropout, shortcuts, init, bias_init in layers:
        plan.add_layer(
            units=units,
            activation=activation,
            has_bias=bias,
            has_dropout=dropout,
            shortcuts=list(shortcuts),
            weight_init=init,
            bias_init=bias_init,
        )
    return plan


def _row(numbers: dict[str, float], names: Sequence[str]) -> list[float]:
    return [numbers.get(name, 0.0) for name in names]


def _settings(
    configurations: Sequence[Configuration], data: Dataset
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Settings (C, n) and layer settings (C, L, n), in the core's order."""
    settings = [_row(encoding.settings(it.training, data), _core.SETTINGS) for it in configurations]
    layers = [
        [_row(it, _core.LAYER_SETTINGS) for it in encoding.layer_settings(c.network, c.training)]
        for c in configurations
    ]
    return np.array(settings), np.array(layers)


def _arguments(
    group: _Group,
    configurations: Sequence[Configuration],
    data: Dataset,
    seeds: Sequence[int],
    probes: Sequence[NDArray[np.int64]],
    record: Record,
) -> dict[str, Any]:
    """Everything a group of the core is made of; results go to group.arrays."""
    members = [configurations[c] for c in group.members]
    plan = _plan(group.key)
    n_trials, n_seeds = len(members) * len(seeds), len(seeds)
    training = encoding.samples(data, "training", members[0].network, group.key)
    validation = encoding.samples(data, "validation", members[0].network, group.key)
    settings, layer_settings = _settings(members, data)
    counts = np.array([len(probes[c]) for c in group.members])
    group.arrays = _results(group, members, n_trials, int(counts.max()), record)
    given: dict[str, Any] = {}
    if any(it.start is not None for it in members):
        given["weights"] = _start(plan, members, layer_settings, seeds)
    if group.members and members[0].frozen is not None:
        frozen = [np.asarray(it.frozen, dtype=np.uint8) for it in members]
        given["frozen"] = np.repeat(np.stack(frozen), n_seeds, axis=0)
    return given | {
        "plan": plan,
        "training": training.rows,
        "validation": validation.rows,
        "has_weights": training.has_weights,
        "training_variation": training.total_variation,
        "validation_variation": validation.total_variation,
        "settings": settings,
        "layer_settings": layer_settings,
        "goals": np.array([_goal(it.training) for it in members]),
        "patience": np.array([it.training.patience or 0 for it in members], dtype=np.int64),
        "probes": np.concatenate([probes[c] for c in group.members]),
        "probe_start": np.cumsum(counts) - counts,
        "probe_count": counts,
        "configuration": np.repeat(np.arange(len(members)), n_seeds),
        "seeds": np.tile(np.array(seeds, dtype=np.uint64), len(members)),
        **group.arrays,
    }


def _goal(training: Training) -> float:
    return parse_goal(training.goal).value if training.goal else 0.0


def _results(
    group: _Group, members: Sequence[Configuration], n_trials: int, n_probes: int, record: Record
) -> dict[str, NDArray[Any]]:
    """Arrays for the core to fill; NaN where it will not come to."""
    network = members[0].network
    arrays: dict[str, NDArray[Any]] = {
        "status": np.full(n_trials, STATUSES.index("cancelled"), dtype=np.int8),
        "steps": np.zeros(n_trials, dtype=np.int64),
        "final": np.full((n_trials, 2, 2), np.nan),
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
    members: Sequence[Configuration],
    layer_settings: NDArray[np.float64],
    seeds: Sequence[int],
) -> NDArray[np.float64]:
    """Weights (T, P) to start from: those given, else initialized."""
    rows = []
    for c, it in enumerate(members):
        if it.start is None:
            rows.append(_initialized(plan, layer_settings[c], seeds))
        else:
            rows.append(np.broadcast_to(it.start, (len(seeds), plan.n_parameters)))
    return np.ascontiguousarray(np.concatenate(rows))


def _initialized(
    plan: _core.Plan, layer_settings: NDArray[np.float64], seeds: Sequence[int]
) -> NDArray[np.float64]:
    weights = np.empty((len(seeds), plan.n_parameters))
    same = np.repeat(layer_settings[None], len(seeds), axis=0)
    _core.initialize(plan, same, np.array(seeds, dtype=np.uint64), weights)
    return weights


def _wait(work: Callable[[], None], progress: _core.Progress, watch: Watch | None) -> bool:
    """Do the work in a thread of its own, so that Ctrl-C is heard. True when it was."""
    errors: list[BaseException] = []
    done = threading.Event()  # Thread.join, interrupted, takes a thread at work for ended (3.11)

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=guarded, daemon=True).start()
    is_cancelled = False
    try:
        while not done.is_set():
            try:
                done.wait(POLL_S)
                if watch is not None:
                    watch(progress.finished)
            except KeyboardInterrupt:
                is_cancelled = True
                progress.cancel()
    finally:  # where watch() fails, nothing goes on behind the caller's back
        if not done.is_set():
            progress.cancel()
            done.wait()
    if errors:
        _raise(errors[0])
    if watch is not None:
        watch(progress.finished)
    return is_cancelled


def _raise(error: BaseException) -> NoReturn:
    if isinstance(error, ValueError):  # AMENABLE_TARGET names what this machine has not
        raise DescriptionError(str(error)) from error
    raise error


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
    final = np.full((*shape, 2, 2), np.nan)
    kept: dict[str, list[NDArray[np.float64] | None]] = {
        name: [None] * n_configurations
        for name in ("curves", "signals", "snapshots", "end_weights")
    }
    for group in groups:
        for i, c in enumerate(group.members):
            rows = slice(i * n_seeds, (i + 1) * n_seeds)
            status[c] = group.arrays["status"][rows]
            steps[c] = group.arrays["steps"][rows]
            final[c] = group.arrays["final"][rows]
            for name, values in kept.items():
                if name in group.arrays:
                    array = group.arrays[name][rows]
                    values[c] = array if name == "end_weights" else array[:, : len(probes[c])]
    return Outcomes(
        status.reshape(-1),
        steps.reshape(-1),
        final.reshape(-1, 2, 2),
        probes,
        kept["curves"],
        kept["signals"],
        kept["snapshots"],
        kept["end_weights"],
    )


def initial_weights(
    network: Network, training: Training, data: Dataset, seeds: Sequence[int]
) -> NDArray[np.float64]:
    """Weights (S, P) that training starts from, for each seed."""
    key = encoding.plan_key(network, training, data, has_frozen=False)
    _, layers = _settings([Configuration(network, training)], data)
    return _initialized(_plan(key), layers[0], seeds)


def predict(
    network: Network,
    weights: NDArray[np.float64],
    x: NDArray[np.float64],
    *,
    upto: int | None = None,
    dtype: str = "float32",
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Outputs (T, N, O) of networks with weights (T, P) on inputs x (N, I).

    `upto` gives the outputs of that layer, counted from 1, instead of the last one's.
    """
    training = Training(dtype=dtype)
    layers = [_row(it, _core.LAYER_SETTINGS) for it in encoding.layer_settings(network, training)]
    keys = [encoding.layer_key(network, training, k) for k in range(len(network.layers))]
    plan = _with_layers(_core.Plan(n_inputs=network.inputs), keys)
    depth = len(network.layers) if upto is None else upto
    n_outputs = network.inputs if depth == 0 else network.layers[depth - 1].units
    outputs = np.empty((len(weights), len(x), n_outputs))
    call = _core.predict_float if dtype == "float32" else _core.predict_double
    progress = _core.Progress()

    def work() -> None:
        call(
            plan,
            depth,
            np.ascontiguousarray(weights, dtype=np.float64),
            np.repeat(np.array([layers]), len(weights), axis=0),
            np.ascontiguousarray(x, dtype=dtype),
            outputs,
            check_threads(threads),
            progress,
        )

    if _wait(work, progress, None):
        raise KeyboardInterrupt
    return outputs


def measure(
    network: Network,
    training: Training,
    weights: NDArray[np.float64],
    data: Dataset,
    split: str = "training",
    *,
    gradients: bool = False,
    threads: int | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Loss and metric (T, 2) of networks with weights (T, P) on a split; gradients (T, P).

    The gradient is that of the mean loss over the split, without penalties.
    """
    key = encoding.plan_key(network, training, data, has_frozen=False)
    settings, layers = _settings([Configuration(network, training)], data)
    rows = encoding.samples(data, split, network, key)
    n = len(weights)
    losses = np.empty((n, 2))
    slopes = np.empty((n, network.n_parameters)) if gradients else None
    call = _core.measure_float if training.dtype == "float32" else _core.measure_double
    progress = _core.Progress()

    def work() -> None:
        call(
            _plan(key),
            np.ascontiguousarray(weights, dtype=np.float64),
            np.repeat(settings, n, axis=0),
            np.repeat(layers, n, axis=0),
            rows.rows,
            rows.has_weights,
            rows.total_variation,
            losses,
            slopes,
            check_threads(threads),
            progress,
        )

    if _wait(work, progress, None):
        raise KeyboardInterrupt
    return losses, slopes


def elementary(function: str, x: NDArray[Any], instruction_set: str | None = None) -> NDArray[Any]:
    """One of the core's own elementary functions (exp, tanh, ...) of x (N,), in x's precision."""
    y = np.empty_like(x)
    call = _core.elementary_float if x.dtype == np.float32 else _core.elementary_double
    call(function, x, y, instruction_set)
    return y
