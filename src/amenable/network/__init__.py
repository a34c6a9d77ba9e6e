"""Networks described: inputs and layers, no weights, no arithmetic.

activations.py has the table of activations, layers.py a layer, network.py layers put together.
"""

from amenable.network.activations import ACTIVATIONS, parse_activation
from amenable.network.layers import Dense
from amenable.network.network import Network, mlp

__all__ = ["ACTIVATIONS", "Dense", "Network", "mlp", "parse_activation"]
