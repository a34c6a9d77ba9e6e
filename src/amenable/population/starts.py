"""Weights to start from and parameters to freeze, as users give them, as the engine takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.errors import DataError
from amenable.model import Model
from amenable.network import Network, check_names, flatten

FLOAT32_MAX = float(np.finfo(np.float32).max)


def as_start(start: Any, network: Network, n_seeds: int) -> NDArray[np.float64] | None:
    """Weights (P,), or (S, P) with a row for each seed; None for initialized ones."""
    if start is None:
        return None
    if isinstance(start, Model):
        if start.network.parameter_shapes != network.parameter_shapes:
            raise DataError(
                f"start: expected weights of {network.structure}, got those of "
                f"{start.network.structure}"
            )
        flat = start.flat
    elif isinstance(start, Mapping):
        flat = flatten(network, start, "start")
    else:
        flat = _flat_start(start, network, n_seeds)
    bad = np.argwhere(~(np.abs(flat) <= FLOAT32_MAX))
    if len(bad):
        place = ", ".join(map(str, bad[0]))
        raise DataError(f"start: weight {place} is {flat[tuple(bad[0])]:g}; expected finite ones")
    return flat


def as_frozen(frozen: Any, network: Network) -> NDArray[np.bool_] | None:
    """A mask (P,), True where a parameter must not move."""
    if frozen is None:
        return None
    if isinstance(frozen, Mapping):
        check_names(network, frozen, "frozen")
        masks = [
            _mask(f"frozen['{name}']", frozen.get(name, False), shape)
            for name, shape in network.parameter_shapes
        ]
        mask = np.concatenate([one.reshape(-1) for one in masks])
    else:
        mask = _mask("frozen", frozen, (network.n_parameters,), is_whole=True)
    if mask.all():
        raise DataError("frozen: all parameters are, so nothing would be trained; free some")
    return mask if mask.any() else None


def _flat_start(given: Any, network: Network, n_seeds: int) -> NDArray[np.float64]:
    array, n = _array("start", given), network.n_parameters
    if array.dtype.kind not in "biuf" or array.shape not in ((n,), (n_seeds, n)):
        raise DataError(
            f"start: expected a Model, a dict of arrays, or numbers of shape ({n},) or "
            f"({n_seeds}, {n}), seeds by parameters of {network.structure}, got {array.dtype} of "
            f"shape {array.shape}"
        )
    return array.astype(np.float64)


def _mask(name: str, given: Any, shape: tuple[int, ...], is_whole: bool = False) -> NDArray[Any]:
    array = _array(name, given)
    fits = array.shape == shape or (array.shape == () and not is_whole)
    if array.dtype != np.bool_ or not fits:
        either = "" if is_whole else "True, False or "
        raise DataError(
            f"{name}: expected {either}booleans of shape {shape}, got {array.dtype} of shape "
            f"{array.shape}"
        )
    return np.broadcast_to(array, shape)


def _array(name: str, given: Any) -> NDArray[Any]:
    try:
        return np.asarray(given)
    except ValueError as error:  # rows of unequal length
        raise DataError(f"{name}: expected an array; {error}") from None
