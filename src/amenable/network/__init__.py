"""Networks described: inputs and layers, no weights, no arithmetic.

activations.py has the table of activations, layers.py a layer, network.py layers put together,
parameters.py the arrays that a network's weights are.
"""

from amenable.network.activations import ACTIVATIONS, parse_activation
from amenable.network.layers import Dense
from amenable.network.network import Network, mlp
from amenable.network.parameters import check_names, flattened, numbers, unflattened

__all__ = [
    "ACTIVATIONS",
    "Dense",
    "Network",
    "check_names",
    "flattened",
    "mlp",
    "numbers",
    "parse_activation",
    "unflattened",
]
