"""Turns descriptions into the numbers that the core takes: plans, rows of settings, samples.

What the networks of a group must share goes into a `PlanKey`; what may differ from lane to lane
goes into rows of settings, in the order that the core names them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.datasets import Dataset
from amenable.errors import DescriptionError
from amenable.network import Conv2d, Layer, Network, parse_activation
from amenable.training import (
    AdamW,
    Cosine,
    InverseTime,
    LevenbergMarquardt,
    RMSprop,
    Rprop,
    StepDecay,
    Training,
    parse_goal,
    parse_initializer,
    parse_loss,
)

CODES: Mapping[str, tuple[float, float]] = {  # of "not this class" and "this class", by loss
    "logistic": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "hinge": (-1.0, 1.0),
    "squared_hinge": (-1.0, 1.0),
    "exponential": (-1.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class PlanKey:
    """What the networks of a group share; networks with the same key form a group."""

    layers: tuple[tuple[Any, ...], ...]
    options: tuple[tuple[str, Any], ...]
    dtype: str
    codes: tuple[float, float] | None
    class_weights: str | tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class EncodedSamples:
    """A split as the core takes it, of D data sets of one shape: inputs, targets, weight."""

    rows: NDArray[Any]  # (D * N, I + O + 1), one data set after the other
    has_weights: bool
    variations: NDArray[np.float64]  # (D, O) sums of squares of the targets about their means


def steps_per_epoch(training: Training, n_samples: int) -> int:
    """Updates in a pass over the training samples."""
    if training.batch == "full":
        return 1
    batch = int(training.batch)
    if training.order != "replacement":
        batch = min(batch, n_samples)
    return math.ceil(n_samples / batch)


def budget(training: Training, n_samples: int) -> int:
    """Updates after which a trial ends."""
    if training.steps is not None:
        return training.steps
    return (training.epochs or 1) * steps_per_epoch(training, n_samples)


def probes(training: Training, n_samples: int, is_recorded: bool) -> NDArray[np.int64]:
    """Steps at which the networks are looked at: every so many where it matters, and at the end."""
    end = budget(training, n_samples)
    is_watched = training.goal is not None or training.patience is not None
    if not (is_recorded or is_watched or training.restores_best):
        return np.array([end])
    every = training.probe_every or steps_per_epoch(training, n_samples)
    first = 0 if is_recorded else every
    return np.unique(np.append(np.arange(first, end, every), end)).astype(np.int64)


def optimizer_kind(training: Training) -> str:
    """The core's name of the optimizer: one for each form of update."""
    it = training.optimizer
    if isinstance(it, RMSprop):
        return "rmsprop" + "_centered" * it.centered + "_momentum" * (it.momentum > 0)
    if isinstance(it, Rprop):
        return "rprop_backtracking" if it.backtracking else "rprop"
    return "adam" if isinstance(it, AdamW) else it.name


def target_codes(training: Training, task: str, n_classes: int) -> tuple[float, float] | None:
    """The target values for the other classes and for a sample's own; None for regression."""
    if task == "regression":
        return None
    loss = parse_loss(training.resolved_loss(task, n_classes))[0]
    return CODES.get(loss) or training.targets or (0.0, 1.0)


def middle(training: Training, task: str, n_classes: int) -> float:
    """The output of a single unit that separates two classes."""
    codes = target_codes(training, task, n_classes)
    is_coded = parse_loss(training.resolved_loss(task, n_classes))[0] not in CODES
    return sum(codes) / 2 if codes and is_coded else 0.0


def metric(training: Training, task: str) -> str:
    """The metric that is measured besides the loss: the goal's, if there is a goal."""
    goal = parse_goal(training.goal) if training.goal else None
    if goal and goal.metric != "loss":
        return goal.metric
    return "accuracy" if task == "classification" else "r2"


def plan_key(
    network: Network, training: Training, data: Dataset, *, has_frozen: bool, **probing: bool
) -> PlanKey:
    """What a network and its training share with others of their group."""
    loss = parse_loss(training.resolved_loss(data.task, data.n_classes))[0]
    codes = target_codes(training, data.task, data.n_classes)
    goal = parse_goal(training.goal) if training.goal else None
    split = goal_split(training, data) if goal else "training"
    options: dict[str, Any] = {
        "n_inputs": network.inputs,
        "loss": loss,
        "optimizer": optimizer_kind(training),
        "schedule": training.schedule.name,
        "order": training.order,
        "batch": batch_size(training, len(data.training)),
        "has_l2": training.l2 > 0,
        "has_l1": training.l1 > 0,
        "has_weight_decay": training.decoupled_decay > 0,
        "has_clip": training.clip_norm is not None,
        "has_frozen": has_frozen,
        "penalize_biases": training.penalize_biases,
        "metric": metric(training, data.task),
        "threshold": middle(training, data.task, data.n_classes),
        "goal": "none" if goal is None else "loss" if goal.metric == "loss" else "metric",
        "goal_split": split,
        "goal_at_least": goal is None or goal.comparison == ">=",
        "judges_at_end": goal is not None and training.judges_at_end(split),
        "restores_best": training.restores_best,
        **probing,
    }
    if isinstance(training.optimizer, LevenbergMarquardt):
        options["curvature_samples"] = training.optimizer.samples
    weights = training.class_weights if data.task == "classification" else None
    return PlanKey(
        tuple(layer_key(network, training, k) for k in range(len(network.layers))),
        tuple(options.items()),
        training.dtype,
        codes,
        weights,
    )


