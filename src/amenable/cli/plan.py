"""From a request to what will run: data, networks, trainings, seeds. Nothing is trained here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from amenable.answers.cost import multiply_adds_per_step
from amenable.baselines import Baseline
from amenable.cli.request import Request
from amenable.datasets import Dataset, load
from amenable.description import did_you_mean, shown
from amenable.encoding import budget
from amenable.errors import AmenableError, DescriptionError
from amenable.network import Network, mlp
from amenable.population import Configuration
from amenable.space import defaults
from amenable.training import OPTIMIZERS, Training, parse_goal

TASKS = ("classification", "regression")
MOST_NETWORKS = 2_000_000  # about 200 bytes each are kept
MOST_PARAMETERS = 2_000_000  # a register of 16 networks with gradients and moments: half a GB
MOST_STEPS = 10**9


@dataclass(frozen=True, slots=True)
class Plan:
    """What will run.

    Parameters
    ----------
    data : Dataset
        With its splits.
    networks : tuple of Network
        Structures times activations; those without hidden layers once.
    trainings : tuple of Training
        Settings, without a goal until `with_goal`.
    n_seeds : int
        Of each network and training: 0 to n - 1.
    goal_reason : str
        Why the goal is where it is; empty where it was asked for, or there is none.
    """

    data: Dataset
    networks: tuple[Network, ...]
    trainings: tuple[Training, ...]
    n_seeds: int
    goal_reason: str = ""

    @property
    def n_networks(self) -> int:
        """How many will be trained."""
        return len(self.networks) * len(self.trainings) * self.n_seeds

    @property
    def goal(self) -> str | None:
        """When a network counts as solved."""
        return self.trainings[0].goal

    def with_goal(self, goal: str | None, reason: str = "") -> Plan:
        """The same plan with that goal."""
        return replace(
            self,
            trainings=tuple(replace(it, goal=goal) for it in self.trainings),
            goal_reason=reason,
        )


def load_data(request: Request) -> Dataset:
    """The data, as asked for."""
    if request.task is not None and request.task not in TASKS:
        hint = did_you_mean(request.task, TASKS) or "leave it out to have it inferred"
        raise DescriptionError(
            f"--task: expected {' or '.join(TASKS)}, got {shown(request.task)}; {hint}"
        )
    if not 0 <= request.split < 1:
        raise DescriptionError(
            f"--split: expected a fraction of the samples, 0 <= split < 1, got {request.split:g}; "
            "use 0.2 for a fifth or 0 for none"
        )
    return load(request.data, target=request.target, task=request.task, validation=request.split)


def make_plan(request: Request, data: Dataset) -> Plan:
    """What is to be trained on the data; options that cannot be meant are refused by name."""
    networks = _networks(request, data)
    trainings = tuple(_budgeted(it, request, data) for it in _settings(request, data))
    if not request.hidden:
        networks = _affordable(networks, trainings, data)
    n_seeds = _seeds(request, data, networks, trainings)
    plan = Plan(data, networks, trainings, n_seeds)
    if plan.n_networks > MOST_NETWORKS:
        raise DescriptionError(
            f"{plan.n_networks:,} networks are more than the {MOST_NETWORKS:,} of one command; "
            "take fewer --seeds, or fewer values of the other options"
        )
    if request.solved is not None and not is_none(request.solved):
        plan = plan.with_goal(checked_goal(request.solved, data))
    _check_fit(plan)
    return plan


def needs_goal(request: Request) -> bool:
    """Whether the goal is left to us."""
    return request.solved is None


def default_goal(plan: Plan, baselines: Sequence[Baseline]) -> Plan:
    """The plan with the goal that suits the data."""
    goal, reason = defaults.goal(plan.data, baselines)
    return plan.with_goal(goal, reason)


def is_none(text: str) -> bool:
    """Whether "none" was typed."""
    return text.strip().lower() == "none"


def _networks(request: Request, data: Dataset) -> tuple[Network, ...]:
    structures = request.hidden or defaults.structures(data)
    activations = request.activation or defaults.ACTIVATIONS
    n_outputs = data.n_outputs()
    networks: dict[Network, None] = {}
    for typed in structures:
        hidden = hidden_widths(typed)
        for activation in activations:
            with naming("--activation"):
                network = mlp(data.n_inputs, *hidden, n_outputs, activation=activation)
                network.check_trainable()
            networks[network] = None
    check_parameters(networks)
    return tuple(networks)


def check_parameters(networks: Iterable[Network]) -> None:
    """Refuse networks that no register of them could be trained of."""
    largest = max(networks, key=lambda it: it.n_parameters)
    if largest.n_parameters > MOST_PARAMETERS:
        raise DescriptionError(
            f"--hidden: {largest.structure} has {largest.n_parameters:,} parameters, more than "
            f"{MOST_PARAMETERS:,}; take narrower layers"
        )


def hidden_widths(typed: str) -> tuple[int, ...]:
    """Widths of hidden layers: "none", "10" or "10,10"."""
    if is_none(typed):
        return ()
    try:
        widths = tuple(int(word) for word in typed.split(","))
    except ValueError:
        widths = (0,)
    if min(widths) < 1:
        raise DescriptionError(
            f"--hidden: expected widths such as 10 or 10,10, or none, got {shown(typed)}; "
            "give the option again for another structure"
        )
    return widths


def _settings(request: Request, data: Dataset) -> list[Training]:
    """Every combination of the options, without budget and goal."""
    found: dict[Training, None] = {}
    for name in request.optimizer or (defaults.OPTIMIZER,):
        if name not in OPTIMIZERS:
            hint = did_you_mean(name, OPTIMIZERS) or f"known are {', '.join(OPTIMIZERS)}"
            raise DescriptionError(f"--optimizer: unknown optimizer {shown(name)}; {hint}")
        rates = request.lr or (defaults.learning_rate(name, data),)
        batches = [batch_size(it) for it in request.batch] or [defaults.batch(name, data)]
        choices = product(rates, batches, request.init or ("auto",), request.l2 or (0.0,))
        for lr, batch, init, l2 in choices:
            with naming("--lr"):
                optimizer = OPTIMIZERS[name](lr=lr)
            it = Training(optimizer)
            for option, value in (("batch", batch), ("init", init), ("l2", l2)):
                changes: dict[str, Any] = {option: value}
                with naming(f"--{option}"):
                    it = replace(it, **changes)
            found[it] = None
    return list(found)


def batch_size(typed: str) -> int | str:
    if typed.strip().lower() == "full":
        return "full"
    if not typed.strip().isdecimal() or int(typed) < 1:
        raise DescriptionError(
            f"--batch: expected a number of samples, at least 1, or full, got {shown(typed)}"
        )
    return int(typed)


def _affordable(
    networks: Sequence[Network], trainings: Sequence[Training], data: Dataset
) -> tuple[Network, ...]:
    """Default structures without the largest, where they would take minutes."""
    each: dict[tuple[int, ...], float] = {}
    for network in networks:
        each[network.hidden] = each.get(network.hidden, 0.0) + _work((network,), trainings, data)
    cheapest = sorted(each, key=lambda hidden: each[hidden])
    kept = cheapest[: defaults.affordable([each[hidden] for hidden in cheapest])]
    return tuple(it for it in networks if it.hidden in kept)


def _work(networks: Iterable[Network], trainings: Sequence[Training], data: Dataset) -> float:
    """Multiply-adds of one seed of each."""
    n = len(data.training)
    pairs = [Configuration(*it) for it in product(networks, trainings)]
    return float(sum(multiply_adds_per_step(it, n) * budget(it.training, n) for it in pairs))


def _seeds(
    request: Request, data: Dataset, networks: Sequence[Network], trainings: Sequence[Training]
) -> int:
    if request.seeds is None:
        return defaults.seeds(_work(networks, trainings, data))
    if request.seeds < 1:
        raise DescriptionError(
            f"--seeds: expected how many to take, at least 1, got {request.seeds}; use 32"
        )
    return request.seeds


def _budgeted(it: Training, request: Request, data: Dataset) -> Training:
    """The training with its epochs or steps, and how often it is looked at."""
    if request.epochs is not None and request.steps is not None:
        raise DescriptionError("--epochs and --steps: expected one of them, got both")
    if request.steps is not None:
        option, value = "steps", request.steps
    else:
        value = request.epochs or 0
        if request.epochs is None:
            value = defaults.epochs(data, it.batch)
        option = "epochs"
    changes: dict[str, Any] = {"epochs": None, "steps": None, option: value}
    with naming(f"--{option}"):
        it = replace(it, **changes)
    check_steps(it, data)
    return replace(it, probe_every=defaults.probe_every(data, it))


def check_steps(it: Training, data: Dataset) -> None:
    """Refuse a budget that would never end."""
    option = "epochs" if it.steps is None else "steps"
    value = getattr(it, option)
    n_steps = value * (defaults.steps_per_epoch(data, it.batch) if option == "epochs" else 1)
    if n_steps > MOST_STEPS:
        raise DescriptionError(
            f"--{option}: {value:,} are {n_steps:,} steps, more than {MOST_STEPS:,}; take fewer"
        )


def checked_goal(typed: str, data: Dataset) -> str:
    """The goal with its split, if that is there."""
    goal = parse_goal(typed, "--solved")
    if goal.split == "validation" and not len(data.validation):
        raise DescriptionError(
            f"--solved: {shown(typed)} asks for validation samples, but {data.name} holds out "
            "none; say training instead"
        )
    split = goal.split or ("validation" if len(data.validation) else "training")
    return str(replace(goal, split=split))


def _check_fit(plan: Plan) -> None:
    """Refuse a goal that is not measured in this task."""
    data = plan.data
    n_targets = data.n_outputs() if data.task == "regression" else None
    with naming("--solved"):
        plan.trainings[0].check(plan.networks[0], data.task, data.n_classes, n_targets)


@contextmanager
def naming(option: str) -> Iterator[None]:
    """Errors name the option that caused them, instead of a field that nobody typed."""
    try:
        yield
    except AmenableError as error:
        raise error.at(option) from error


@contextmanager
def options_named(options: Mapping[str, str]) -> Iterator[None]:
    """Errors name the option that was typed, instead of the argument that it became."""
    try:
        yield
    except DescriptionError as error:
        if error.where in options:
            raise error.at(options[error.where]) from error
        raise
