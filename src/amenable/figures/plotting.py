"""Turns a population or a network into a figure of any kind, with the arguments it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from amenable.datasets import Dataset
from amenable.description import did_you_mean, fail
from amenable.errors import DataError, DescriptionError
from amenable.figures.arguments import name_of
from amenable.figures.kinds import (
    DATA,
    MODEL,
    MODELS,
    OTHER,
    OTHERS,
    POPULATION,
    TRIAL,
    TRIALS,
    Kind,
    find_kind,
)
from amenable.figures.spaghetti import Data
from amenable.model import Model
from amenable.population import Population, TrainedNetwork
from amenable.population.checks import as_dataset
from amenable.population.samples import found_again

PLACES = ("best", "median", "worst")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Arrays ready to be drawn.

    `options` belong to the drawing function; `trial` is the number of the trial that is drawn, if
    the figure shows one trial of a population.
    """

    kind: Kind
    found: Any
    options: Mapping[str, Any]
    trial: int | None = None

    @property
    def caption(self) -> str:
        """What the figure shows and what it cannot show."""
        if isinstance(self.found, Mapping):
            return " ".join(f"{name.capitalize()}: {it.caption}" for name, it in self.found.items())
        return str(self.found.caption)

    def draw(self, ax: Axes | None = None, theme: str = "light") -> Figure:
        """Draw the figure, on the caller's axes or on new ones."""
        if ax is None:
            return self.kind.draw(self.found, theme=theme, **self.options)
        if not self.kind.has_one_axes:
            raise DescriptionError(
                f"ax: '{self.kind.name}' makes its own axes; leave ax out, or call "
                f"figures.{self.kind.draw.__name__}(found, figure=...) with a subfigure"
            )
        return self.kind.draw(self.found, ax, theme=theme, **self.options)


def prepare(
    subject: Population | Model,
    name: str,
    data: Data | None,
    options: Mapping[str, Any],
    is_checked_only: bool = False,
) -> Prepared:
    """Make the arrays for a figure of a population or of one network.

    Options are those of the kind's two functions. In addition, ``trial`` picks a network of the
    population ("best", "median", "worst" or a number), and ``to`` picks the other ends of a walk or
    plane. If options are only to be checked, arrays that take long are not made.
    """
    kind = find_kind(name, of_one=not isinstance(subject, Population))
    picked = {key: value for key, value in options.items() if _picks(kind, key)}
    given = {key: value for key, value in options.items() if key not in picked}
    own = kind.options
    check_options(kind, given)
    if isinstance(subject, Population):
        for record in kind.records:
            subject.records.get(record)
    samples = _samples(kind, subject, data) if DATA in kind.takes else None
    trial = None
    if isinstance(subject, Population):
        trial = trial_of(subject, picked.get("trial", "best" if _has_ends(kind) else "median"))
        taken = {it: _of_population(it, subject, trial, samples, picked) for it in kind.takes}
    else:
        taken = {it: _of_model(it, subject, samples, picked) for it in kind.takes}
    made = {key: value for key, value in given.items() if key in own["make"]}
    drawn = {key: value for key, value in given.items() if key in own["draw"]}
    is_of_one = MODEL in kind.takes or TRIAL in kind.takes
    make = kind.check if is_checked_only and kind.check else kind.make
    return Prepared(kind, make(**taken, **made), drawn, trial if is_of_one else None)


def check_options(kind: Kind, given: Mapping[str, Any]) -> None:
    """Refuse options that neither of the kind's functions has; require those without default."""
    known = [*kind.options["make"], *kind.options["draw"]]
    known += [key for key in ("trial", "to") if _picks(kind, key)]
    missing = [key for key in kind.required if key not in given]
    if missing:
        raise DescriptionError(f"{missing[0]}: required for '{kind.name}'; pass {missing[0]}=")
    for key in given:
        if key not in known:
            hint = did_you_mean(key, known) or f"its options: {', '.join(known) or 'none'}"
            raise DescriptionError(f"{key}: '{kind.name}' has no such option; {hint}")


def plot(
    subject: Population | Model,
    name: str,
    data: Data | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    options: Mapping[str, Any] | None = None,
) -> Figure:
    """Draw a figure of a population or of one network, for their methods `plot`."""
    return prepare(subject, name, data, options or {}).draw(ax, theme)