def batch_size(training: Training, n_samples: int) -> int:
    """The core's batch: 0 for all samples."""
    if training.batch == "full":
        return 0
    batch = int(training.batch)
    return batch if training.order == "replacement" else min(batch, n_samples)


def goal_split(training: Training, data: Dataset) -> str:
    """The split that the goal is judged on."""
    return training.goal_split(len(data.validation) > 0, len(data.test) > 0)


def layer_key(network: Network, training: Training, k: int) -> tuple[Any, ...]:
    """What the core wants to know of a layer, but for its numbers."""
    layer = network.layers[k]
    return (
        network.widths[k + 1],
        parse_activation(layer.activation)[0],
        layer.bias,
        layer.dropout > 0,
        layer.shortcuts,
        parse_initializer(training.resolved_init(layer.activation))[0],
        parse_initializer(training.resolved_bias_init())[0],
        network.windows[k],
    )


def _border(layer: Layer) -> float:
    """What the border of a layer's images holds; 0 where there is none of its own."""
    border = layer.border if isinstance(layer, Conv2d) else 0.0
    return border if isinstance(border, float) else 0.0


def layer_settings(network: Network, training: Training) -> list[dict[str, float]]:
    """The numbers of each layer, by the core's names."""

    def scale(initializer: str) -> float:
        parameter = parse_initializer(initializer)[1]
        return 1.0 if parameter is None else parameter

    return [
        {
            "activation_parameter": parse_activation(layer.activation)[1] or 0.0,
            "dropout": layer.dropout,
            "weight_scale": scale(training.resolved_init(layer.activation)),
            "bias_scale": scale(training.resolved_bias_init()),
            "pad_value": _border(layer),
        }
        for layer in network.layers
    ]


def settings(training: Training, data: Dataset) -> dict[str, float]:
    """The numbers of a training, by the core's names; what it has not is left out."""
    it, schedule = training.optimizer, training.schedule
    numbers = {  # flags such as nesterov and counts are no numbers: they are part of the plan
        one.name: value for one in fields(it) if isinstance(value := getattr(it, one.name), float)
    }
    if isinstance(schedule, StepDecay):
        numbers |= {"schedule_steps": schedule.every, "schedule_factor": schedule.gamma}
    if isinstance(schedule, Cosine):
        steps = schedule.steps or budget(training, len(data.training))
        numbers |= {"schedule_steps": steps, "schedule_factor": schedule.floor}
    if isinstance(schedule, InverseTime):
        numbers["schedule_steps"] = schedule.tau
    loss = parse_loss(training.resolved_loss(data.task, data.n_classes))
    return numbers | {
        "l2": training.l2,
        "l1": training.l1,
        "weight_decay": training.decoupled_decay,
        "clip_norm": math.inf if training.clip_norm is None else training.clip_norm,
        "warmup": training.warmup,
        "loss_parameter": loss[1] or 0.0,
    }


def encode_targets(
    y: NDArray[Any], n_outputs: int, codes: tuple[float, float] | None
) -> NDArray[np.float64]:
    """Targets (N, O): numbers as they are, classes in the loss's codes."""
    if codes is None:
        return np.asarray(y, dtype=np.float64)
    is_class = y[:, None] == (np.arange(n_outputs) if n_outputs > 1 else np.array([1]))
    return np.where(is_class, codes[1], codes[0])


def class_weights(data: Dataset, weights: str | tuple[float, ...] | None) -> NDArray[np.float64]:
    """A weight for each class. Balanced: classes weigh the same, samples one on average."""
    if isinstance(weights, tuple):
        return np.array(weights)
    counts = np.bincount(data.y[data.training], minlength=data.n_classes)
    if weights is None:
        return np.ones(data.n_classes)
    present = np.maximum(counts, 1)
    return len(data.training) / (np.count_nonzero(counts) * present)


def samples(
    datasets: Sequence[Dataset], split: str, network: Network, key: PlanKey
) -> EncodedSamples:
    """A split's inputs, targets and weights in rows, of data sets of one shape."""
    n, n_inputs, n_outputs = len(getattr(datasets[0], split)), network.inputs, network.outputs
    if n_inputs != datasets[0].n_inputs:
        expected = f"{datasets[0].n_inputs} inputs, as in '{datasets[0].name}'"
        raise DescriptionError(where="Network.inputs", expected=expected, got=str(n_inputs))
    rows = np.empty((len(datasets), n, n_inputs + n_outputs + 1), dtype=key.dtype)
    variations = np.zeros((len(datasets), n_outputs))
    has_weights = False
    for number, data in enumerate(datasets):
        numbers = getattr(data, split)
        y = data.y[numbers]
        targets = encode_targets(y, n_outputs, key.codes)
        weights = np.ones(n) if data.weights is None else data.weights[numbers]
        if key.class_weights is not None:
            weights = weights * class_weights(data, key.class_weights)[y]
        rows[number, :, :n_inputs] = data.x[numbers]
        rows[number, :, n_inputs:-1] = targets
        rows[number, :, -1] = weights
        has_weights = has_weights or bool(np.any(weights != 1.0))
        if n:
            variations[number] = np.var(targets, axis=0) * n
    return EncodedSamples(rows.reshape(-1, rows.shape[-1]), has_weights, variations)
