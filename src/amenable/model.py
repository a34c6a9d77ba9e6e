"""`Model`: a network with weights. Nothing here knows about training."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable import engine
from amenable.archive import open_archive, write_archive
from amenable.datasets import Dataset
from amenable.datasets.arrays import as_inputs
from amenable.datasets.images import image_shape
from amenable.datasets.source import Source, check_numbers
from amenable.description import choice, quote
from amenable.errors import DataError, DescriptionError
from amenable.network import Network, check_array, flatten, unflatten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KIND = "model"
VERSION = 1  # of the file; a change that an older reader misreads adds one
DTYPES = ("float32", "float64")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Model:
    """A network with weights, made by hand or by training (`TrainedNetwork`).

    Parameters
    ----------
    network : Network
        The structure. Its activations need no gradient.
    flat : array (P,) of float64
        All parameters, in the order of `Network.parameter_shapes`.
    dtype : str
        Precision of the arithmetic: "float32" or "float64".
    about : str
        What the model is, in one sentence; may be empty.

    Raises
    ------
    DescriptionError
        If network, dtype or about are of another type.
    DataError
        If the parameters do not fit the network.

    Examples
    --------
    >>> from amenable.network import mlp
    >>> model = Model(mlp(1, 1, output="relu"), [2.0, -1.0])
    >>> model.decision([[0.0], [1.0]])
    array([[0.],
           [1.]])
    """

    network: Network
    flat: NDArray[np.float64]
    dtype: str = "float32"
    about: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.network, Network):
            raise DescriptionError(
                f"Model.network: expected a Network, got {quote(self.network)}; write mlp(2, 3, 1)"
            )
        choice("Model.dtype", self.dtype, DTYPES)
        if not isinstance(self.about, str):
            raise DescriptionError(
                where="Model.about", expected="a text", got=quote(self.about), hint="leave it out"
            )
        flat = check_array("Model.flat", self.flat, (self.network.n_parameters,))
        flat.setflags(write=False)
        object.__setattr__(self, "flat", flat)

    @classmethod
    def from_weights(
        cls,
        network: Network,
        weights: Mapping[str, ArrayLike],
        dtype: str = "float32",
        about: str = "",
    ) -> Model:
        """The model with these arrays, which have names as in `weights`.

        Raises
        ------
        DataError
            If one is missing, unknown or of another shape.

        Examples
        --------
        >>> from amenable.network import mlp
        >>> Model.from_weights(mlp(2, 1), {"1.weight": [[1, 1]], "1.bias": [-1.5]}).flat
        array([ 1. ,  1. , -1.5])
        """
        return Model(network, flatten(network, weights), dtype, about)

    def with_flat(self, flat: ArrayLike) -> Model:
        """The same network with other parameters (P,), as a `Model` even if this one was trained.

        Examples
        --------
        >>> from amenable.network import mlp
        >>> Model(mlp(1, 1), [2.0, -1.0]).with_flat([0.0, 3.0]).decision([[1.0]])
        array([[3.]])
        """
        return Model(self.network, np.asarray(flat), self.dtype, self.about)

    @property
    def weights(self) -> dict[str, NDArray[np.float64]]:
        """Arrays by name, in PyTorch's layout: "1.weight" (O, I), "1.bias" (O,), "2.weight" ….

        The classes of layers for images say which shapes theirs have; a convolution has (maps, seen
        maps, height, width).

        Examples
        --------
        >>> from amenable import mlp, train
        >>> trained = train(mlp(2, 3, 1), "xor", seeds=1).best
        >>> {name: array.shape for name, array in trained.weights.items()}
        {'1.weight': (3, 2), '1.bias': (3,), '2.weight': (1, 3), '2.bias': (1,)}
        """
        return unflatten(self.network, self.flat)

    def decision(self, x: ArrayLike) -> NDArray[np.float64]:
        """Outputs of the last layer.

        Parameters
        ----------
        x : array (N, I)
            Samples; where the network was trained, prepared as those it was trained on.

        Returns
        -------
        array (N, O)
            For logistic and softmax loss these are logits.

        Raises
        ------
        DataError
            If `x` has other inputs, or a number that is not finite.
        """
        return self._outputs(self.samples("decision", x), self.network)

    def predict(self, x: ArrayLike) -> NDArray[Any]:
        """The same as `decision`; a `TrainedNetwork` names classes instead."""
        return self._outputs(self.samples("predict", x), self.network)

    def layers(self, x: ArrayLike) -> list[NDArray[np.float64]]:
        """Outputs of every layer, each (N, U); the last are those of `decision`."""
        samples = self.samples("layers", x)
        return [
            self._outputs(samples, self.network, k) for k in range(1, len(self.network.layers) + 1)
        ]

    def preactivations(self, x: ArrayLike) -> list[NDArray[np.float64]]:
        """Weighted sums of every layer, each (N, U): its outputs before the activation.

        Examples
        --------
        >>> from amenable.network import mlp
        >>> Model(mlp(1, 1, output="relu"), [2.0, -1.0]).preactivations([[0.0]])
        [array([[-1.]])]
        """
        samples = self.samples("preactivations", x)
        found = []
        for k in range(1, len(self.network.layers) + 1):
            layers = list(self.network.layers)
            layers[k - 1] = layers[k - 1].with_activation("identity")
            found.append(self._outputs(samples, replace(self.network, layers=tuple(layers)), k))
        return found

    def plot(
        self,
        kind: str,
        data: Dataset | str | os.PathLike[str] | tuple[ArrayLike, ArrayLike] | None = None,
        *,
        ax: Axes | None = None,
        theme: str = "light",
        **options: Any,
    ) -> Figure:
        """Draw the network.

        Parameters
        ----------
        kind : str
            "spaghetti", "diagram", "histograms", "confusion" …: a kind from
            `amenable.figures.KINDS` that can show one network.
        data : Dataset, name, path or pair of arrays, optional
            The samples, if the kind needs them.
        ax : Axes, optional
            Where to draw; new ones by default.
        theme : str
            "light" or "dark".
        **options
            Options of the kind's two functions in `amenable.figures`, ``<kind>_data`` and
            ``draw_<kind>``. For a walk, ``to`` is the network at the other end; for a plane, the
            two other networks.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        DescriptionError
            If there is no such kind or option.
        DataError
            If the kind needs other data.

        Examples
        --------
        >>> from amenable.network import mlp
        >>> both = Model(mlp(2, 1, output="sigmoid"), [5.0, 5.0, -7.5], about="x1 and x2")
        >>> figure = both.plot("spaghetti", frame=(-0.5, 1.5, -0.5, 1.5))
        """
        from amenable.figures import plot

        return plot(self, kind, data, ax, theme, options)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save to one file, which is written whole or not at all.

        Raises
        ------
        FileError
            If the file cannot be written.
        """
        header = {"network": self.network.to_dict(), "dtype": self.dtype, "about": self.about}
        write_archive(path, KIND, VERSION, header, {"weights": self.flat})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Model:
        """The model that `save` saved, to the bit.

        Raises
        ------
        FileError
            If the file is damaged, of another kind, or from a newer version.
        """
        with open_archive(path, KIND, VERSION) as archive:
            network = Network.from_dict(archive.header["network"])
            flat = archive.take("weights", np.float64, network.n_parameters)
            return Model(network, flat, archive.header["dtype"], str(archive.header["about"]))

    def __repr__(self) -> str:
        about = f": {self.about}" if self.about else ""
        return f"Model({self.network.structure} {self.network.activation}{about})"

    def samples(self, caller: str, x: ArrayLike) -> NDArray[np.float64]:
        """The rows as float64 (N, I), checked; errors begin with the caller; internal."""
        samples, _ = as_inputs(x, Source(caller))
        taken, given = self.network.input_shape, np.shape(x)[1:]
        if taken is not None and len(given) > 1 and image_shape(given) != taken:
            raise DataError(
                f"{caller}: x has samples of shape {given}, expected images of shape {taken}, or "
                f"rows of {self.network.inputs} numbers"
            )
        if samples.shape[1] != self.network.inputs:
            raise DataError(
                f"{caller}: x has {samples.shape[1]} inputs, expected {self.network.inputs}, as "
                f"{self.network.structure} has"
            )
        check_numbers(samples, Source(caller), "x", [None] * samples.shape[1])
        return samples

    def _outputs(
        self, samples: NDArray[np.float64], network: Network, upto: int | None = None
    ) -> NDArray[np.float64]:
        if not len(samples):
            return np.empty((0, network.widths[len(network.layers) if upto is None else upto]))
        outputs = engine.predict(network, self.flat[None], samples, upto=upto, dtype=self.dtype)
        return np.asarray(outputs[0])
