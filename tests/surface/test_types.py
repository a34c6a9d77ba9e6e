"""What type checkers make of the package in a user's program."""

import pytest

PROGRAM = """
from dataclasses import replace
import amenable as am
training = am.Training("adam", schedule="cosine")
training = replace(training, optimizer="sgd(lr=0.1)")
training = replace(training, optimizer=am.Adam(0.1))
rate: float = training.optimizer.lr
am.Training(3)
training.optimizer = "adam"
"""


@pytest.mark.slow  # mypy reads the whole package
def test_optimizers_are_texts_or_objects(tmp_path, monkeypatch):
    api = pytest.importorskip("mypy.api")
    (tmp_path / "program.py").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    said, _, _ = api.run(["--config-file=", "program.py"])
    errors = [line for line in said.splitlines() if line.startswith("program.py")]
    assert [line.split(":")[1] for line in errors] == ["8", "9"], said
    assert 'expected "SGD' in errors[0]
    assert "read-only" in errors[1]
