"""What every call of the core needs: a plan, rows of settings, a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from amenable import _core, encoding
from amenable.datasets import Dataset
from amenable.encoding import PlanKey
from amenable.errors import DescriptionError
from amenable.network import Network
from amenable.training import Training

POLL_S = 0.05  # how often progress is told, and Ctrl-C heard

Watch = Callable[[int], None]


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
            where="threads",
            expected="an integer between 1 and 1024",
            got=repr(threads),
            hint="leave it out for all cores",
        )
    return threads


def plan_of(key: PlanKey) -> _core.Plan:
    """The core's plan of a group."""
    return with_layers(_core.Plan(**dict(key.options)), key.layers)


def with_layers(plan: _core.Plan, layers: Sequence[tuple[Any, ...]]) -> _core.Plan:
    """The plan, with layers as `encoding.layer_key` gives them added to it."""
    for units, activation, bias, dropout, shortcuts, init, bias_init, window in layers:
        plan.add_layer(
            units=units,
            activation=activation,
            has_bias=bias,
            has_dropout=dropout,
            shortcuts=list(shortcuts),
            weight_init=init,
            bias_init=bias_init,
        )
        if window is not None:
            plan.set_window(
                kind=window.kind,
                inputs=window.inputs,
                outputs=window.outputs,
                kernel=window.kernel,
                stride=window.stride,
                pad=window.pad,
                padding=window.padding,
                has_weights=window.has_weights,
                has_unit_biases=window.has_unit_biases,
                connections=window.connections,
            )
    return plan


def row(numbers: dict[str, float], names: Sequence[str]) -> list[float]:
    """Numbers in the core's order; 0 where there is none."""
    return [numbers.get(name, 0.0) for name in names]


def settings_of(
    described: Sequence[tuple[Network, Training]], data: Dataset
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Settings (C, n) and layer settings (C, L, n), in the core's order."""
    settings = [row(encoding.settings(training, data), _core.SETTINGS) for _, training in described]
    layers = [
        [row(it, _core.LAYER_SETTINGS) for it in encoding.layer_settings(network, training)]
        for network, training in described
    ]
    return np.array(settings), np.array(layers)


def initialize(
    plan: _core.Plan, layer_settings: NDArray[np.float64], seeds: Sequence[int]
) -> NDArray[np.float64]:
    """Initial weights (S, P) of a network with layer settings (L, n)."""
    weights = np.empty((len(seeds), plan.n_parameters))
    same = np.repeat(layer_settings[None], len(seeds), axis=0)
    _core.initialize(plan, same, np.array(seeds, dtype=np.uint64), weights)
    return weights


def wait(work: Callable[[], None], progress: _core.Progress, watch: Watch | None) -> bool:
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

    thread = threading.Thread(target=guarded, daemon=True)
    is_cancelled = False
    try:
        thread.start()
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
            if thread.ident is not None:  # else Ctrl-C came before it began: it has nothing to do
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