def _picks(kind: Kind, key: str) -> bool:
    """Whether an option chooses networks, rather than how they are drawn."""
    if key == "to":
        return _has_ends(kind)
    return key == "trial" and any(it in kind.takes for it in (TRIAL, MODEL, MODELS))


def _has_ends(kind: Kind) -> bool:
    """Whether the figure connects one network with others."""
    return OTHER in kind.takes or OTHERS in kind.takes


def _samples(kind: Kind, subject: Population | Model, data: Data | None) -> Dataset | None:
    """The data; by default the named data set, if training used the same samples."""
    if data is not None:
        return as_dataset(data)
    name = ""
    if isinstance(subject, Population | TrainedNetwork):
        name = subject.data.name
        found = found_again(name, subject.data, input_shape(subject))
        if found is not None:
            return found
    if kind.needs_data:
        which = f" of '{name}', on which it was trained" if name else ""
        raise DataError(f"data: '{kind.name}' needs the samples{which}; pass the data set")
    return None


def input_shape(subject: Population | Model) -> tuple[int, int, int] | None:
    """The shape of the images that the networks take, which is the same for a whole population."""
    networks = (subject.network,) if isinstance(subject, Model) else subject.networks
    shapes = [it.input_shape for it in networks if it.input_shape is not None]
    return (shapes[0][0], shapes[0][1], shapes[0][2]) if shapes else None


def _of_model(name: str, model: Model, data: Dataset | None, picked: Mapping[str, Any]) -> Any:
    if "trial" in picked:
        raise DescriptionError("trial: there is only one network; leave trial out")
    if name == MODELS:
        return {name_of(model): model}
    if name in (OTHER, OTHERS):
        to = _models(picked.get("to"))
        n = 1 if name == OTHER else 2
        if len(to) != n:
            fail("to", f"{n} more Model{'s' * (n > 1)}", picked.get("to"))
        return to[0] if n == 1 else to
    return {MODEL: model, DATA: data}[name]


def _models(value: object) -> list[Model]:
    several = value if isinstance(value, list | tuple) else [value]
    return [it for it in several if isinstance(it, Model)]


def _of_population(
    name: str, population: Population, trial: int, data: Dataset | None, picked: Mapping[str, Any]
) -> Any:
    if name == MODELS:
        return _by_place(population) if "trial" not in picked else {"": population[trial]}
    if name in (OTHER, OTHERS):
        n = 1 if name == OTHER else 2
        to = _others(population, trial, n, picked.get("to"))
        return to[0] if n == 1 else to
    if name == MODEL:  # not before it is asked for: a study may not have kept its weights
        return population[trial]
    return {POPULATION: population, TRIALS: population, TRIAL: trial, DATA: data}[name]


def _by_place(population: Population) -> dict[str, Model]:
    """The best, median and worst network, without duplicates."""
    found: dict[int, str] = {}
    for place in PLACES:
        found.setdefault(trial_of(population, place), place)
    return {f"{place}, seed {population[i].seed}": population[i] for i, place in found.items()}


def _others(population: Population, trial: int, n: int, to: object) -> Sequence[Model]:
    """The networks that `to` names, or the next best with the same structure."""
    chosen: list[Model]
    if to is not None:
        wanted = to if isinstance(to, list | tuple) else [to]
        chosen = [
            it if isinstance(it, Model) else population[trial_of(population, it)] for it in wanted
        ]
    else:
        network = population[trial].network
        ranked = (population[int(i)] for i in population.ranking if i != trial)
        chosen = list([it for it in ranked if it.network == network][:n])
    if len(chosen) != n:
        raise DataError(
            f"to: expected {n} more networks of the same structure, got {len(chosen)}; "
            "train more seeds"
        )
    return chosen


def trial_of(population: Population, which: object) -> int:
    """The number of a trial given as "best", "median", "worst" or a number."""
    if isinstance(which, str) and which in PLACES:
        if not len(population):
            raise DataError("population: expected at least one trial, got none")
        place = {"best": 0.0, "median": 0.5, "worst": 1.0}[which]
        return int(population.ranking[int(place * (len(population) - 1))])
    try:
        trial = -1 if isinstance(which, bool | str) else index(which)  # type: ignore[arg-type]
    except TypeError:
        trial = -1
    if not 0 <= trial < len(population):
        last = len(population) - 1
        fail("trial", f'"best", "median", "worst" or a number from 0 to {last}', which)
    return trial
