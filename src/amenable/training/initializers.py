"""Distributions of initial weights by name. Their arithmetic is in the core."""

from __future__ import annotations

from collections.abc import Mapping

from amenable.description import NON_NEGATIVE, ExpressionParameter, Names

NAMES = Names(
    "initializer",
    {
        "pytorch": None,  # uniform within 1 / sqrt(fan-in), what torch.nn.Linear does
        "glorot_uniform": None,
        "glorot_normal": None,
        "he_uniform": None,
        "he_normal": None,
        "lecun_uniform": None,
        "lecun_normal": None,
        "lecun1989": None,  # uniform within 2.4 / fan-in, LeCun 1989
        "orthogonal": ExpressionParameter(1.0),  # gain
        "uniform": ExpressionParameter(0.5, NON_NEGATIVE),  # largest size
        "normal": ExpressionParameter(0.1, NON_NEGATIVE),  # standard deviation
        "constant": ExpressionParameter(0.0),
    },
    elsewhere={
        "xavier_uniform": "glorot_uniform",
        "xavier_normal": "glorot_normal",
        "kaiming_uniform": "he_uniform",
        "kaiming_normal": "he_normal",
        "zeros": "constant",
        "ones": "constant",
        "gaussian": "normal",
        "torch": "pytorch",
    },
)

INITIALIZERS: Mapping[str, float | None] = NAMES.defaults
"""Name to default parameter, or None where the initializer takes none."""

RELU_FAMILY = ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")  # "auto" is He's for these


def parse_initializer(text: str, field: str = "init") -> tuple[str, float | None]:
    """Name and parameter of an initializer.

    Parameters
    ----------
    text : str
        A name, or "name(parameter)"; not "auto", which `Training.resolved_init` resolves.
    field : str
        What to call it in an error.

    Raises
    ------
    DescriptionError
        If there is no such initializer or the parameter is out of range.

    Examples
    --------
    >>> parse_initializer("orthogonal(1.4)"), parse_initializer("he_normal")
    (('orthogonal', 1.4), ('he_normal', None))
    """
    return NAMES.parse(field, text)
