"""Results for programs: what is no number, and no rows."""

import csv
import json

from amenable.cli import export


def test_what_is_not_a_number_is_null(tmp_path):
    path = tmp_path / "a.json"
    export.write_json(path, {"x": float("nan"), "y": [float("inf"), 1.5], "z": {"w": (1, None)}})
    assert json.loads(path.read_text()) == {"x": None, "y": [None, 1.5], "z": {"w": [1, None]}}


def test_rows_become_lines(tmp_path):
    path = tmp_path / "a.csv"
    export.write_csv(path, [{"a": "x,y", "b": 1.5}, {"a": 'say "z"', "b": float("nan")}])
    with path.open(newline="") as file:
        assert list(csv.DictReader(file)) == [{"a": "x,y", "b": "1.5"}, {"a": 'say "z"', "b": ""}]


def test_no_rows_are_a_header(tmp_path):
    export.write_csv(tmp_path / "a.csv", [])
    assert (tmp_path / "a.csv").read_text() == "structure\n"
