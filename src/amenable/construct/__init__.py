"""Networks whose weights are worked out, not trained; each says how far off it is, and why.

Each function returns a `Model`, which can be evaluated layer by layer, drawn, saved, folded, and
given to `train` as the start, partly frozen if so wanted.
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
