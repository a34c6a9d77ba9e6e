"""The table of settings: the name, owner, help and values of each.

It is made from the fields of `Training`, of the optimizers and schedules, and the arguments of
`mlp`: a new field is a new row, and its help is the first sentence about it in the docstring of its
class. Options of the command line, keys of study files, errors and `docs/settings.md` come from it.
A value is checked by making the description that it belongs to.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np

from amenable.description import did_you_mean, fail, quote
from amenable.errors import DescriptionError
from amenable.network import Network, lenet1, lenet5, lenet1989, mlp
from amenable.training import OPTIMIZERS, SCHEDULES, Training, checks, parts

OF_TRAINING = tuple(one.name for one in fields(Training))
PARTS = ("optimizer", "schedule")
PRESETS: Mapping[str, Callable[[], Network]] = {
    "lenet1989": lenet1989,
    "lenet1": lenet1,
    "lenet5": lenet5,
}
SPACE = "Space"  # where errors about settings begin
SCHEDULE_STEPS = "schedule.steps"  # the one field of a schedule whose name a training has too
WITHOUT_HIDDEN = ("activation", "dropout")  # have no effect where there is no hidden layer
CAN_BE_NONE = tuple(
    one.name
    for one in fields(Training)
    if one.default is None and one.name not in ("epochs", "steps")
)
NETWORK, TRAINING, OPTIMIZER, SCHEDULE = "network", "training", "optimizer", "schedule"
HELP_OF_NETWORK = "A whole network in place of hidden layers: lenet1989, lenet1 or lenet5."
# Names of values in the help, for settings whose type does not tell.
METAVARS = {"hidden": "WIDTHS", "lr": "RATE", "goal": "GOAL", "class_weights": "WEIGHTS"}
# Numbers that are drawn by their logarithm, because their ratios matter.
BY_RATIO = frozenset(
    (
        *("lr", "batch", "epochs", "steps", "warmup", "patience", "probe_every", "every", "tau"),
        *("l1", "l2", "weight_decay", "clip_norm", "eps", "damping", "samples", SCHEDULE_STEPS),
        *("step_min", "step_max"),
    )
)
ENTRY = re.compile(r"^(\S[^\n]*?) :[^\n]*\n((?: +[^\n]+\n?)+)", re.MULTILINE)  # of a docstring


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Parameters
    ----------
    name : str
        As in Python, study files and tables: "lr", "schedule.steps".
    part : str
        Whose it is: "network", "training", "optimizer" or "schedule".
    owners : tuple of str
        The optimizers or schedules that have it; empty of those that are always there.
    kind : str
        Annotation of the field: "float | None".
    default : Any
        Of its first owner; None also where it has none.
    help : str
        A sentence.
    """

    name: str
    part: str
    owners: tuple[str, ...]
    kind: str
    default: Any
    help: str

    @property
    def option(self) -> str:
        """On the command line: "--weight-decay"."""
        return "--" + self.name.replace("_", "-").replace(".", "-")

    @property
    def is_whole(self) -> bool:
        """Whether it counts something."""
        return "int" in self.kind and "float" not in self.kind

    @property
    def is_number(self) -> bool:
        """Whether a range of it can be meant."""
        return self.is_whole or self.kind.startswith("float")

    @property
    def is_by_ratio(self) -> bool:
        """Whether a range of it is drawn by the logarithm."""
        return self.name in BY_RATIO

    @property
    def metavar(self) -> str:
        """What stands for a value in help."""
        if self.name in METAVARS:
            return METAVARS[self.name]
        if self.kind == "bool":
            return "true|false"
        if self.is_number:
            return "N" if self.is_whole else "NUMBER"
        return "NUMBERS" if self.kind.startswith("tuple") else "NAME"


def sentences(owner: object) -> dict[str, str]:
    """The first sentence about each parameter in a numpydoc docstring.

    Examples
    --------
    >>> sentences(mlp)["dropout"]
    'Probability that the output of a hidden unit is dropped while training.'
    """
    _, _, rest = (inspect.getdoc(owner) or "").partition("Parameters\n----------\n")
    section = re.split(r"\n\n\S[^\n]*\n-+\n", rest)[0]
    found: dict[str, str] = {}
    for names, about in ENTRY.findall(section):
        text = " ".join(about.split()).replace("`", "")
        for name in names.split(", "):
            found[name.lstrip("*")] = re.split(r"(?<=\.) (?=[A-Z\"])", text)[0]
    return found


