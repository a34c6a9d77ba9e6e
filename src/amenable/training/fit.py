"""What fits what: loss, outputs, goal, class weights and targets with the task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from amenable.description import choice, integer
from amenable.errors import DescriptionError
from amenable.training.goal import CLASS_METRICS, NUMBER_METRICS, PROBABILITY_METRICS, parse_goal
from amenable.training.losses import REGRESSION_LOSSES, parse_loss

if TYPE_CHECKING:
    from amenable.training.training import Training

TASKS = ("classification", "regression")
SCORE_METRICS = ("accuracy", "auc")  # for every loss


class Structure(Protocol):
    """What must be known of a network; network.py, which has it, is not imported here."""

    @property
    def outputs(self) -> int:
        """Units of the last layer."""

    @property
    def output_activation(self) -> str:
        """Activation of the last layer."""


def resolve_loss(loss: str, task: str, n_classes: int) -> str:
    """The loss that "auto" stands for; every other loss as it is."""
    choice("task", task, TASKS)
    if task == "classification":
        n_classes = integer("n_classes", n_classes, 2, hint="one class leaves nothing to learn")
    if loss != "auto":
        return loss
    if task == "regression":
        return "squared"
    return "logistic" if n_classes == 2 else "softmax"


def check_fit(
    training: Training, network: Structure, task: str, n_classes: int, n_targets: int | None
) -> None:
    """Refuse with the field that does not fit."""
    loss = parse_loss(resolve_loss(training.loss, task, n_classes))[0]
    if task == "regression":
        _check_regression(training, loss)
        if n_targets is not None and network.outputs != n_targets:
            _refuse_outputs(network, n_targets, f"{n_targets} numbers to predict")
        return
    _check_classification(training, loss, n_classes)
    _check_class_outputs(network, loss, n_classes)
    is_inside = {"logistic": "sigmoid", "softmax": "softmax"}.get(loss)
    if is_inside and network.output_activation == "sigmoid":
        raise DescriptionError(
            f"{loss} with a sigmoid output layer",
            where="Training.loss",
            hint=f"the loss already contains the {is_inside}: use output='identity'",
        )


def _check_regression(training: Training, loss: str) -> None:
    if loss not in REGRESSION_LOSSES:
        raise DescriptionError(
            f"{loss} learns classes, but the task is regression",
            where="Training.loss",
            hint=f"use one of {', '.join(REGRESSION_LOSSES)}",
        )
    for name, value in (("class_weights", training.class_weights), ("targets", training.targets)):
        if value is not None:
            raise DescriptionError(
                "only for classes, but the task is regression",
                where=f"Training.{name}",
                hint="leave it out",
            )
    _check_goal(training, "regression", NUMBER_METRICS)


def _check_classification(training: Training, loss: str, n_classes: int) -> None:
    weights = training.class_weights
    if isinstance(weights, tuple) and len(weights) != n_classes:
        raise DescriptionError(
            where="Training.class_weights",
            expected=f"{n_classes} weights, one per class",
            got=str(len(weights)),
        )
    if training.targets is not None and loss not in REGRESSION_LOSSES:
        raise DescriptionError(
            f"{loss} encodes classes in its own way",
            where="Training.targets",
            hint=f"leave targets out, or use one of {', '.join(REGRESSION_LOSSES)}",
        )
    _check_goal(training, "classification", CLASS_METRICS)
    _check_probabilities(training, loss, n_classes)


def _check_goal(training: Training, task: str, metrics: tuple[str, ...]) -> None:
    if training.goal is not None and (metric := parse_goal(training.goal).metric) not in metrics:
        raise DescriptionError(
            f"{metric} does not exist for {task}",
            where="Training.goal",
            hint=f"use one of {', '.join(metrics)}",
        )


def _check_probabilities(training: Training, loss: str, n_classes: int) -> None:
    """Some metrics are of probabilities, which not every loss gives."""
    metric = parse_goal(training.goal).metric if training.goal is not None else ""
    if metric not in PROBABILITY_METRICS or gives_probabilities(loss, n_classes):
        return
    wanted = resolve_loss("auto", "classification", n_classes)
    raise DescriptionError(
        f"Training.goal: {metric} needs probabilities, which {loss} loss does not give"
        f"{'' if n_classes == 2 else f' for {n_classes} classes'}; "
        f'use loss="{wanted}", or a goal on {" or ".join(SCORE_METRICS)}'
    )


def gives_probabilities(loss: str, n_classes: int) -> bool:
    """Whether outputs become probabilities of the classes, which add up to one."""
    return loss == "softmax" or (loss == "logistic" and n_classes == 2)


def _check_class_outputs(network: Structure, loss: str, n_classes: int) -> None:
    """One output tells two classes apart, but softmax wants one for each class always."""
    if loss == "softmax" and network.outputs == 1:
        otherwise = ', or loss="logistic"' if n_classes == 2 else ""
        raise DescriptionError(
            "softmax needs one output per class, got a network with 1 output",
            where="Training.loss",
            hint=f"use {n_classes} outputs{otherwise}",
        )
    expected = 1 if n_classes == 2 and loss != "softmax" else n_classes
    if network.outputs != expected:
        _refuse_outputs(network, expected, f"{n_classes} classes and {loss} loss")


def _refuse_outputs(network: Structure, expected: int, reason: str) -> None:
    units = "1 unit" if expected == 1 else f"{expected} units"
    raise DescriptionError(
        where="Network.layers",
        expected=f"{units} in the last layer for {reason}",
        got=str(network.outputs),
    )
