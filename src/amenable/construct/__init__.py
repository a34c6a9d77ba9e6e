"""Networks whose weights are computed, not trained; each states its error, and proves it.

Each function returns a `Model`. It can be evaluated layer by layer, drawn, saved and folded.
`train` can start from it, with some of its weights frozen.
"""

from amenable.construct.approximation import approximate
from amenable.construct.depth import sawtooth, square
from amenable.construct.folding import fold
from amenable.construct.formulas import logic, parity
from amenable.construct.rectifier import relu_from_sigmoids
from amenable.construct.sigmoids import detector, passthrough, passthrough_scale

__all__ = [
    "approximate",
    "detector",
    "fold",
    "logic",
    "parity",
    "passthrough",
    "passthrough_scale",
    "relu_from_sigmoids",
    "sawtooth",
    "square",
]


def __dir__() -> list[str]:
    return __all__
