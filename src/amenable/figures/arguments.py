"""Checks of the arguments of figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from amenable.answers import table_of
from amenable.answers.trial_table import TrialTable
from amenable.datasets import Dataset
from amenable.datasets.images import sized
from amenable.description import fail
from amenable.errors import DataError
from amenable.model import Model
from amenable.population import Population

LONGEST_NAME = 40  # characters in a legend: more would leave no room for the picture


def as_model(field: str, value: object) -> Model:
    """A network with weights."""
    if not isinstance(value, Model):
        fail(field, "a Model", value, "pick one from a population, such as population.best")
    return value


def as_population(field: str, value: object) -> Population:
    """Trials, at least one."""
    if not isinstance(value, Population):
        fail(field, "a Population", value, "pass what train(...) returns")
    if not len(value):
        raise DataError(f"{field}: expected at least one trial, got none")
    return value


def as_results(field: str, value: object) -> TrialTable:
    """Finished trials, of a study or of a population."""
    if isinstance(value, TrialTable):
        return value
    return table_of(as_population(field, value))


def as_models(field: str, value: object, names: Sequence[str] | None = None) -> dict[str, Model]:
    """Models by name; the names are given, or taken from the models."""
    if isinstance(value, Mapping):
        listed = list(value.values())
        names = [str(name) for name in value] if names is None else names
    else:
        is_several = isinstance(value, list | tuple | Population)
        listed = list(value) if is_several else [value]  # type: ignore[call-overload]
    models = [as_model(f"{field}[{i}]", it) for i, it in enumerate(listed)]
    if not models:
        fail(field, "at least one Model", value)
    if names is None:
        names = [name_of(it) for it in models]
    if isinstance(names, str) or len(names) != len(models):
        fail("names", f"{len(models)} texts, one for each model", names)
    return dict(zip(_distinct([str(name) for name in names]), models, strict=True))


def name_of(model: Model) -> str:
    """The model's name in a legend: its own description if that is short, else its structure."""
    if 0 < len(model.about) <= LONGEST_NAME:
        return model.about
    return f"{model.network.structure} {model.network.activation}"


def as_samples(field: str, data: object, split: str, model: Model) -> Dataset:
    """A dataset that has samples in the split and as many inputs as the model."""
    if not isinstance(data, Dataset):
        fail(field, "a Dataset", data, 'write load("moons")')
    if not len(data.split(split)[0]):
        raise DataError(f"split: '{data.name}' has no {split} samples; choose another split")
    taken, image = model.network.input_shape, data.image
    if taken is not None and image is not None and image != taken:
        raise DataError(
            f"{field}: '{data.name}' has images of {sized(image)}, but the network "
            f"{model.network.structure} takes {sized(taken)}; pass data.fitted_to({taken})"
        )
    if data.n_inputs != model.network.inputs:
        raise DataError(
            f"{field}: '{data.name}' has {data.n_inputs} inputs, but the network "
            f"{model.network.structure} has {model.network.inputs}; pass the data it was made for"
        )
    return data


def _distinct(names: list[str]) -> list[str]:
    """The names, with a number after those that repeat."""
    found: list[str] = []
    for name in names:
        candidate, n = name, 1
        while candidate in found:
            n += 1
            candidate = f"{name} ({n})"
        found.append(candidate)
    return found
