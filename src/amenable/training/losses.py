"""The losses by name, and what they can be used for. Their arithmetic is in the core.

Each is the mean over samples and outputs, as in PyTorch (softmax: over samples).
"""

from __future__ import annotations

from collections.abc import Mapping

from amenable.description import POSITIVE, ExpressionParameter, Names

NAMES = Names(
    "loss",
    {
        "squared": None,
        "absolute": None,
        "huber": ExpressionParameter(1.0, POSITIVE),  # the error at which squared becomes absolute
        "logistic": None,  # on logits, with the sigmoid inside
        "softmax": None,  # on logits, with the softmax inside
        "hinge": ExpressionParameter(1.0, POSITIVE),  # margin
        "squared_hinge": ExpressionParameter(1.0, POSITIVE),  # margin
        "exponential": None,  # AdaBoost's
    },
    elsewhere={
        "mse": "squared",
        "l2": "squared",
        "mean_squared_error": "squared",
        "mae": "absolute",
        "l1": "absolute",
        "smooth_l1": "huber",
        "bce": "logistic",
        "binary_cross_entropy": "logistic",
        "log_loss": "logistic",
        "cross_entropy": "softmax",
        "categorical_crossentropy": "softmax",
    },
)

LOSSES: Mapping[str, float | None] = NAMES.defaults
"""Name to default parameter, or None where the loss takes none."""

REGRESSION_LOSSES = ("squared", "absolute", "huber")  # fit numbers, and classes coded as numbers


def parse_loss(text: str, field: str = "loss") -> tuple[str, float | None]:
    """Name and parameter of a loss.

    Parameters
    ----------
    text : str
        A name, or "name(parameter)"; not "auto", which `Training.resolved_loss` resolves.
    field : str
        What to call it in an error.

    Raises
    ------
    DescriptionError
        If there is no such loss or the parameter is out of range.

    Examples
    --------
    >>> parse_loss("huber(0.5)"), parse_loss("hinge"), parse_loss("squared")
    (('huber', 0.5), ('hinge', 1.0), ('squared', None))
    """
    return NAMES.parse(field, text)
