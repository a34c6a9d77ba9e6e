"""Networks of the literature, with the counts of their papers: `Network.summary` shows them.

LeCun, Boser, Denker, Henderson, Howard, Hubbard and Jackel 1989, "Backpropagation applied to
handwritten zip code recognition", Neural Computation 1:541-551; the same authors 1989,
"Handwritten digit recognition with a back-propagation network", NIPS 2; LeCun, Bottou, Bengio and
Haffner 1998, "Gradient-based learning applied to document recognition", Proc. IEEE 86:2278-2324.
"""

from __future__ import annotations

from functools import partial

from amenable.description import fail
from amenable.network.convolution import Conv2d
from amenable.network.dense import Dense
from amenable.network.images import image_shape
from amenable.network.network import Network
from amenable.network.pooling import AvgPool2d

ACTIVATION = "scaled_tanh"  # of all three papers: 1.7159 tanh(2x / 3)
BACKGROUND = -1.0  # white, in images from -1 to 1

# Which of 12 input maps each of 12 maps takes. The paper of 1989 says eight each, "according to a
# scheme that will not be described here"; these are three blocks of four maps, each with eight.
_BLOCKS = ((0, 1, 2, 3, 4, 5, 6, 7), (4, 5, 6, 7, 8, 9, 10, 11), (0, 1, 2, 3, 8, 9, 10, 11))
LENET1989_CONNECTIONS = tuple(_BLOCKS[i // 4] for i in range(12))

# Table 1 of the paper at NIPS: which of 4 maps each of 12 maps sees; four see one, eight see two.
LENET1_CONNECTIONS = (
    (0,), (0, 1), (0, 1), (1,), (0, 1), (0, 1), (2,), (2, 3), (2, 3), (3,), (2, 3), (2, 3)
)  # fmt: skip

# Table I of the paper of 1998: which of 6 maps each of 16 maps sees.
LENET5_CONNECTIONS = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip


def lenet1989(activation: str = ACTIVATION, output: str = ACTIVATION) -> Network:
    """The network of Neural Computation 1989, for images of 16 x 16 from -1 (white) to 1.

    It has 1,256 units, 64,660 connections and 9,760 parameters, as in the paper; biases are not
    shared. The paper does not say which maps the maps of the second layer see. Here each block of
    four maps sees eight of the twelve.

    Parameters
    ----------
    activation, output : str
        Activations of the hidden layers and of the last layer. With logistic or softmax loss, write
        output="identity".

    References
    ----------
    LeCun et al. 1989, Neural Computation 1:541-551.

    Examples
    --------
    >>> lenet1989().structure, lenet1989().n_parameters
    ('16x16-12@8x8-12@4x4-30-10', 9760)
    """
    halved = partial(Conv2d, 12, 5, 2, 2, BACKGROUND, activation=activation, unit_biases=True)
    return Network(
        (1, 16, 16),
        (
            halved(),
            halved(connections=LENET1989_CONNECTIONS),
            Dense(30, activation),
            Dense(10, output),
        ),
    )


def lenet1(activation: str = ACTIVATION, output: str = ACTIVATION) -> Network:
    """The network of NIPS 1989, for images of 28 x 28: a digit of 16 x 16 in a frame.

    It has 98,442 connections and 2,578 parameters, as in the paper, which counts one unit more than
    the 4,634 here. The second and fourth layers take means, with a coefficient and a bias for each
    map.

    Parameters
    ----------
    activation, output : str
        Activations of the hidden layers and of the last layer.

    References
    ----------
    LeCun et al. 1989, "Handwritten digit recognition with a back-propagation network", NIPS 2.

    Examples
    --------
    >>> lenet1().structure, lenet1().n_parameters
    ('28x28-4@24x24-4@12x12-12@8x8-12@4x4-10', 2578)
    """
    mean = AvgPool2d(2, coefficient=True, bias=True, activation=activation)
    return Network(
        (1, 28, 28),
        (
            Conv2d(4, kernel=5, activation=activation),
            mean,
            Conv2d(12, kernel=5, connections=LENET1_CONNECTIONS, activation=activation),
            mean,
            Dense(10, output),
        ),
    )


def lenet5(
    inputs: tuple[int, int, int] = (1, 32, 32),
    activation: str = ACTIVATION,
    output: str = "identity",
) -> Network:
    """The network of 1998, with a dense output layer in place of its radial basis functions.

    It has 60,000 trainable parameters before the last layer, as in the paper. The paper's last
    layer has no parameters; the dense layer here has 850. The connections of each layer are the
    paper's, plus 10 biases in the last. The second and fourth layers multiply means; the paper
    multiplies sums of four, which is the same function with other coefficients. Images are 32 x 32,
    a digit of 28 x 28 in a frame. For smaller images, such as (1, 28, 28), the first layer adds the
    frame.

    Parameters
    ----------
    inputs : tuple of three
        (channels, height, width). Sizes up to 32 must be even, because the frame is equally wide on
        both sides. With larger sizes, the third convolution sees several places.
    activation, output : str
        Activations of the hidden layers and of the last layer.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner 1998, Proc. IEEE 86:2278-2324.

    Examples
    --------
    >>> lenet5().structure, lenet5().n_parameters
    ('32x32-6@28x28-6@14x14-16@10x10-16@5x5-120@1x1-84-10', 60850)
    """
    _, *size = image_shape("lenet5.inputs", inputs)
    if any(n < 32 and n % 2 for n in size):
        fail("lenet5.inputs", "even height and width where below 32", inputs, "such as (1, 28, 28)")
    height, width = (max(0, (32 - n) // 2) for n in size)
    mean = AvgPool2d(2, coefficient=True, bias=True, activation=activation)
    return Network(
        inputs,
        (
            Conv2d(6, kernel=5, padding=(height, width), border=BACKGROUND, activation=activation),
            mean,
            Conv2d(16, kernel=5, connections=LENET5_CONNECTIONS, activation=activation),
            mean,
            Conv2d(120, kernel=5, activation=activation),
            Dense(84, activation),
            Dense(10, output),
        ),
    )
