"""Any description survives every way of writing it; any nonsense is refused on one line."""

import json
import pickle
from dataclasses import fields, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from amenable import network as networks
from amenable import training as trainings
from amenable.errors import DescriptionError
from amenable.network import ACTIVATIONS, Dense, Network, parse_activation
from amenable.training import (
    INITIALIZERS,
    LOSSES,
    METRICS,
    SGD,
    Adam,
    AdamW,
    Constant,
    Cosine,
    InverseTime,
    RMSprop,
    Rprop,
    StepDecay,
    Training,
    parse_goal,
)

positive = st.floats(1e-300, 1e300)
non_negative = st.floats(0, 1e300)
share = st.floats(0, 1)
below_one = st.floats(0, 1, exclude_max=True)
count = st.integers(1, 10**6)


def expressions(table: Any) -> st.SearchStrategy[str]:
    with_parameter = [name for name, default in table.items() if default is not None]
    return st.sampled_from(list(table)) | st.builds(
        "{}({!r})".format, st.sampled_from(with_parameter), positive
    )


@st.composite
def all_networks(draw: st.DrawFn) -> Network:
    layers = []
    for k in range(draw(st.integers(1, 5))):
        earlier = st.integers(0, k - 1) if k else st.nothing()
        shortcuts = draw(st.lists(earlier, unique=True)) if k else []
        layers.append(
            Dense(
                draw(st.integers(1, 50)),
                draw(expressions(ACTIVATIONS)),
                draw(st.booleans()),
                draw(below_one),
                tuple(shortcuts),
            )
        )
    return Network(draw(st.integers(1, 50)), tuple(layers))


momenta = st.floats(0.01, 0.99)
optimizers = st.one_of(
    st.builds(SGD, non_negative, below_one, share),
    st.builds(SGD, non_negative, momenta, nesterov=st.just(True)),
    st.builds(RMSprop, non_negative, share, non_negative, below_one, st.booleans()),
    st.builds(Adam, non_negative, below_one, below_one, non_negative),
    st.builds(AdamW, non_negative, below_one, below_one, non_negative, non_negative),
    st.builds(Rprop, non_negative, momenta, st.floats(1.1, 9), share, st.floats(1, 9)),
)
schedules = st.one_of(
    st.just(Constant()),
    st.builds(StepDecay, count, st.floats(1e-9, 1)),
    st.builds(Cosine, st.none() | count, share),
    st.builds(InverseTime, positive),
)
goals = st.builds(
    lambda split, metric, value: f"{split} {metric} {METRICS[metric][0]} {value!r}",
    st.sampled_from(["", "training", "validation"]),
    st.sampled_from(list(METRICS)),
    share,
)
bias_initializers = expressions(INITIALIZERS).filter(lambda it: "orthogonal" not in it)


@st.composite
def all_trainings(draw: st.DrawFn) -> Training:
    budget = draw(st.sampled_from(["epochs", "steps"]))
    return Training(
        optimizer=draw(optimizers),
        loss=draw(expressions(LOSSES) | st.just("auto")),
        batch=draw(count | st.just("full")),
        order=draw(st.sampled_from(["shuffled", "sequential"])),
        **{budget: draw(count)},
        schedule=draw(schedules),
        warmup=draw(st.integers(0, 1000)),
        init=draw(expressions(INITIALIZERS) | st.just("auto")),
        bias_init=draw(bias_initializers | st.just("auto")),
        l2=draw(non_negative),
        weight_decay=draw(non_negative),
        l1=draw(non_negative),
        penalize_biases=draw(st.booleans()),
        clip_norm=draw(st.none() | positive),
        goal=draw(st.none() | goals),
        patience=draw(st.none() | count),
        probe_every=draw(st.none() | count),
        class_weights=draw(
            st.none() | st.just("balanced") | st.lists(positive, min_size=2).map(tuple)
        ),
        targets=draw(st.none() | st.tuples(st.floats(-9, 0), st.floats(1, 9))),
        dtype=draw(st.sampled_from(["float32", "float64"])),
    )


def check_ways_back(description: Any) -> None:
    owner = type(description)
    names = vars(networks) | vars(trainings)
    ways = [
        owner.from_dict(description.to_dict()),
        owner.from_json(description.to_json()),
        pickle.loads(pickle.dumps(description)),
        replace(description),
        eval(repr(description), dict(names)),
    ]
    for one in ways:
        assert one == description
        assert hash(one) == hash(description)
        assert repr(one) == repr(description)
    assert json.loads(description.to_json()) == description.to_dict()


@given(all_networks())
def test_network_survives(network: Network) -> None:
    check_ways_back(network)


@given(all_trainings())
def test_training_survives(training: Training) -> None:
    check_ways_back(training)


@given(all_networks())
def test_parameters_are_counted_once(network: Network) -> None:
    sizes = [shape[0] * (shape[1:] or (1,))[0] for _, shape in network.parameter_shapes]
    assert network.n_parameters == sum(sizes)


@given(all_trainings(), st.integers(1, 10**6), st.data())
def test_factor_on_the_learning_rate_is_a_share(
    training: Training, budget: int, data: st.DataObject
) -> None:
    step = data.draw(st.integers(0, budget - 1))
    assert 0.0 <= training.lr_factor(step, budget) <= 1.0


budget_free = [one.name for one in fields(Training) if one.name not in ("epochs", "steps", "order")]


@given(all_trainings(), all_trainings(), st.sampled_from(budget_free))
def test_different_trainings_have_different_words(
    one: Training, other: Training, field: str
) -> None:
    changed = replace(one, **{field: getattr(other, field)})
    assert (one == changed) == (one.describe() == changed.describe())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)


def check_refusal(error: DescriptionError) -> None:
    assert len(str(error).splitlines()) == 1
    assert ": " in str(error)


@given(all_networks(), all_trainings(), st.data())
def test_damaged_record_is_read_or_refused(
    network: Network, training: Training, data: st.DataObject
) -> None:
    """One value, at any depth, is replaced by anything."""
    for description in (network, training):
        record = description.to_dict()
        where: Any = record
        while True:
            keys = list(where) if isinstance(where, dict) else range(len(where))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(where[key], dict | list) or not where[key]:
                break
            if data.draw(st.booleans()):
                break
            where = where[key]
        where[key] = data.draw(values)
        try:
            found = type(description).from_dict(record)
        except DescriptionError as error:
            check_refusal(error)
        else:
            check_ways_back(found)


@given(st.text() | st.binary())
def test_any_text_is_json_or_refused(text: Any) -> None:
    for owner in (Network, Training):
        try:
            owner.from_json(text)
        except DescriptionError as error:
            check_refusal(error)


@given(st.text())
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    for parse in (parse_activation, parse_goal):
        try:
            parse(text)
        except DescriptionError as error:
            check_refusal(error)
