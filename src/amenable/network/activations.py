"""The activations by name. Their arithmetic is in the core; a new one is one line here."""

from __future__ import annotations

from collections.abc import Mapping

from amenable.description import NON_NEGATIVE, ExpressionParameter, Names

NAMES = Names(
    "activation",
    {
        "identity": None,
        "sigmoid": None,
        "tanh": None,
        "scaled_tanh": None,  # 1.7159 tanh(2x / 3), LeCun 1989
        "softsign": None,  # x / (1 + |x|)
        "relu": None,
        "leaky_relu": ExpressionParameter(0.01),  # slope below zero
        "elu": ExpressionParameter(1.0, NON_NEGATIVE),  # minus the limit on the left
        "gelu": None,  # the exact one, with erf
        "silu": None,  # x sigmoid(x)
        "softplus": None,
        "sine": None,
        "gaussian": None,  # exp(-x^2)
        "step": None,  # 1 for x > 0, else 0: has no gradient, cannot be trained
    },
    elsewhere={
        "linear": "identity",
        "none": "identity",
        "logistic": "sigmoid",
        "swish": "silu",
        "sin": "sine",
        "rbf": "gaussian",
        "heaviside": "step",
        "threshold": "step",
    },
)

ACTIVATIONS: Mapping[str, float | None] = NAMES.defaults
"""Name to default parameter, or None where the activation takes none."""


def parse_activation(text: str, field: str = "activation") -> tuple[str, float | None]:
    """Name and parameter of an activation.

    Parameters
    ----------
    text : str
        A name, or "name(parameter)".
    field : str
        What to call it in an error.

    Returns
    -------
    tuple of str and float or None
        The default parameter where none is given; None where the activation takes none.

    Raises
    ------
    DescriptionError
        If there is no such activation or the parameter is out of range.

    Examples
    --------
    >>> parse_activation("leaky_relu(0.1)")
    ('leaky_relu', 0.1)
    >>> parse_activation("tanh")
    ('tanh', None)
    """
    return NAMES.parse(field, text)
