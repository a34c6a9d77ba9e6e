"""Descriptions of networks: inputs and layers, without weights or arithmetic.

activations.py has the table of activations. layer.py defines what a layer is; dense.py,
convolution.py and pooling.py are the layers, images.py what layers for images share, and kinds.py
their table. network.py puts layers together, summary.py adds up what they need, presets.py has
networks of the literature, and parameters.py the arrays of a network's weights.
"""

from amenable.network.activations import ACTIVATIONS, parse_activation
from amenable.network.convolution import Conv2d, LocallyConnected2d
from amenable.network.dense import Dense
from amenable.network.layer import Layer, Shape, Window
from amenable.network.network import Network, mlp
from amenable.network.parameters import check_array, check_names, flatten, unflatten
from amenable.network.pooling import AvgPool2d, MaxPool2d
from amenable.network.presets import lenet1, lenet5, lenet1989
from amenable.network.summary import NetworkSummary

__all__ = [
    "ACTIVATIONS",
    "AvgPool2d",
    "Conv2d",
    "Dense",
    "Layer",
    "LocallyConnected2d",
    "MaxPool2d",
    "Network",
    "NetworkSummary",
    "Shape",
    "Window",
    "check_array",
    "check_names",
    "flatten",
    "lenet1",
    "lenet5",
    "lenet1989",
    "mlp",
    "parse_activation",
    "unflatten",
]
