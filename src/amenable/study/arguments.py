"""The arguments of `Study.run`, as candidates, a policy and an executor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from amenable.datasets import Dataset
from amenable.description import quote
from amenable.errors import DescriptionError
from amenable.network import Network
from amenable.population.checks import as_list, product
from amenable.population.keys import value_of, varying_keys
from amenable.space import Space
from amenable.space.candidate import Candidate
from amenable.study.executors.base import Executor
from amenable.training import Training

ALWAYS = ("hidden", "activation", "optimizer", "lr", "batch")  # settings of networks and trainings


def candidates_of(
    space: Any,
    data: Dataset,
    trainings: Training | Iterable[Training] | None,
    method: str,
    n: int | None,
    seed: int,
) -> tuple[Candidate, ...]:
    """Candidates of a space, of settings, of networks with trainings, or as they are."""
    if isinstance(space, Space):
        from amenable.space.builder import candidates

        drawn = space.draw(method=method, n=n, seed=seed)
        return tuple(candidates(drawn, data, _one(trainings)))
    if isinstance(space, Network):
        return of_networks(space, data, trainings)
    if not isinstance(space, Iterable) or isinstance(space, str | bytes | Mapping):
        raise DescriptionError(
            where="space",
            expected="a Space, networks or candidates",
            got=quote(space),
            hint="write Space(hidden=[4, 8])",
        )
    given = list(space)
    if given and all(isinstance(it, Candidate) for it in given):
        return tuple(given)
    return of_networks(given, data, trainings)


def of_networks(
    networks: Any, data: Dataset, trainings: Training | Iterable[Training] | None
) -> tuple[Candidate, ...]:
    """Each network with each training; their settings are what tells them apart."""
    given = Training() if trainings is None else trainings
    configurations = tuple(
        product(as_list("networks", Network, networks), as_list("trainings", Training, given), data)
    )
    keys = dict.fromkeys((*ALWAYS, *varying_keys(configurations, data.task)))
    return tuple(
        Candidate(
            {
                key: _plain(value)
                for key in keys
                if (value := value_of(it, key, data.task)) is not None  # it has no such setting
            },
            it,
        )
        for it in configurations
    )


def _one(trainings: Training | Iterable[Training] | None) -> Training | None:
    """The training that a space's settings change."""
    if trainings is None or isinstance(trainings, Training):
        return trainings
    raise DescriptionError(
        where="trainings",
        expected="one Training beside a space",
        got=quote(trainings),
        hint="what varies goes into the space",
    )


def _plain(value: Any) -> Any:
    """What JSON can say."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return list(value) if isinstance(value, tuple) else str(value)


def executor_of(on: Executor | str | None) -> Executor:
    """Where to train."""
    from amenable.study.executors.choose import executor_for

    return executor_for(on)


def policy_for(seeds: Any, policy: Any) -> Any:
    """Which trials are wanted."""
    if seeds is not None and policy is not None:
        raise DescriptionError(
            "given beside a policy, which says itself", where="seeds", hint="leave one out"
        )
    from amenable.study.policies import FixedSeeds, policy_of

    if policy is None and seeds is None:
        return FixedSeeds()
    return policy_of(seeds if policy is None else policy)