def _of_parts(what: str, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Field to the names of the parts that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        for field in parts.field_names(what, name):
            found[field] = (*found.get(field, ()), name)
    return found


OF_OPTIMIZER: Mapping[str, tuple[str, ...]] = _of_parts("optimizer", tuple(OPTIMIZERS))
OF_SCHEDULE: Mapping[str, tuple[str, ...]] = {
    SCHEDULE_STEPS if field == "steps" else field: names
    for field, names in _of_parts("schedule", tuple(SCHEDULES)).items()
}


def _table() -> dict[str, Setting]:
    """Rows in the order in which a reader looks for them."""
    about = sentences(mlp)
    arguments = inspect.signature(mlp).parameters
    rows = [Setting("network", NETWORK, (), "Network", None, HELP_OF_NETWORK)]
    for name in OF_MLP:
        one = arguments[name]
        rows.append(
            Setting(name, NETWORK, (), str(one.annotation), one.default, about.get(name, ""))
        )
    rows += _rows_of(Training, TRAINING, ())
    for part, owned in ((OPTIMIZER, OF_OPTIMIZER), (SCHEDULE, OF_SCHEDULE)):
        for name, owners in owned.items():
            row = next(
                it
                for it in _rows_of(parts.class_of(part, owners[0]), part, owners)
                if it.name == field_of(name)
            )
            rows.append(replace(row, name=name))
    found: dict[str, Setting] = {}
    for row in rows:
        found.setdefault(row.name, row)
    return found


def _rows_of(owner: type, part: str, owners: tuple[str, ...]) -> list[Setting]:
    about = sentences(owner)
    return [
        Setting(
            one.name,
            part,
            owners,
            str(one.type),
            None if one.default is MISSING else one.default,
            about.get(one.name, ""),
        )
        for one in fields(owner)
    ]


def field_of(name: str) -> str:
    """What the optimizer or schedule calls a setting."""
    return "steps" if name == SCHEDULE_STEPS else name


OF_MLP = tuple(
    name
    for name, one in inspect.signature(mlp).parameters.items()
    if one.kind is inspect.Parameter.KEYWORD_ONLY
)
SETTINGS: Mapping[str, Setting] = _table()
"""Name to setting: all that a space, a study file and the command line can vary."""
NAMES = tuple(SETTINGS)

ELSEWHERE = checks.ELSEWHERE | {
    "width": "hidden",
    "widths": "hidden",
    "units": "hidden",
    "layers": "hidden",
    "hidden_layers": "hidden",
    "hidden_layer_sizes": "hidden",
    "initializer": "init",
    "networks": "network",
    "optimiser": "optimizer",
    "solved": "goal",
}
# Some values are allowed only beside others, which another setting may give: Nesterov's momentum
# needs momentum, a least step must be below the greatest.
COMPANIONS: Mapping[str, Mapping[str, Any]] = {
    "nesterov": {"momentum": 0.5, "dampening": 0.0},
    "dampening": {"nesterov": False},
    "momentum": {"nesterov": False},
    "step_min": {"step_max": 1e300},
    "step_max": {"step_min": 0.0},
}


def check_name(name: object) -> str:
    """The name as it is kept; "optimizer.lr" is lr.

    Raises
    ------
    DescriptionError
        If there is no such setting; suggests one.
    """
    if isinstance(name, str):
        owner, _, field = name.partition(".")
        own = {"optimizer": OF_OPTIMIZER, "training": OF_TRAINING, "schedule": OF_SCHEDULE}
        if name not in NAMES and field in own.get(owner, ()):
            return field
        if name in NAMES:
            return name
    hint = did_you_mean(str(name), NAMES, ELSEWHERE) or f"known are {', '.join(NAMES)}"
    raise DescriptionError("unknown setting", where=(SPACE, str(name)), hint=hint)


def canonical(name: str, value: object) -> Any:
    """The JSON value that stands for a value of a setting.

    Raises
    ------
    DescriptionError
        If the setting cannot have that value.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if name in CAN_BE_NONE and isinstance(value, str) and value.strip().lower() == "none":
        value = None
    if name == "network":
        return _network(value)
    if name == "hidden":
        return _hidden(value)
    if name in OF_MLP:
        return _of_mlp(name, value)
    if name in PARTS:
        return parts.canonical(name, value)
    if name in ("epochs", "steps") and value is None:
        fail(name, "an integer >= 1", value, "leave it out for the default")
    return _plain(_checked(name, value))


def read_network(record: Any) -> Network:
    """The network that `canonical` recorded."""
    return _read_network(json.dumps(record))


@cache
def _read_network(text: str) -> Network:
    return Network.from_json(text)


def _checked(name: str, value: Any) -> Any:
    """A value of a field of training, optimizer or schedule, as that keeps it."""
    errors: list[DescriptionError] = []
    if name in OF_TRAINING:
        changes: dict[str, Any] = (
            {"epochs": None, name: value} if name == "steps" else {name: value}
        )
        try:
            return getattr(replace(Training(), **changes), name)
        except DescriptionError as error:
            errors.append(error)
    field = field_of(name)
    for what, owners in (("optimizer", OF_OPTIMIZER), ("schedule", OF_SCHEDULE)):
        for owner in owners.get(name, ()):
            others = {**parts.PLACEHOLDERS, **COMPANIONS.get(name, {}), field: value}
            try:
                return getattr(parts.make(what, parts.Call(owner, {}), others), field)
            except DescriptionError as error:
                errors.append(error)
    raise errors[0]


def _plain(value: Any) -> Any:
    return [_plain(it) for it in value] if isinstance(value, tuple) else value


def _network(value: object) -> Any:
    if isinstance(value, str):
        if value not in PRESETS:
            hint = did_you_mean(value, PRESETS) or f"known are {', '.join(PRESETS)}"
            raise DescriptionError(f"unknown network {quote(value)}", where="network", hint=hint)
        value = PRESETS[value]()
    if isinstance(value, Mapping):
        value = Network.from_dict({"version": 1, **value})
    if not isinstance(value, Network):
        fail(
            "network",
            "a Network, the record of one or the name of a LeNet",
            value,
            "write mlp(2, 8, 1)",
        )
    value.check_trainable()
    return value.to_dict()


def _hidden(value: object) -> list[int]:
    """Widths of the hidden layers, of which there may be none."""
    if value is None or (isinstance(value, str) and value.strip().lower() == "none"):
        return []
    widths = value if isinstance(value, list | tuple) else (value,)
    try:
        return list(mlp(1, *widths, 1).hidden)
    except DescriptionError:
        fail(
            "hidden", "a width or several, each an integer >= 1", value, "such as 8, (8, 8) or none"
        )


def _of_mlp(name: str, value: Any) -> Any:
    hidden, last = mlp(1, 1, 1, **{name: value}).layers
    if name == "output":
        last_only = mlp(1, 1, output=value)
        last_only.check_trainable()
        return last.activation
    if name == "activation":
        mlp(1, 1, 1, activation=value).check_trainable()
    return getattr(hidden, name)
