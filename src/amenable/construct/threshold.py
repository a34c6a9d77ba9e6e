"""Boolean trees as few threshold units: weighted sums of inputs and of other units.

A unit is 1 where its sum reaches its threshold. Sums are of whole numbers, and what reaches the
threshold and what does not are 1 apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from amenable.construct.expressions import Name, Tree, TruthValue

Signal = tuple[int, int]  # layer and place in it; layer 0 are the inputs
HEAVIEST = (
    2**12
)  # sum of a unit's weights above which it gets no more: the inner one becomes a unit


@dataclass(frozen=True, slots=True)
class Form:
    """True where the sum of weighted signals is >= threshold; it lies between low and high."""

    weights: tuple[tuple[Signal, int], ...]
    threshold: int
    low: int
    high: int

    @property
    def is_bit(self) -> bool:
        """Whether the sum itself says it, having two values only."""
        return self.high - self.low == 1 and self.threshold == self.high

    @property
    def is_any(self) -> bool:
        """Whether anything above the lowest sum makes it true."""
        return self.threshold == self.low + 1

    @property
    def is_true(self) -> bool:
        """Whether it is always true."""
        return self.threshold <= self.low

    @property
    def is_false(self) -> bool:
        """Whether it is never true."""
        return self.threshold > self.high

    @property
    def depth(self) -> int:
        """The last layer that it takes signals from."""
        return max((signal[0] for signal, _ in self.weights), default=0)

    def negated(self) -> Form:
        """True where this is false."""
        weights = tuple((signal, -weight) for signal, weight in self.weights)
        return Form(weights, 1 - self.threshold, -self.high, -self.low)


TRUE, FALSE = Form((), 0, 0, 0), Form((), 1, 0, 0)


def bit(signal: Signal) -> Form:
    """True where the signal is."""
    return Form(((signal, 1),), 1, 0, 1)


@dataclass(slots=True)
class Circuit:
    """Threshold units in layers, no two the same; `inputs` are names to their places."""

    inputs: Mapping[str, int]
    layers: list[list[Form]] = field(default_factory=list)
    known: dict[tuple[object, int], Signal] = field(default_factory=dict)

    def build(self, tree: Tree) -> list[list[Form]]:
        """Layers of units, the last of which has one: the tree."""
        form = self._form(tree)
        return _without_unused([*self.layers[: form.depth], [form]])

    def _form(self, tree: Tree, is_negated: bool = False) -> Form:
        if isinstance(tree, Name):
            form = bit((0, self.inputs[tree.name]))
            return form.negated() if is_negated else form
        if isinstance(tree, TruthValue):
            return TRUE if tree.value != is_negated else FALSE
        if tree.kind == "not":
            return self._form(tree.parts[0], not is_negated)
        if tree.kind == "xor":
            form = self._parity([self._form(part) for part in tree.parts])
            return form.negated() if is_negated else form
        if (tree.kind == "or") != is_negated:
            return self._any([self._form(part, is_negated) for part in tree.parts])
        return self._any([self._form(part, not is_negated) for part in tree.parts]).negated()

    def _any(self, forms: Sequence[Form]) -> Form:
        """One form for all: those whose sum says "at least one", and one other, inside it.

        Where that other is true its sum is at least `threshold`, else at least `low`; each of the
        first, if true, adds the difference.
        """
        if any(it.is_true for it in forms):
            return TRUE
        different = list(dict.fromkeys(it for it in forms if not it.is_false))
        alike = [it for it in different if it.is_any]
        # the deepest goes inside; the rest of the order only makes equal parts equal forms
        others = sorted(
            (it for it in different if not it.is_any),
            key=lambda it: (-it.depth, it.weights, it.threshold),
        )
        inner = others[0] if others else FALSE
        weight = inner.threshold - inner.low
        spread = inner.high - inner.low + weight * sum(it.high - it.low for it in alike)
        if others and spread + weight * len(others[1:]) > HEAVIEST:
            inner, weight = FALSE, 1
        alike += [self._unit(it) for it in others if it is not inner]
        return _sum([(inner, 1), *((it, weight) for it in alike)], inner.threshold)

    def _parity(self, forms: Sequence[Form]) -> Form:
        """The sum itself, less 2 for every even number that it reaches: a form of two values.

        Rumelhart, Hinton, Williams 1986 have XOR so, with one hidden unit.
        """
        odd: dict[Form, None] = {}
        is_flipped = False
        for form in forms:
            negated = form.negated()
            is_flipped ^= form.is_true or negated in odd
            if form in odd or negated in odd:  # a xor a
                odd.pop(form, None)
                odd.pop(negated, None)
            elif not (form.is_true or form.is_false):
                odd[form] = None
        if len(odd) <= 1:
            found = next(iter(odd), FALSE)
        else:
            bits = [it if it.is_bit else self._unit(it) for it in odd]
            base, total = sum(it.low for it in bits), _weights([(it, 1) for it in bits])
            reached = [
                self._unit(Form(total, base + k, base, base + len(bits)))
                for k in range(2, len(bits) + 1, 2)
            ]
            weights = _weights([(it, 1) for it in bits] + [(it, -2) for it in reached])
            found = Form(weights, base + 1, base, base + 1)
        return found.negated() if is_flipped else found

    def _unit(self, form: Form) -> Form:
        """A unit that is this form, or not it, whichever is there already."""
        opposite = form.negated()
        if (opposite.weights, opposite.threshold) in self.known:
            return bit(self.known[opposite.weights, opposite.threshold]).negated()
        key = (form.weights, form.threshold)
        if key not in self.known:
            while len(self.layers) <= form.depth:
                self.layers.append([])
            layer = self.layers[form.depth]
            self.known[key] = (form.depth + 1, len(layer))
            layer.append(form)
        return bit(self.known[key])


def _sum(forms: Sequence[tuple[Form, int]], threshold: int) -> Form:
    """At least one is true: the first's threshold, moved by what the others add at least."""
    weights = _weights(forms)
    least = sum(it.low * factor for it, factor in forms[1:])
    low = sum(it.low * factor for it, factor in forms)
    high = sum(it.high * factor for it, factor in forms)
    # where one signal is in several of them, the sum itself may be known better
    low = max(low, sum(min(weight, 0) for _, weight in weights))
    high = min(high, sum(max(weight, 0) for _, weight in weights))
    return Form(weights, threshold + least, low, high)


def _weights(forms: Sequence[tuple[Form, int]]) -> tuple[tuple[Signal, int], ...]:
    """Weights of a weighted sum of forms, in the order of signals."""
    total: dict[Signal, int] = {}
    for form, factor in forms:
        for signal, weight in form.weights:
            total[signal] = total.get(signal, 0) + factor * weight
    return tuple((signal, total[signal]) for signal in sorted(total) if total[signal])


def _without_unused(layers: Sequence[Sequence[Form]]) -> list[list[Form]]:
    """Only units that the last one depends on."""
    used = {(len(layers), 0)}
    for k in range(len(layers), 0, -1):
        for place, form in enumerate(layers[k - 1]):
            if (k, place) in used:
                used.update(signal for signal, _ in form.weights)
    places: dict[Signal, Signal] = {}
    for k, layer in enumerate(layers, start=1):
        kept = [(k, place) for place in range(len(layer)) if (k, place) in used]
        places.update({signal: (k, place) for place, signal in enumerate(kept)})
    return [
        [
            replace(form, weights=tuple((places.get(it, it), w) for it, w in form.weights))
            for place, form in enumerate(layer)
            if (k, place) in used
        ]
        for k, layer in enumerate(layers, start=1)
    ]
