"""Checks of the fields of a training that are more than one number or name."""

from __future__ import annotations

from typing import Any, NoReturn

from amenable.description import (
    MAX_WIDTH,
    NON_NEGATIVE,
    choice,
    did_you_mean,
    fail,
    integer,
    items,
    number,
)
from amenable.training.optimizers import OPTIMIZERS
from amenable.training.schedules import SCHEDULES


def refuse_part(name: str, expected: str, value: object) -> NoReturn:
    """What is neither an optimizer nor a schedule, with the name or class it may have meant."""
    kinds = OPTIMIZERS if name == "optimizer" else SCHEDULES
    if isinstance(value, type):
        hint = f"call it: {value.__name__}()"
    else:
        hint = did_you_mean(value, kinds) if isinstance(value, str) else ""
    fail(f"Training.{name}", expected, value, hint)


def check_batch(value: int | str) -> int | str:
    """An integer, or "full"."""
    if isinstance(value, str):
        return choice("Training.batch", value.strip(), ("full",), "or give an integer >= 1")
    hint = 'use batch=32 for mini-batches, batch="full" for all samples'
    return integer("Training.batch", value, 1, MAX_WIDTH, hint)


def check_class_weights(value: Any) -> str | tuple[float, ...] | None:
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


def check_targets(value: Any) -> tuple[float, float] | None:
    """Two different numbers."""
    if value is None:
        return None
    expected = "two numbers, for no and yes"
    found = items("Training.targets", value, expected, "such as (-1.0, 1.0)")
    codes = [number(f"Training.targets[{i}]", it) for i, it in enumerate(found)]
    if len(codes) != 2 or codes[0] == codes[1]:
        fail("Training.targets", f"{expected}, that differ", value, "such as (-1.0, 1.0)")
    return codes[0], codes[1]
