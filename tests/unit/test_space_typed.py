"""Settings as they are typed become the values of a space, or an error that names the option."""

import pytest

import amenable as am
from amenable.space.typed import read_typed, write_typed


@pytest.mark.parametrize(
    ("name", "texts", "values"),
    [
        ("hidden", ["none", "10,10", "4"], [[], [10, 10], [4]]),
        ("hidden", ["2..32"], am.integer_range(2, 32)),
        ("batch", ["full", "32"], ["full", 32]),
        ("batch", ["8..64"], am.integer_range(8, 64, log=True)),
        ("lr", ["1e-4..1"], am.log_range(1e-4, 1)),
        ("momentum", ["0..0.9"], am.linear_range(0, 0.9)),
        ("epochs", ["1e3"], [1000]),
        ("bias", ["true", "False"], [True, False]),
        ("clip_norm", ["none", "1"], [None, 1.0]),
        ("class_weights", ["0.2,0.8", "balanced"], [[0.2, 0.8], "balanced"]),
        ("targets", ["-1,1"], [[-1.0, 1.0]]),
        ("optimizer", ["adam(lr=0.1, beta1=0.5)", "sgd"], ["adam(lr=0.1, beta1=0.5)", "sgd"]),
        ("schedule.steps", ["10"], [10]),
        ("lr", ["0.1", "0.10"], [0.1]),
    ],
)
def test_values(name, texts, values):
    found = read_typed({name: texts})[name]
    assert found == values
    if isinstance(values, list):
        assert read_typed({name: [write_typed(it) for it in values]})[name] == values
    else:
        assert read_typed({name: [write_typed(values)]})[name] == values


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("lr", "x", "--lr: expected a finite number >= 0, got 'x'"),
        ("lr", "1..", "--lr: expected a range of numbers, got '1..'; a range is typed as 1e-4..1"),
        (
            "lr",
            "0..1",
            "--lr: expected a finite number > 0, got 0.0; a range is typed",
        ),
        ("lr", "1..0.1", "--lr: expected low < high, got 1.0 and 0.1"),
        ("hidden", "2...5", "--hidden: expected a range of numbers, got '2...5'"),
        ("hidden", "0..5", "--hidden: expected a width or several, each an integer >= 1, got 0"),
        ("hidden", "8,a", "--hidden: expected a width or several, each an integer >= 1, got '8,a'"),
        ("batch", "x", "--batch: expected \"full\", got 'x'; type 32, or full"),
        ("epochs", "1.5", "--epochs: expected an integer >= 1, got 1.5"),
        ("activation", "rleu", "--activation: unknown activation 'rleu'; did you mean 'relu'?"),
        ("weight_decay", "-1", "--weight-decay: expected a finite number >= 0, got -1.0"),
        ("schedule.steps", "0", "--schedule-steps: expected an integer >= 1, got 0"),
    ],
)
def test_what_cannot_be_meant_names_the_option(name, text, said):
    with pytest.raises(am.DescriptionError) as error:
        read_typed({name: [text]})
    assert str(error.value).startswith(said)


def test_a_range_stands_alone():
    with pytest.raises(am.DescriptionError, match=r"--lr: a range stands alone; leave the other"):
        read_typed({"lr": ["1e-4..1", "0.1"]})
