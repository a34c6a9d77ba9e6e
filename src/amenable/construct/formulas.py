"""Boolean functions as networks: `logic` of an expression, `parity` of n inputs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from amenable.construct.expressions import Tree, names_of, natural, parse, values_of
from amenable.construct.threshold import Circuit, Form
from amenable.description import POSITIVE, choice, fail, integer, items, number, short
from amenable.errors import DescriptionError
from amenable.model import Model
from amenable.network import Dense, Network

MOST_INPUTS = 16  # of an expression: 65,536 rows to check
WIDEST_PARITY = 256
ACTIVATIONS = ("step", "sigmoid")
OFF = 0.01  # how far sigmoid units are from 0 or 1 at most, where their sharpness is not given


def logic(
    expression: str,
    activation: str = "step",
    *,
    inputs: Sequence[str] | None = None,
    sharpness: float | None = None,
) -> Model:
    """A Boolean expression as a network of thresholds, correct on every row of its truth table.

    Inputs and output are 0 or 1. A chain of and, or and not, each nested inside the next, is a
    single unit: "x1 and not x2 or x3" is one neuron. Other parts get units of their own. The parity
    of k parts needs k // 2 hidden units, because the sum of the parts also goes to the output.
    Units in deeper layers read inputs and earlier units through shortcuts.

    **Bound.** Weights are whole numbers, and thresholds are 1/2 away from every possible sum, so a
    step is exact. A sigmoid with weights times `sharpness` is within d of its step if ``sharpness
    (1/2 - W d) >= log((1 - d) / d)``, where W is the largest sum of weights from hidden units to a
    unit. By default, sharpness is chosen for d = 0.01 (or 1 / (4 W) if that is less). This
    sharpness lets gradients through, so that the network can be trained further.

    **Floating point** (float32, in which whole numbers below 2**24 are exact) sets no limit.
    Weights double with each change between nested "and" and "or"; if their sum would exceed 2**12,
    the inner part becomes a unit. All rows are evaluated when the network is made.

    Parameters
    ----------
    expression : str
        Names, ``and``, ``or``, ``xor``, ``not``, parentheses, ``true``, ``false``, 1, 0 and
        ``parity(x1, x2, x3)``. ``not`` binds first, then ``and``, ``xor``, ``or``.
    activation : str
        "step", or "sigmoid", which has a gradient.
    inputs : sequence of str, optional
        Names of the inputs in order, at most 16; by default those in the expression, with x2 before
        x10.
    sharpness : float, optional
        Factor of a sigmoid's weights.

    Returns
    -------
    Model
        It has one output, and its `about` names the inputs.

    Raises
    ------
    DescriptionError
        If the text is not an expression (the message says where), if it has no inputs or too many,
        or if the sharpness is too small.

    References
    ----------
    McCulloch, Pitts 1943, Bulletin of Mathematical Biophysics 5:115-133.

    Examples
    --------
    >>> model = logic("x1 and not x2 or x3")
    >>> model.network.structure, model.flat
    ('3-1', array([ 1. , -1. ,  2. , -0.5]))
    >>> logic("x1 xor x2").decision([[0, 0], [0, 1], [1, 0], [1, 1]]).ravel()
    array([0., 1., 1., 0.])
    """
    if not isinstance(expression, str):
        fail("logic.expression", 'a text such as "x1 and not x2"', expression)
    activation = choice("logic.activation", activation, ACTIVATIONS)
    tree = parse(expression)
    names = _names(tree, inputs)
    layers = Circuit({name: i for i, name in enumerate(names)}).build(tree)
    factor = _sharpness("logic", activation, sharpness, layers)
    plain = " ".join(expression.split())
    about = f"{plain}, of {', '.join(names)}{_manner(activation, factor)}."
    model = _model(layers, len(names), activation, factor, about)
    rows = _truth_table(len(names))
    columns = {name: rows[:, i] for i, name in enumerate(names)}
    _check("logic", model, rows, values_of(tree, columns), sharpness)
    return model


def parity(n: int, activation: str = "step", *, sharpness: float | None = None) -> Model:
    """Whether an odd number of n inputs are 1, by one hidden layer of n thresholds.

    Hidden unit j is 1 if at least j inputs are 1; the output adds the units up with signs +, -, +,
    …. Written out row by row, parity would need 2**(n - 1) hidden units. ``logic("parity(x1,
    x2)")`` needs half as many units as this network, but has shortcuts. This is an ordinary
    network, of the kind that is trained.

    **Bound.** As in `logic`: steps are exact, and by default each sigmoid is within d = min(0.01, 1
    / (4 n)) of its step. This is checked for every number of ones; nothing else matters, because
    all inputs have the same weight. **Floating point** (float32): whole numbers up to n are exact.

    Parameters
    ----------
    n : int
        Inputs, from 1 to 256.
    activation, sharpness
        As in `logic`.

    Returns
    -------
    Model
        n-n-1.

    Raises
    ------
    DescriptionError
        If an argument is out of range.

    References
    ----------
    Rumelhart, Hinton, Williams 1986, in Parallel Distributed Processing 1, chapter 8: the hidden
    units for parity of any size.

    Examples
    --------
    >>> parity(3).decision([[0, 0, 0], [0, 1, 0], [1, 1, 0], [1, 1, 1]]).ravel()
    array([0., 1., 0., 1.])
    """
    n = integer("parity.n", n, 1, WIDEST_PARITY)
    activation = choice("parity.activation", activation, ACTIVATIONS)
    ones = tuple(((0, i), 1) for i in range(n))
    hidden = [Form(ones, j, 0, n) for j in range(1, n + 1)]
    signs = tuple(((1, j), 1 - 2 * (j % 2)) for j in range(n))
    layers = [hidden, [Form(signs, 1, 0, 1)]]
    factor = _sharpness("parity", activation, sharpness, layers)
    units = f"{n} hidden unit{'s' if n > 1 else ''}"
    about = f"Whether an odd number of {n} inputs is 1, by {units}{_manner(activation, factor)}."
    model = _model(layers, n, activation, factor, about)
    rows = np.tri(n + 1, n, -1, dtype=bool)
    _check("parity", model, rows, rows.sum(axis=1) % 2 == 1, sharpness)
    return model


def _names(tree: Tree, inputs: Sequence[str] | None) -> tuple[str, ...]:
    """Names of the inputs, in order."""
    used = sorted(set(names_of(tree)), key=natural)
    hint = "write inputs=('x1', 'x2')"
    if inputs is None:
        names = tuple(used)
        if not names:
            raise DescriptionError(f"logic.expression: the expression has no inputs; {hint}")
    else:
        given = items("logic.inputs", inputs, "a list of unique names", hint)
        names = tuple(str(it) for it in given)
        if not names or len(set(given)) < len(given) or any(not isinstance(i, str) for i in given):
            fail("logic.inputs", "a list of unique names", inputs, hint)
        missing = [name for name in used if name not in names]
        if missing:
            fail("logic.inputs", f"all names of the expression, such as {missing[0]}", inputs)
    if len(names) > MOST_INPUTS:
        rows = f"so that all {2**MOST_INPUTS:,} rows can be checked"
        fail("logic.inputs", f"at most {MOST_INPUTS} inputs, {rows}", len(names))
    return names


def _truth_table(n: int) -> NDArray[np.bool_]:
    """All rows of n inputs."""
    rows: NDArray[np.bool_] = (np.arange(2**n)[:, None] >> np.arange(n)[::-1]) % 2 == 1
    return rows


def _sharpness(
    owner: str, activation: str, given: float | None, layers: Sequence[Sequence[Form]]
) -> float:
    """The factor of all weights."""
    if activation == "step":
        if given is not None:
            fail(f"{owner}.sharpness", 'none for the activation "step"', given)
        return 1.0
    if given is not None:
        return number(f"{owner}.sharpness", given, POSITIVE)
    heaviest = max(
        sum(abs(weight) for signal, weight in form.weights if signal[0])
        for layer in layers
        for form in layer
    )
    off = min(OFF * 0.999, 1 / (4 * max(heaviest, 1)))  # the rest is for rounding
    return math.log((1 - off) / off) / (0.5 - heaviest * off)


def _manner(activation: str, factor: float) -> str:
    return "" if activation == "step" else f", in sigmoids of sharpness {factor:.3g}"


def _model(
    layers: Sequence[Sequence[Form]], n: int, activation: str, factor: float, about: str
) -> Model:
    """The units as dense layers; a unit has weight 0 for what it does not need."""
    widths = [n, *map(len, layers)]
    dense: list[Dense] = []
    flat: list[NDArray[np.float64]] = []
    for k, forms in enumerate(layers, start=1):
        sources = sorted({signal[0] for form in forms for signal, _ in form.weights} - {k - 1})
        dense.append(Dense(len(forms), activation, shortcuts=tuple(sources)))
        order = [k - 1, *sources]
        ends = np.cumsum([0, *(widths[it] for it in order)])
        starts = dict(zip(order, ends, strict=False))
        weights = np.zeros((len(forms), ends[-1]))
        for row, form in zip(weights, forms, strict=True):
            for (layer, place), weight in form.weights:
                row[starts[layer] + place] = weight
        biases = np.array([0.5 - form.threshold for form in forms])
        flat += [weights.ravel() * factor, biases * factor]
    return Model(Network(n, tuple(dense)), np.concatenate(flat), "float32", about)


def _check(
    owner: str,
    model: Model,
    rows: NDArray[np.bool_],
    expected: NDArray[np.bool_],
    sharpness: float | None,
) -> None:
    """Refuse a sharpness that is too small; any other error is a fault of this code."""
    off = np.abs(model.decision(rows)[:, 0] - expected)
    if sharpness is not None and off.max() >= 0.5:
        row = ", ".join(str(int(it)) for it in rows[int(off.argmax())])
        fail(
            f"{owner}.sharpness",
            f"a larger one, as the output for ({row}) would be wrong by "
            f"{short(round(float(off.max()), 3))}",
            sharpness,
            "leave it out",
        )
    limit = OFF if sharpness is None else 0.5
    assert off.max() <= limit, f"{model!r} is off by {off.max()}"
