"""`fold`: merges layers without nonlinearity into the layers that they feed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from amenable.description import fail
from amenable.errors import DataError
from amenable.model import Model
from amenable.network import Dense, Network

Floats = NDArray[np.float64]
Sums = dict[int, Floats]  # how something depends on each source: 0 the input, k layer k's outputs


def fold(model: Model) -> Model:
    """The same function without identity layers; each is merged into the layers that it feeds.

    W2 (W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2): a layer without nonlinearity adds nothing that
    the next layer could not do alone. A network that has only identity layers becomes a single
    layer, however deep it was. Shortcuts from merged layers and past them are kept. Other layers
    stay, with their activation and dropout. If nothing can be merged, the network stays as it is.

    **Bound.** In exact numbers the function is the same. **Floating point**: the products are
    computed in float64, and the dtype is kept. Both networks round when they are evaluated, each
    sum of n products by at most about n units times the sizes of its terms (Higham 2002, Accuracy
    and Stability of Numerical Algorithms, section 3.1). Such a rounding can flip a step activation.

    A narrow identity layer can save parameters: 100-2-100 has 502, and 10,100 when folded. Dropout
    of a merged layer is lost.

    Parameters
    ----------
    model : Model
        Any model, including a `TrainedNetwork`.

    Returns
    -------
    Model

    Raises
    ------
    DescriptionError
        If this is not a Model, or has layers for images.
    DataError
        If a product of weights exceeds the largest number.

    Examples
    --------
    >>> from amenable.network import mlp
    >>> deep = Model(mlp(1, 1, 1, 1, activation="identity"), [2.0, 1.0, 3.0, 0.0, -1.0, 4.0])
    >>> folded = fold(deep)
    >>> folded.network.structure, folded.flat  # -(3 (2 x + 1)) + 4
    ('1-1', array([-6.,  1.]))
    """
    if not isinstance(model, Model):
        fail("fold.model", "a Model, or a TrainedNetwork", model)
    network = model.network
    dense = network.check_dense("fold")
    last = len(network.layers)
    kept = [k for k in range(1, last) if network.layers[k - 1].activation != "identity"] + [last]
    if len(kept) == last:
        return Model(network, model.flat, model.dtype, model.about)
    with np.errstate(all="ignore"):  # checked below
        sums = _sums(model)
    layers, flat = [], []
    places = {0: 0} | {k: place for place, k in enumerate(kept, start=1)}
    before = 0
    for k in kept:
        weights, bias = sums[k]
        others = [it for it in sorted(weights) if it != before and np.any(weights[it])]
        first = weights.get(before, np.zeros((network.widths[k], network.widths[before])))
        shortcuts = tuple(places[it] for it in others)
        layers.append(_layer(dense[k - 1], shortcuts, bias))
        flat.append(np.hstack([first, *(weights[it] for it in others)]).ravel())
        flat.append(bias if layers[-1].bias else bias[:0])
        before = k
    found = np.concatenate(flat)
    if not np.isfinite(found).all():
        raise DataError(
            "fold: a product of weights is beyond the largest number; scale the weights down"
        )
    n = last - len(kept)
    about = f"{model.about or 'A network'} ({n} identity layer{'s' if n > 1 else ''} merged)"
    return Model(Network(network.inputs, tuple(layers)), found, model.dtype, about)


def _layer(layer: Dense, shortcuts: tuple[int, ...], bias: Floats) -> Dense:
    return replace(layer, shortcuts=shortcuts, bias=layer.bias or bool(np.any(bias)))


def _sums(model: Model) -> dict[int, tuple[Sums, Floats]]:
    """The weighted sums of each layer, of the input and of layers that are not the identity."""
    network, arrays = model.network, model.weights
    found: dict[int, tuple[Sums, Floats]] = {}
    for k, layer in enumerate(network.layers, start=1):
        weight = arrays[f"{k}.weight"]
        bias = arrays.get(f"{k}.bias", np.zeros(network.widths[k])).copy()
        sums: Sums = {}
        start = 0
        for source in (k - 1, *layer.shortcuts):
            width = network.widths[source]
            part = weight[:, start : start + width]
            start += width
            if source == 0 or network.layers[source - 1].activation != "identity":
                sums[source] = sums.get(source, 0.0) + part
                continue
            inner, inner_bias = found[source]
            bias += part @ inner_bias
            for further, matrix in inner.items():
                sums[further] = sums.get(further, 0.0) + part @ matrix
        found[k] = sums, bias
    return found
