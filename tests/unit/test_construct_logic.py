"""Boolean expressions as threshold networks: right on every row, few units, clear errors."""

import itertools

import numpy as np
import pytest

import amenable as am
from amenable.construct import logic, parity


def table(n):
    return np.array(list(itertools.product([0, 1], repeat=n)))


def truth(text, names):
    """What Python makes of it."""
    source = text.replace("xor", "^").replace("true", "True").replace("false", "False")
    rows = table(len(names)).astype(bool)
    return [eval(source, {}, dict(zip(names, map(bool, row), strict=True))) for row in rows]


# No "not" beside "xor": for Python it binds less than ^.
EXPRESSIONS = {
    "x1": (),
    "not x1": (),
    "x1 and not x2 or x3": (),
    "x1 and (x2 or x3 and (x4 or x5))": (),
    "(x1 or x2) and (x3 or x4)": (1,),
    "x1 and x2 or x3 and x4 or x5 and x6": (2,),
    "x1 xor x2": (1,),
    "x1 xor x2 xor x3": (1,),
    "(x1 xor x2) and (x3 xor x4)": (2,),
    "(x1 xor x2) or x1 and x2 and x3": (1,),
    "((x1 and x2) or (x3 and x4)) xor x5": (1, 1, 1),
    "x1 or not x1": (),
    "x1 and not x1": (),
    "x1 or true": (),
    "x1 and true or false": (),
    "not (not (x1 or x2) and not (x3 or x4))": (),
}


@pytest.mark.parametrize(("text", "hidden"), EXPRESSIONS.items())
def test_an_expression_is_right_on_every_row_with_few_units(text, hidden):
    names = sorted({it.strip("()") for it in text.split() if it.strip("()").startswith("x")})
    names = [it for it in names if it != "xor"]
    expected = np.array(truth(text, names), dtype=float)
    steps, sigmoids = logic(text), logic(text, "sigmoid")
    assert steps.network.hidden == hidden
    np.testing.assert_array_equal(steps.decision(table(len(names)))[:, 0], expected)
    assert np.abs(sigmoids.decision(table(len(names)))[:, 0] - expected).max() <= 0.01
    assert sigmoids.network.is_trainable
    assert not steps.network.is_trainable


def test_not_binds_before_and_before_xor_before_or():
    rows = table(3)
    a, b, c = rows.T.astype(bool)
    for text, expected in (
        ("a or b xor c", a | (b ^ c)),
        ("a xor b and c", a ^ (b & c)),
        ("a and b xor c", (a & b) ^ c),
        ("not a and b or c", (~a & b) | c),
        ("not a xor b or c", (~a ^ b) | c),
        ("a xor not b xor 1 xor c", ~(a ^ ~b ^ c)),
        ("NOT a AND (b OR c)", ~a & (b | c)),
        ("parity(a, not b, c and a)", a ^ ~b ^ (c & a)),
        ("parity(a, b and c, b and c) or not (a xor c)", a | ~(a ^ c)),
    ):
        model = logic(text, inputs=("a", "b", "c"))
        np.testing.assert_array_equal(model.decision(rows)[:, 0], expected, text)


def test_equal_parts_are_one_unit():
    both = logic("((a and b) or (c and d)) xor e xor ((c and d) or (a and b)) xor f")
    assert both.network.hidden == (1,)
    used_twice = logic("(a and b or c and d) and e or not (a and b or c and d) and f")
    assert sum(used_twice.network.hidden) <= 3


def test_inputs_come_in_order_or_as_given():
    assert "of x1, x2, x10." in logic("x10 and x2 or x1").about
    model = logic("b and not a", inputs=["b", "unused", "a"])
    np.testing.assert_array_equal(model.flat, [1, 0, -1, -0.5])


def test_weights_that_would_grow_too_large_become_units():
    text = "x1"
    for i in range(2, 17):
        text = f"x{i} {'and' if i % 2 else 'or'} ({text})"
    model = logic(text)
    assert model.network.inputs == 16
    assert np.abs(model.flat).max() <= 2**12
    assert sum(model.network.hidden) <= 2


