"""How a network is trained: everything that decides its steps except the data and the seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from amenable.description import (
    Record,
    brief,
    check_keys,
    open_envelope,
    read_json,
    record_of,
    tag,
    untag,
    write_json,
)
from amenable.training import initializers, optimizers
from amenable.training.checks import check_fields, check_names
from amenable.training.fit import Structure, check_fit, resolve_loss
from amenable.training.goal import parse_goal
from amenable.training.optimizers import Adam, AdamW, Optimizer
from amenable.training.schedules import SCHEDULES, Constant, Schedule
from amenable.training.words import describe

VERSION = 2  # of the record that to_dict writes; 1 had neither judge nor restore

OPTIMIZER: Any = Adam(lr=0.01)  # Any: defaults of fields whose type is OrText
SCHEDULE: Any = Constant()

T = TypeVar("T")


class OrText(Protocol[T]):
    """The type of a field that is given as an object or its text, and then is the object.

    Only type checkers look at the methods: they take `Training("adam")` and see an `Adam`.
    """

    def __get__(self, instance: object, owner: object) -> T: ...

    def __set__(self, instance: object, value: T | str) -> None: ...


@dataclass(frozen=True, slots=True)
class Training:
    """How a network is trained.

    Parameters
    ----------
    optimizer : Optimizer or str
        How a gradient becomes a step: sgd, momentum, nesterov, rmsprop, adam, adamw, rprop or
        levenberg_marquardt. An object such as `Adam(0.01)`, or a text such as "adam(lr=0.01)".
    loss : str
        What training minimizes: squared, absolute, huber, logistic, softmax or hinge; or "auto",
        which is squared for numbers, logistic for two classes, softmax for more. It is the mean
        over samples and outputs (softmax: over samples).
    batch : int or str
        How many samples each step uses, or full for all of them.
    order : str
        Order of the samples: shuffled (anew in each epoch), sequential (as given), or replacement
        (drawn at random, with replacement).
    epochs : int or None
        At most so many passes over the training samples. Without epochs and steps it is 100 epochs.
    steps : int or None
        At most so many updates of the weights, in place of epochs.
    schedule : Schedule or str
        How the learning rate changes during training: constant, step_decay, cosine or inverse_time.
        An object such as `Cosine()`, or a text such as "step_decay(every=100)".
    warmup : int
        Steps over which the learning rate rises to its full value. Step t uses (t + 1) /
        (warmup + 1) of it.
    init : str
        Initial weights, such as he_normal; or auto, which is he_uniform for layers with an
        activation of the ReLU family and glorot_uniform for others. `INITIALIZERS` has all names.
    bias_init : str
        Initial biases, such as "constant(0.1)"; or auto, which is pytorch if `init` is pytorch,
        else zero.
    l2 : float
        Penalty on squared weights: adds l2 times the weight to the gradient. PyTorch's SGD and
        Adam call this weight_decay.
    weight_decay : float
        Decoupled weight decay: each step shrinks a weight by the fraction lr * weight_decay.
    l1 : float
        Penalty on absolute weights, by a proximal step of lr * l1, which makes weights exactly
        zero. It acts more weakly with optimizers that rescale gradients, such as Adam.
    penalize_biases : bool
        Whether l2, weight_decay and l1 also act on biases.
    clip_norm : float or None
        Greatest length of the gradient over all parameters; longer ones are scaled down, none
        leaves all as they are.
    goal : str or None
        What a network must reach to solve the problem, such as "accuracy >= 0.95". See
        `parse_goal`.
    judge : str
        When the goal is judged: first_touch, end or auto. With "first_touch", the first look that
        meets the goal ends the training, which is what "epochs to criterion" means. With "end", the
        goal is judged once, when training has ended. "auto" is first touch for a goal on training
        rows and the end for a goal on other rows.
    restore : str
        Which weights are kept and judged: best (those with the lowest validation loss), last or
        auto. "auto" is best with `patience`, else last. A network that ends at first touch keeps
        the weights that met the goal.
    patience : int or None
        A network stops after this many looks without a better validation loss; none switches that
        off.
    probe_every : int or None
        Steps from one look at losses and metrics to the next; none for one look each epoch.
    class_weights : str, tuple of float or None
        How much each class counts in the loss: balanced, or one weight for each class.
    targets : tuple of float or None
        The two numbers that stand for no and yes when squared, absolute or huber loss learns
        classes. None means (0.0, 1.0).
    dtype : str
        Precision of the arithmetic: float32 or float64.

    Raises
    ------
    DescriptionError
        If a field is out of range; the message names it.

    Examples
    --------
    >>> training = Training(Adam(0.003), batch="full", steps=500, init="orthogonal(1.4)")
    >>> training.describe()
    'adam lr 0.003, full batch, 500 steps, init orthogonal(1.4)'
    """

    optimizer: OrText[Optimizer] = OPTIMIZER
    loss: str = "auto"
    batch: int | str = 32
    order: str = "shuffled"
    epochs: int | None = None
    steps: int | None = None
    schedule: OrText[Schedule] = SCHEDULE
    warmup: int = 0
    init: str = "auto"
    bias_init: str = "auto"
    l2: float = 0.0
    weight_decay: float = 0.0
    l1: float = 0.0
    penalize_biases: bool = False
    clip_norm: float | None = None
    goal: str | None = None
    judge: str = "auto"
    restore: str = "auto"
    patience: int | None = None
    probe_every: int | None = None
    class_weights: str | tuple[float, ...] | None = None
    targets: tuple[float, float] | None = None
    dtype: str = "float32"

    def __repr__(self) -> str:
        return brief(self)

    if not TYPE_CHECKING:

        def __new__(cls, *given: object, **named: object) -> Training:
            """Refuse unknown fields by name; most of them belong to an optimizer."""
            check_names(cls, named)
            return object.__new__(cls)

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def is_full_batch(self) -> bool:
        """Whether each step takes all samples."""
        return self.batch == "full"

    @property
    def decoupled_decay(self) -> float:
        """Decoupled weight decay: the training's own and the optimizer's, added.

        Examples
        --------
        >>> Training(AdamW(weight_decay=0.5), weight_decay=0.25).decoupled_decay
        0.75
        """
        own = self.optimizer.weight_decay if isinstance(self.optimizer, AdamW) else 0.0
        return self.weight_decay + own

    def lr_factor(self, step: int, budget: int) -> float:
        """Factor on the learning rate at a step (from 0) of a budget, from schedule and warm-up.

        Examples
        --------
        >>> [Training(warmup=3).lr_factor(step, 100) for step in range(4)]
        [0.25, 0.5, 0.75, 1.0]
        """
        return min(1.0, (step + 1) / (self.warmup + 1)) * self.schedule.factor(step, budget)

    def resolved_loss(self, task: str, n_classes: int = 0) -> str:
        """The loss; "auto" is resolved by the task ("classification", "regression") and classes.

        Examples
        --------
        >>> Training().resolved_loss("classification", 2), Training().resolved_loss("regression")
        ('logistic', 'squared')
        """
        return resolve_loss(self.loss, task, n_classes)

    def resolved_init(self, activation: str) -> str:
        """The initializer of the weights of a layer with that activation.

        Examples
        --------
        >>> Training().resolved_init("leaky_relu(0.1)"), Training().resolved_init("tanh")
        ('he_uniform', 'glorot_uniform')
        """
        if self.init != "auto":
            return self.init
        is_relu = activation.partition("(")[0] in initializers.RELU_FAMILY
        return "he_uniform" if is_relu else "glorot_uniform"

    def resolved_bias_init(self) -> str:
        """The initializer of the biases.

        Examples
        --------
        >>> Training().resolved_bias_init(), Training(init="pytorch").resolved_bias_init()
        ('constant(0.0)', 'pytorch')
        """
        if self.bias_init != "auto":
            return self.bias_init
        return "pytorch" if self.init == "pytorch" else "constant(0.0)"

    def goal_split(self, has_validation: bool, has_test: bool) -> str:
        """The split that the goal is judged on, for data that has such rows.

        This is the split that the goal names. If it names none, it is the test rows (unless the
        goal is judged at first touch, which test rows never are), else the validation rows, else
        the training rows.

        Examples
        --------
        >>> Training(goal="accuracy >= 0.9").goal_split(has_validation=True, has_test=True)
        'test'
        """
        named = parse_goal(self.goal).split if self.goal else None
        if named is not None:
            return named
        if has_test and self.judge != "first_touch":
            return "test"
        return "validation" if has_validation else "training"

    def judges_at_end(self, split: str) -> bool:
        """Whether a goal on that split is judged at the end of training.

        Examples
        --------
        >>> Training().judges_at_end("training"), Training().judges_at_end("test")
        (False, True)
        """
        return self.judge == "end" or (self.judge == "auto" and split != "training")

    @property
    def restores_best(self) -> bool:
        """Whether the weights with the lowest validation loss are kept, not the last ones."""
        return self.restore == "best" or (self.restore == "auto" and self.patience is not None)

    def check(
        self, network: Structure, task: str, n_classes: int = 0, n_targets: int | None = None
    ) -> None:
        """Refuse a network and a task that this training does not fit.

        Parameters
        ----------
        network : Network
            What is to be trained.
        task : str
            "classification" or "regression".
        n_classes : int
            For classification.
        n_targets : int or None
            Numbers to predict, for regression; None leaves the outputs unchecked.

        Raises
        ------
        DescriptionError
            If loss, goal, class weights or targets do not fit the task, or the network's outputs
            do not fit the loss.

        Examples
        --------
        >>> from amenable.network import mlp
        >>> Training(loss="hinge").check(mlp(4, 10, 1), "classification", 2)
        """
        check_fit(self, network, task, n_classes, n_targets)

    def describe(self) -> str:
        """In a few words: optimizer, batch, budget, and what else differs from the defaults.

        Examples
        --------
        >>> Training().describe()
        'adam lr 0.01, batch 32, 100 epochs'
        """
        return describe(self)

    def to_dict(self) -> Record:
        """The description as a record for JSON, with the version of its format.

        Examples
        --------
        >>> Training().to_dict()["schedule"]
        {'kind': 'constant'}
        """
        return {
            "version": VERSION,
            **record_of(self),
            "optimizer": tag(self.optimizer, optimizers.KINDS),
            "schedule": tag(self.schedule, SCHEDULES),
        }

    @classmethod
    def from_dict(cls, record: object) -> Training:
        """The training that `to_dict` recorded; missing fields have their defaults.

        Records of version 1 keep their meaning: goals at first touch, and the last weights.

        Raises
        ------
        DescriptionError
            If a field is unknown or out of range, or the version is newer.

        Examples
        --------
        >>> Training.from_dict({"version": 2, "batch": 8}).batch
        8
        """
        version, inside = open_envelope("Training", record, VERSION)
        entries = check_keys(cls, inside)
        if version == 1 and entries.get("goal") is not None:
            entries["judge"] = "first_touch"
        if version == 1 and entries.get("patience") is not None:
            entries["restore"] = "last"
        for name, kinds in (("optimizer", optimizers.KINDS), ("schedule", SCHEDULES)):
            if name in entries:
                entries[name] = untag(f"Training.{name}", entries[name], kinds)
        return cls(**entries)

    def to_json(self) -> str:
        """The description as one line of JSON.

        Examples
        --------
        >>> Training.from_json(Training().to_json()) == Training()
        True
        """
        return write_json(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Training:
        """The training that `to_json` wrote; refuses what `from_dict` refuses.

        Examples
        --------
        >>> Training.from_json('{"version": 2, "steps": 500}').steps
        500
        """
        return cls.from_dict(read_json("Training", text))
