"""Checks of the fields of a training."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from amenable.description import (
    MAX_WIDTH,
    NON_NEGATIVE,
    POSITIVE,
    boolean,
    choice,
    did_you_mean,
    fail,
    integer,
    items,
    number,
    quote,
    settle,
)
from amenable.errors import DescriptionError
from amenable.training import initializers, losses
from amenable.training.goal import parse_goal
from amenable.training.optimizers import KINDS
from amenable.training.parts import field_names, resolve
from amenable.training.schedules import SCHEDULES

if TYPE_CHECKING:
    from amenable.training.training import Training

ORDERS = ("shuffled", "sequential", "replacement")
DTYPES = ("float32", "float64")
JUDGES = ("auto", "end", "first_touch")
RESTORES = ("auto", "best", "last")
ELSEWHERE = {"learning_rate": "lr", "batch_size": "batch", "beta_1": "beta1", "beta_2": "beta2"}
"""Names of other libraries to the names here, only for suggestions."""
EPOCHS = 100  # where neither epochs nor steps are given


def check_fields(training: Training) -> None:
    """Check each field of a training that is being constructed, and make it plain."""
    _check_parts(training)
    _check_budget(training)
    _check_numbers(training)
    _check_names(training)
    settle(
        training,
        batch=_check_batch(training.batch),
        penalize_biases=boolean("Training.penalize_biases", training.penalize_biases),
        class_weights=_check_class_weights(training.class_weights),
        targets=_check_targets(training.targets),
    )
    if training.is_full_batch and training.order == "replacement":
        fail("Training.order", '"shuffled" with batch="full"', training.order, "or give a batch")


def check_names(owner: type, given: Iterable[str]) -> None:
    """Refuse fields that a training does not have, and say where they belong."""
    known = [one.name for one in fields(owner)]
    for name in given:
        if name in known:
            continue
        hint = did_you_mean(name, known, ELSEWHERE) or f"known fields: {', '.join(known)}"
        ours = ELSEWHERE.get(name, name)
        for what, kinds in (("optimizer", KINDS), ("schedule", SCHEDULES)):
            having = [kind for kind in kinds if ours in field_names(what, kind)]
            if having:
                hint = f'it belongs to the {what}: {what}="{having[0]}({ours}=…)"'
        raise DescriptionError(f"unknown field {quote(name)}", where="Training", hint=hint)


def _check_parts(training: Training) -> None:
    for what in ("optimizer", "schedule"):
        try:
            settle(training, **{what: resolve(what, getattr(training, what))})
        except DescriptionError as error:
            raise (error.at(f"Training.{what}") if error.where == what else error) from None


def _check_budget(training: Training) -> None:
    if training.epochs is not None and training.steps is not None:
        raise DescriptionError(
            where="Training.epochs",
            expected="epochs or steps",
            got=f"both (epochs={quote(training.epochs)}, steps={quote(training.steps)})",
            hint="set the other to None",
        )
    if training.steps is not None:
        settle(training, steps=integer("Training.steps", training.steps, 1))
    else:
        epochs = EPOCHS if training.epochs is None else training.epochs
        settle(training, epochs=integer("Training.epochs", epochs, 1))


def _check_numbers(training: Training) -> None:
    for name in ("l2", "weight_decay", "l1"):
        value = number(f"Training.{name}", getattr(training, name), NON_NEGATIVE)
        settle(training, **{name: value})
    for name in ("patience", "probe_every"):
        if getattr(training, name) is not None:
            settle(training, **{name: integer(f"Training.{name}", getattr(training, name), 1)})
    if training.clip_norm is not None:
        clip_norm = number("Training.clip_norm", training.clip_norm, POSITIVE, "None clips nothing")
        settle(training, clip_norm=clip_norm)
    settle(training, warmup=integer("Training.warmup", training.warmup, 0))


def _check_names(training: Training) -> None:
    settle(
        training,
        loss=losses.NAMES.canonical_or_auto("Training.loss", training.loss),
        order=choice("Training.order", training.order, ORDERS),
        init=initializers.NAMES.canonical_or_auto("Training.init", training.init),
        bias_init=initializers.NAMES.canonical_or_auto("Training.bias_init", training.bias_init),
        dtype=choice("Training.dtype", training.dtype, DTYPES),
        judge=choice("Training.judge", training.judge, JUDGES),
        restore=choice("Training.restore", training.restore, RESTORES),
    )
    if training.bias_init.startswith("orthogonal"):
        hint = "biases are not a matrix"
        fail("Training.bias_init", "an initializer of single numbers", training.bias_init, hint)
    if training.goal is not None:
        goal = parse_goal(training.goal, "Training.goal")
        settle(training, goal=str(goal))
        if goal.split == "test" and training.judge == "first_touch":
            hint = (
                'test rows must not end a training; use judge="end", or a goal on validation rows'
            )
            fail("Training.judge", '"end" for a goal on test rows', training.judge, hint)


def _check_batch(value: int | str) -> int | str:
    """An integer, or "full"."""
    if isinstance(value, str):
        return choice("Training.batch", value.strip(), ("full",), "or give an integer >= 1")
    hint = 'use batch=32 for mini-batches, batch="full" for all samples'
    return integer("Training.batch", value, 1, MAX_WIDTH, hint)


def _check_class_weights(value: Any) -> str | tuple[float, ...] | None:
    """Either "balanced" or a weight for each class, not all zero."""
    if value is None:
        return None
    if isinstance(value, str):
        return choice("Training.class_weights", value, ("balanced",), "or one weight per class")
    found = items("Training.class_weights", value, '"balanced" or one weight per class')
    weights = tuple(
        number(f"Training.class_weights[{i}]", it, NON_NEGATIVE) for i, it in enumerate(found)
    )
    if len(weights) < 2 or not any(weights):
        fail("Training.class_weights", "at least two weights, not all zero", value)
    return weights


def _check_targets(value: Any) -> tuple[float, float] | None:
    """Two numbers, the larger one for yes: the largest output names the class."""
    if value is None:
        return None
    expected = "two numbers, for no and yes"
    found = items("Training.targets", value, expected, "such as (-1.0, 1.0)")
    codes = [number(f"Training.targets[{i}]", it) for i, it in enumerate(found)]
    if len(codes) != 2 or codes[0] >= codes[1]:
        fail("Training.targets", f"{expected}, in ascending order", value, "such as (-1.0, 1.0)")
    return codes[0], codes[1]