def test_sixteen_inputs_are_checked_and_seventeen_refused():
    names = [f"x{i}" for i in range(1, 18)]
    model = logic(f"parity({', '.join(names[:16])})")
    assert model.network.hidden == (8,)
    with pytest.raises(am.DescriptionError, match="at most 16 inputs, so that all 65,536 rows"):
        logic(" or ".join(names))


@pytest.mark.parametrize("n", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("activation", ["step", "sigmoid"])
def test_parity_has_n_hidden_units(n, activation):
    model = parity(n, activation)
    assert model.network.structure == f"{n}-{n}-1"
    rows = np.random.default_rng(n).integers(0, 2, (200, n))
    off = np.abs(model.decision(rows)[:, 0] - rows.sum(axis=1) % 2)
    assert off.max() <= (0 if activation == "step" else 0.01)


def test_a_sharpness_that_is_too_small_is_refused_with_a_row():
    with pytest.raises(
        am.DescriptionError, match=r"output for \(0, 0, 0, 0, 1\) would be wrong by"
    ):
        logic("parity(a, b, c, d, e)", "sigmoid", sharpness=1.0)
    assert logic("a and b", "sigmoid", sharpness=2.0).flat[0] == 2
    with pytest.raises(am.DescriptionError, match='none for the activation "step"'):
        logic("a and b", sharpness=2.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x1 and and x2", r"constant, .* at character 8, got \"and\": x1 and >>>and<<< x2$"),
        ("x1 & x2", r"at character 4, got \"&\": x1 >>>&<<< x2; did you mean \"and\"\?"),
        ("x1 || x2", 'did you mean "or"'),
        ("x1 != x2", 'did you mean "xor"'),
        ("~x1", 'at character 1, .* did you mean "not"'),
        ("x1 nad x2", "at character 4, got \"nad\": .* did you mean 'and'"),
        ("(x1 or x2", r'"\)" for the "\(" at character 1 .* got the end: \(x1 or x2$'),
        ("x1 or x2)", "the end at character 9"),
        ("x1 or", "at character 6, got the end"),
        ("", "at character 1, got the end"),
        ("2x", 'at character 1, got "2x"'),
        ("x1 x2", 'at character 4, got "x2"'),
        ("parity x1", r'"\(" after "parity", .* at character 8'),
        ("parity()", r"at character 8, got \"\)\""),
        ("parity(x1, )", r"at character 12, got \"\)\""),
        ("(x1, x2)", 'at character 4, got ","'),
        ("x1 @ x2", 'at character 4, got "@"'),
        ("__import__('os')", r"at character 11, got \"\(\""),
        ("(" * 101 + "x" + ")" * 101, "at most 100 parentheses"),
        ("not " * 101 + "x", "at most 100 parentheses"),
        ("true", "no inputs; write inputs="),
    ],
)
def test_an_error_points_at_the_place(text, message):
    with pytest.raises(am.DescriptionError, match=f"logic.expression: .*{message}"):
        logic(text)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: logic(5), "logic.expression: expected a text"),
        (lambda: logic("a", "tanh"), 'logic.activation: expected "step" or "sigmoid"'),
        (lambda: logic("a", inputs=["b"]), "all names of the expression, such as a"),
        (lambda: logic("a", inputs=["a", "a"]), "a list of unique names"),
        (lambda: logic("a", inputs="a"), "a list of unique names"),
        (lambda: logic("a", inputs=["a", 1]), "a list of unique names"),
        (lambda: logic("a", "sigmoid", sharpness=-1), "logic.sharpness"),
        (lambda: parity(0), "parity.n: expected an integer >= 1"),
        (lambda: parity(257), "from 1 to 256"),
        (lambda: parity(3, "relu"), "parity.activation"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(am.DescriptionError, match=message):
        call()
