"""`Dataset`: samples, their targets, and which rows train, validate and test.

No file is read here: arrays are checked and frozen; `preparation.py` scales what is to be scaled.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable.datasets.arrays import (
    as_array,
    as_inputs,
    check_features,
    check_inputs,
    check_labels,
    check_splits,
    check_weights,
    constant_notes,
    frozen,
    scale_notes,
)
from amenable.datasets.columns import Table
from amenable.datasets.framing import fitted
from amenable.datasets.images import (
    Image,
    check_pixels,
    check_target_shape,
    image_shape,
    is_channels_last,
    pixel_names,
    sized,
)
from amenable.datasets.preparation import Preparation, fitted_notes
from amenable.datasets.record import Recorded
from amenable.datasets.source import Source, check_numbers, did_you_mean, listed
from amenable.datasets.splits import (
    CONTROL_STREAM,
    NO_ROWS,
    TEST,
    VALIDATION,
    Split,
    check_seed,
    held_out_notes,
    split_notes,
    split_rows,
)
from amenable.datasets.target import TASKS, Target, class_names, read_target
from amenable.errors import DataError

SPLITS = ("training", "validation", "test")


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Dataset(Recorded):
    """Samples with their targets, split into training, validation and test rows.

    Usually made by `load` or `Dataset.from_arrays`. Immutable: arrays are copied and read-only.
    Hashable, picklable, and equal to another if all fields except the notes are equal.

    Parameters
    ----------
    name : str
        What errors and tables call it.
    x : array (N, I) of float64
        Inputs, finite and within float32.
    y : array (N,) of int64, or (N, O) of float64
        Class numbers for classification, real numbers for regression.
    task : str
        ``"classification"`` or ``"regression"``.
    classes : tuple of str
        Class names in the order of their numbers; empty for regression.
    features : tuple of str
        Unique names of the I inputs.
    training, validation, test : array of int64
        Row numbers; no row is in two splits, `training` has at least two.
    weights : array (N,) of float64, or None
        Sample weights >= 0, not all zero in a split.
    notes : tuple of str
        What was inferred from the data and done to it, one sentence each.
    image : (channels, height, width), or None
        Shape of the images that the rows of `x` hold, channel by channel and row by row of pixels;
        its product is I. None if they are not images, or images of an unknown shape.
    has_own_test : bool
        Whether the test samples came separately, as in a published split or as a toy problem's
        fresh points: `with_split` does not touch them.
    preparation : Preparation, or None
        What was done to the columns of a table, or of an array, so that new rows can be prepared
        alike; None where that is not known.

    Raises
    ------
    DataError
        If the fields do not fit together; names the array and the row.

    Examples
    --------
    >>> import numpy as np
    >>> data = Dataset.from_arrays(np.eye(10), np.arange(10) % 2, name="eye")
    >>> data
    Dataset('eye': 10 samples, 10 inputs, 2 classes; training 6, validation 2, test 2)
    >>> x, y = data.split("validation")
    >>> x.shape, y.shape
    ((2, 10), (2,))
    """

    name: str
    x: NDArray[np.float64]
    y: NDArray[Any]
    task: str
    classes: tuple[str, ...]
    features: tuple[str, ...]
    training: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    weights: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()
    image: Image | None = None
    has_own_test: bool = False
    preparation: Preparation | None = None

    ADDED = MappingProxyType({"image": None, "has_own_test": False, "preparation": None})

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise DataError(f"{self.name}: task must be one of {listed(TASKS)}, got {self.task!r}")
        # A file's name need not be UTF-8, but the places that the name goes to must be.
        name = str(self.name).encode(errors="backslashreplace").decode()
        object.__setattr__(self, "name", name)
        for field in ("classes", "features", "notes"):
            object.__setattr__(self, field, tuple(str(text) for text in getattr(self, field)))
        is_class = self.task == "classification"
        x = self._freeze("x", np.float64, 2)
        y = self._freeze("y", np.int64 if is_class else np.float64, 1 if is_class else 2)
        splits = {split: self._freeze(split, np.int64, 1) for split in SPLITS}
        if len(x) != len(y):
            raise DataError(
                f"{self.name}: x has {len(x)} samples and y has {len(y)}; the numbers must agree"
            )
        check_features(self.features, self.n_inputs, self.name)
        check_inputs(x, self.features, self.name)
        if is_class:
            check_labels(y, self.classes, self.name)
        else:
            check_numbers(y, Source(self.name), "y", [None] * y.shape[1])
        check_splits(splits, len(x), self.name)
        if self.weights is not None:
            weights = self._freeze("weights", np.float64, 1)
            check_weights(weights, len(x), splits, self.name)
        if self.image is not None:
            object.__setattr__(self, "image", check_pixels(self.image, self.n_inputs, self.name))
        if isinstance(self.preparation, Mapping):  # of a record
            object.__setattr__(self, "preparation", Preparation.from_dict(self.preparation))
        if self.preparation is not None and self.preparation.columns:
            self._check_preparation(self.preparation)

    def _check_preparation(self, preparation: Preparation) -> None:
        if preparation.inputs != self.features:
            raise DataError(
                f"{self.name}: the preparation makes the inputs {listed(preparation.inputs)}, but "
                f"the features are {listed(self.features)}; for other inputs set preparation=None"
            )

    def _freeze(self, field: str, dtype: type, ndim: int) -> NDArray[Any]:
        array: NDArray[Any] = frozen(getattr(self, field), dtype, f"{self.name}: {field}", ndim)
        object.__setattr__(self, field, array)
        return array

    @classmethod
    def from_arrays(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        *,
        name: str = "data",
        task: str | None = None,
        validation: float = VALIDATION,
        test: float = TEST,
        seed: int = 0,
        stratify: bool = True,
        weights: ArrayLike | None = None,
        features: Sequence[str] | None = None,
        image: Image | None = None,
        scale: bool = False,
    ) -> Self:
        """Make a dataset from arrays; they are not changed unless `scale` is set.

        Parameters
        ----------
        x : array (N, I)
            Inputs; further axes are flattened. (N, height, width) and (N, channels, height, width)
            are images.
        y : array (N,) or (N, O)
            Classes (text, whole numbers, booleans, one-hot rows) or real numbers.
        name : str
            What errors and tables call it.
        task : str, optional
            ``"classification"`` or ``"regression"``; inferred from `y` by default.
        validation, test : float
            What to hold out: a fraction of the samples, of at least two, or how many as a whole
            number.
        seed : int
            Decides which rows are held out.
        stratify : bool
            Whether every class keeps its share in every split.
        weights : array (N,), optional
            Sample weights >= 0.
        features : sequence of str, optional
            Names of the inputs; by default the columns of a data frame, else ``x0``, ``x1``, ….
        image : (channels, height, width), optional
            Shape of the images that flat rows hold.
        scale : bool
            Whether to prepare the columns as those of a file: numbers, and a real-valued target,
            get mean 0 and standard deviation 1 in the training split; missing ones (NaN) become
            the median, and columns that do not vary are left out.

        Returns
        -------
        Dataset

        Raises
        ------
        DataError
            Names the array, row and column at fault.

        Examples
        --------
        >>> data = Dataset.from_arrays(np.arange(10.0)[:, None], np.arange(10) ** 2)
        >>> data.task
        'regression'
        >>> data.notes[1]
        'held out: 2 rows for validation (3, 8) and 2 for test (1, 9)'
        """
        source = Source(name)
        names = getattr(x, "columns", None) if features is None else features
        inputs, flattened = as_inputs(x, source)
        if image is None:
            image = image_shape(np.shape(x)[1:])
        if image is None and is_channels_last(np.shape(x)[1:]):
            flattened.append("not treated as images: channels must come first; see numpy.moveaxis")
        titles = [f"x{i}" for i in range(inputs.shape[1])] if names is None else [*map(str, names)]
        target = read_target(as_array(y, f"{name}: y"), task, source)
        if len(inputs) != len(target.values):
            raise DataError(
                f"{name}: x has {len(inputs)} samples and y has {len(target.values)}; "
                "expected one target per sample"
            )
        rows = split_rows(
            len(inputs),
            target.labels if stratify else None,
            validation=validation,
            test=test,
            seed=seed,
            name=name,
        )
        notes = [*flattened, *held_out_notes(rows)]
        if scale:
            if image is not None:
                raise DataError(
                    f"{name}: scale=True scales each column by itself, which images do not bear; "
                    "leave it out, and use data.fitted_to(shape, scale=(-1, 1))"
                )
            check_features(titles, inputs.shape[1], name)
            check_numbers(inputs, source, "x", titles, missing=True)
            table = Table.of_numbers(name, inputs, titles)
            return cls.prepared(table, target, rows, weights=weights, notes=notes)
        check_features(titles, inputs.shape[1], name)
        check_inputs(inputs, titles, name)
        training = inputs[rows.training]
        notes += constant_notes(training, titles)
        preparation = None
        if image is None:
            notes += scale_notes(training, titles)
            preparation = Preparation.unscaled(titles, training, target)
        return cls.of_target(
            name,
            inputs,
            target,
            titles,
            rows,
            weights=weights,
            notes=notes,
            image=image,
            preparation=preparation,
        )

    @classmethod
    def prepared(
        cls,
        table: Table,
        target: Target,
        rows: Split,
        *,
        weights: ArrayLike | None = None,
        notes: Sequence[str] = (),
    ) -> Self:
        """Fit a preparation to the training rows of a table and apply it; internal."""
        preparation = Preparation.fit(table, target, rows.training)
        return cls.of_target(
            table.name,
            preparation.apply(table),
            preparation.scaled(target),
            preparation.inputs,
            rows,
            weights=weights,
            notes=[*notes, *fitted_notes(preparation, table)],
            preparation=preparation,
        )

    @classmethod
    def of_target(
        cls,
        name: str,
        x: NDArray[np.float64],
        target: Target,
        features: Sequence[str],
        rows: Split,
        *,
        weights: ArrayLike | None = None,
        notes: Sequence[str] = (),
        image: Image | None = None,
        preparation: Preparation | None = None,
    ) -> Self:
        """Assemble what the readers of this package have read; internal."""
        labels = target.labels
        said = [] if labels is None else split_notes(rows, labels, target.classes)
        return cls(
            name,
            x,
            target.values,
            target.task,
            target.classes,
            tuple(features),
            rows.training,
            rows.validation,
            rows.test,
            None if weights is None else as_array(weights, f"{name}: weights"),
            (target.note, *notes, *said),
            image,
            preparation=preparation,
        )

    @property
    def n_samples(self) -> int:
        """Number of samples, N."""
        return len(self.x)

    @property
    def seen(self) -> NDArray[np.int64]:
        """Rows (S,) of all samples except the test rows: those that may be inspected and drawn."""
        return np.setdiff1d(np.arange(self.n_samples), self.test)

    @property
    def n_inputs(self) -> int:
        """Number of inputs, I."""
        return int(self.x.shape[1])

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.classes)

    def n_outputs(self, loss: str = "auto") -> int:
        """Number of outputs, O, that a network needs for this data.

        Parameters
        ----------
        loss : str
            The loss used for training, as in `Training`.

        Returns
        -------
        int
            One per target column for regression; one for two classes, unless the loss is
            ``"softmax"``; else one per class.

        Examples
        --------
        >>> data = Dataset.from_arrays(np.eye(10), ["no", "yes"] * 5)
        >>> data.n_outputs(), data.n_outputs("softmax")
        (1, 2)
        """
        if self.task == "regression":
            return int(self.y.shape[1])
        return 1 if self.n_classes == 2 and loss != "softmax" else self.n_classes

    def split(self, name: str) -> tuple[NDArray[np.float64], NDArray[Any]]:
        """Inputs and targets of one split, as other libraries take them.

        Parameters
        ----------
        name : str
            ``"training"``, ``"validation"`` or ``"test"``.

        Returns
        -------
        x : array (N, I)
            Inputs; empty where the split is.
        y : array (N,) or (N, O)
            What `TrainedNetwork.predict` says of a network that makes no mistake: class names, as
            integers where all of them are; for regression, values. The field `y` has the numbers
            of the classes instead.

        Examples
        --------
        >>> import amenable as am
        >>> data = am.load("iris")
        >>> x, y = data.split("validation")
        >>> y[:3].tolist()
        ['setosa', 'setosa', 'setosa']
        >>> best = am.train(am.mlp(4, 3, 3), data, am.Training(epochs=50), seeds=4).best
        >>> bool((best.predict(x) == y).mean() > 0.8)
        True
        """
        if name not in SPLITS:
            raise DataError(
                f"split: expected one of {listed(SPLITS)}, got {name!r}"
                + did_you_mean(str(name), SPLITS)
            )
        rows = getattr(self, name)
        y = self.y[rows]
        return self.x[rows], class_names(self.classes, y) if self.classes else y

    def with_split(
        self,
        *,
        validation: float = VALIDATION,
        test: float | None = None,
        seed: int = 0,
        stratify: bool = True,
    ) -> Self:
        """The same samples, split again; the arguments are those of `from_arrays`.

        If the test samples came separately, they stay as they are, `validation` refers to the
        others, and `test` must be left out.

        Means, scales and whatever else was fitted on the former training split when a file was read
        are kept; load the file again to fit them again.
        """
        labels = self.y if self.task == "classification" else None
        rows = split_rows(
            self.n_samples,
            labels if stratify else None,
            validation=validation,
            test=test,
            seed=seed,
            name=self.name,
            kept=self.test if self.has_own_test else NO_ROWS,
        )
        said = [] if labels is None else split_notes(rows, labels, self.classes)
        notes = (*self.notes, f"split again with seed {seed}", *said)
        return replace(
            self,
            training=rows.training,
            validation=rows.validation,
            test=rows.test,
            notes=notes,
        )

    def with_permuted_targets(self, seed: int = 0) -> Self:
        """The same samples and splits with shuffled targets: a control.

        Targets are permuted over all rows, so that nothing learned from the training rows helps on
        the others. Whatever a network reaches here, it reaches by luck.

        Parameters
        ----------
        seed : int
            Decides the permutation.

        Returns
        -------
        Dataset

        Examples
        --------
        >>> from amenable.datasets import load
        >>> iris = load("iris")
        >>> control = iris.with_permuted_targets(seed=1)
        >>> bool((control.x == iris.x).all()), sorted(control.y) == sorted(iris.y)
        (True, True)
        """
        order = np.random.default_rng([check_seed(seed), CONTROL_STREAM]).permutation(
            self.n_samples
        )
        notes = (*self.notes, f"targets permuted with seed {seed}")
        return replace(self, y=self.y[order], name=f"{self.name}, permuted", notes=notes)

    def fitted_to(
        self,
        shape: Image,
        *,
        content: tuple[int, int] | None = None,
        background: float | None = None,
        scale: tuple[float, float] | None = None,
    ) -> Self:
        """The same samples and splits as images of a network's input shape.

        Images that are too large are shrunk: each new pixel is the mean of the area that it covers.
        Smaller images keep their pixels if the longer side has at least 16; otherwise they are
        first enlarged to 16 pixels, as far as there is room, by bilinear interpolation. Proportions
        are kept, and a frame of background fills the rest of the shape; if it cannot be even, it is
        wider below and on the right. So digits of 8 by 8 pixels are enlarged to 16 by 16, and
        digits of 16 by 16 are framed to 28 by 28.

        Parameters
        ----------
        shape : (channels, height, width)
            The input shape of a network. Rows of this many numbers that are not known to be images
            are treated as images of this shape.
        content : (height, width), optional
            The size of the images within the frame, instead of the rule above.
        background : float, optional
            Value of the frame, before scaling. By default that of the paper: the smallest or the
            largest value of the training images, whichever is nearer to the median of their
            outermost pixels.
        scale : (low, high), optional
            Scale all pixels alike, so that the smallest and the largest value of the training
            images become these two: ``(-1, 1)``, say, or ``(1, -1)`` to make dark ink bright.
            By default nothing is scaled.

        Returns
        -------
        Dataset
            Its `notes` record what was done.

        Raises
        ------
        DataError
            If the number of channels differs, or the samples are not images of a known shape.

        Examples
        --------
        >>> from amenable.datasets import load
        >>> digits = load("digits").fitted_to((1, 28, 28), scale=(-1, 1))
        >>> digits.image, float(digits.x.min()), float(digits.x.max())
        ((1, 28, 28), -1.0, 1.0)
        >>> digits.notes[-2]
        'images of 16x16 framed to 28x28 by 0'
        """
        image, shape, said = check_target_shape(shape, self.image, self.n_inputs, self.name)
        x, done = fitted(
            self.x.reshape(-1, *image),
            shape[1:],
            self.training,
            content=content,
            background=background,
            scale=scale,
            name=self.name,
        )
        return replace(
            self,
            x=x.reshape(len(x), -1),
            features=self.features if image == shape else tuple(pixel_names(shape)),
            notes=(*self.notes, *said, *done),
            image=shape,
            preparation=None,
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of what training sees: task, arrays, splits, weights, image."""
        digest = hashlib.sha256(f"{self.task} {self.n_classes}".encode())
        for field in ("x", "y", *SPLITS, "weights"):
            array = getattr(self, field)
            if array is not None:
                digest.update(f"{field} {array.shape}".encode())
                digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).data)
        if self.image is not None:  # else as before there were images
            digest.update(f"image {self.image}".encode())
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return self.name, self.classes, self.features, self.fingerprint

    def __repr__(self) -> str:
        if self.task == "classification":
            learned = f"{self.n_classes} classes"
        else:
            learned = f"{self.n_outputs()} output" + ("s" if self.n_outputs() > 1 else "")
        sizes = ", ".join(f"{split} {getattr(self, split).size}" for split in SPLITS)
        inputs = f"{self.n_inputs} input" + ("s" if self.n_inputs > 1 else "")
        inputs += f" ({sized(self.image)} pixels)" if self.image else ""
        return f"Dataset({self.name!r}: {self.n_samples} samples, {inputs}, {learned}; {sizes})"
