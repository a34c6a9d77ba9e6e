"""Spaces of every make: they survive JSON, draw only what they hold, and build."""

import json
import tomllib

import hypothesis.strategies as st
from hypothesis import given, settings

import amenable as am
from amenable.space.builder import candidates
from amenable.study.files.positions import positions

MOONS = am.load("moons")

numbers = st.floats(1e-6, 1e3)
widths = st.integers(1, 64)


@st.composite
def ranges(draw, low=1e-6, high=1e3):
    first, second = sorted((draw(st.floats(low, high)), draw(st.floats(low, high))))
    make = draw(st.sampled_from([am.linear_range, am.log_range]))
    n = draw(st.integers(2, 4))
    return make(first, second, n=n) if first < second else first


def lists(values):
    return st.lists(values, min_size=1, max_size=4, unique_by=lambda it: json.dumps(it))


@st.composite
def spaces(draw):
    taken = {
        "hidden": lists(st.one_of(st.just([]), st.lists(widths, min_size=1, max_size=3))),
        "activation": lists(st.sampled_from(["tanh", "relu", "elu", "softsign"])),
        "dropout": lists(st.sampled_from([0.0, 0.1, 0.5])),
        "lr": ranges(),
        "l2": st.one_of(lists(numbers), ranges()),
        "batch": lists(st.integers(1, 64)),
        "clip_norm": st.sampled_from([None, 1.0, [None, 2.0]]),
    }
    names = draw(st.sets(st.sampled_from(sorted(taken)), min_size=1))
    chosen = {name: draw(taken[name]) for name in sorted(names)}
    if draw(st.booleans()):
        chosen["optimizer"] = ["sgd", "momentum", "adam(beta1=0.5)"]
        chosen["momentum"] = am.when(
            [0.1, 0.9], optimizer=draw(st.sampled_from(["sgd", "momentum"]))
        )
    order = draw(st.permutations(sorted(chosen)))
    return am.Space(**{name: chosen[name] for name in order})


@settings(max_examples=40)
@given(spaces())
def test_spaces_survive_json(space):
    again = am.Space.from_json(space.to_json())
    assert again == space
    assert again.draw() == space.draw()


@settings(max_examples=50)
@given(spaces(), st.integers(0, 2**64 - 1))
def test_points_are_different_and_are_of_the_space(space, seed):
    grid = {json.dumps(it) for it in space.draw()}
    assert len(grid) == len(space.draw())
    entries = {it.name: it for it in space.entries}
    for it in space.draw("latin", min(8, len(grid)), seed):
        assert json.loads(json.dumps(it)) == it
        for name, value in it.items():
            choices = entries[name].choices
            if not isinstance(choices, tuple):
                assert choices.low <= value <= choices.high
            elif name != "optimizer":
                assert value in choices
        for name, entry in entries.items():
            if name not in it:
                inert = name in ("activation", "dropout") and it.get("hidden") == []
                assert inert or any(it.get(o) not in allowed for o, allowed in entry.conditions)


@settings(max_examples=40)
@given(spaces())
def test_every_point_builds_and_names_itself(space):
    points = space.draw()[:20]
    found = candidates(points, MOONS)
    assert 0 < len(found) <= len(points)
    assert len({it.configuration for it in found}) == len(found)
    for it in found:
        (again,) = candidates(it.settings, MOONS)
        assert again.configuration == it.configuration


keys = st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True)
values = st.recursive(
    st.one_of(st.integers(-9, 9), st.booleans(), st.sampled_from(["", "a", "],", "#", "}", "= ["])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)


def written(value, gap):
    """TOML, with line breaks and comments where arrays allow them."""
    if isinstance(value, list):
        return "[" + ",".join(f"{gap}{written(it, gap)}" for it in value) + f"{gap}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {written(it, '')}" for key, it in value.items())
        return "{" + ", ".join(pairs) + "}"
    return json.dumps(value)


@settings(max_examples=60)
@given(st.dictionaries(keys, values, max_size=4), st.sampled_from(["", "\n", " # ] x\n  ", "\r\n"]))
def test_positions_finds_all_that_tomllib_reads(record, gap):
    text = "[it]\n" + "".join(f"{json.dumps(k)} = {written(v, gap)}\n" for k, v in record.items())
    assert tomllib.loads(text)["it"] == record
    found = positions(text)

    def check(value, path):
        assert path in found
        line = text.splitlines()[found[path] - 1]
        if isinstance(path[-1], str):
            assert path[-1] in line
        items = ()
        if isinstance(value, dict | list):
            items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            check(inner, (*path, key))

    check(record, ("it",))
    assert all(a <= b for a, b in zip(found.values(), list(found.values())[1:], strict=False))
