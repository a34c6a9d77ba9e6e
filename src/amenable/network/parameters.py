"""Parameters of networks, as one flat array and as arrays by name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.description import did_you_mean, quote
from amenable.errors import DataError
from amenable.network.network import Network


def unflatten(network: Network, flat: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Parameters (..., P) as arrays by name, each (..., *shape), in PyTorch's layout.

    Examples
    --------
    >>> from amenable.network import mlp
    >>> unflatten(mlp(2, 1), np.array([1.0, 2.0, 3.0]))
    {'1.weight': array([[1., 2.]]), '1.bias': array([3.])}
    """
    shapes = network.parameter_shapes
    ends = np.cumsum([np.prod(shape) for _, shape in shapes], dtype=np.int64)
    parts = np.split(flat, ends, axis=-1)[:-1]  # after the last there is nothing
    return {
        name: part.reshape(*flat.shape[:-1], *shape)
        for (name, shape), part in zip(shapes, parts, strict=True)
    }


def flatten(
    network: Network, parts: Mapping[str, ArrayLike], name: str = "weights"
) -> NDArray[np.float64]:
    """Arrays by name as parameters (P,); `name` is what an error calls the arrays.

    Raises
    ------
    DataError
        If an array is missing, unknown, of another shape, or holds no numbers.

    Examples
    --------
    >>> from amenable.network import mlp
    >>> flatten(mlp(2, 1), {"1.weight": [[1, 2]], "1.bias": [3]})
    array([1., 2., 3.])
    """
    check_names(network, parts, name)
    missing = [one for one, _ in network.parameter_shapes if one not in parts]
    if missing:
        raise DataError(
            f"'{missing[0]}' is missing", where=name, hint=f"give all of {list_names(network)}"
        )
    return np.concatenate(
        [
            check_array(f"{name}['{one}']", parts[one], shape).reshape(-1)
            for one, shape in network.parameter_shapes
        ]
    )


def check_names(network: Network, parts: Mapping[str, object], name: str) -> None:
    """Refuse arrays that the network has no parameters for."""
    known = [one for one, _ in network.parameter_shapes]
    for key in parts:
        if key not in known:
            hint = did_you_mean(key, known) if isinstance(key, str) else ""
            raise DataError(
                f"{network.structure} has no parameters called {quote(key)}",
                where=name,
                hint=str(hint or "they are " + list_names(network)),
            )


def list_names(network: Network) -> str:
    """The names of the parameters, for an error."""
    return ", ".join(f"'{name}'" for name, _ in network.parameter_shapes)


def check_array(name: str, given: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Numbers of that shape, as float64."""
    try:
        array = np.asarray(given)
    except ValueError as error:  # rows of unequal length
        raise DataError("expected an array", where=name, hint=str(error)) from None
    if array.dtype.kind not in "biuf" or array.shape != shape:
        raise DataError(
            where=name,
            expected=f"numbers of shape {shape}",
            got=f"{array.dtype} of shape {array.shape}",
        )
    return array.astype(np.float64)
