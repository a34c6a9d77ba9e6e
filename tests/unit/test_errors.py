import pickle

import pytest

from amenable import errors
from amenable.errors import AmenableError, DataError, DescriptionError, FileError, MissingExtra

ALL = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("error", ALL)
def test_every_error_is_ours_and_drawn_in_the_tree(error):
    assert issubclass(error, AmenableError)
    assert error.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("error", ALL)
def test_messages_are_one_line(error):
    raised = error("column 'a':\n  expected numbers\n\n got text")
    assert str(raised) == "column 'a': expected numbers got text"


@pytest.mark.parametrize(
    ("error", "builtin"),
    [(DataError, ValueError), (DescriptionError, ValueError), (MissingExtra, ImportError)],
)
def test_builtin_bases(error, builtin):
    assert issubclass(error, builtin)
    assert not issubclass(FileError, ValueError)


@pytest.mark.parametrize("error", ALL)
def test_errors_survive_pickling(error):
    again = pickle.loads(pickle.dumps(error("batch: got 0")))
    assert type(again) is error
    assert str(again) == "batch: got 0"


def test_a_message_is_made_of_its_fields():
    error = DescriptionError(where="Adam.lr", expected="a number", got="'x'", hint="use 0.1")
    assert str(error) == "Adam.lr: expected a number, got 'x'; use 0.1"
    assert (error.where, error.field, error.parts) == ("Adam.lr", "lr", ("Adam", "lr"))


def test_the_caller_says_what_the_user_called_it():
    error = DescriptionError(where="Adam.lr", expected="a number", got="'x'", hint="use 0.1")
    assert str(error.within("grid").at("--lr")) == "--lr: expected a number, got 'x'; use 0.1"
    assert (
        str(error.at("--lr", hint="or 1e-4..1")) == "--lr: expected a number, got 'x'; or 1e-4..1"
    )
    assert str(error.at("")) == "expected a number, got 'x'; use 0.1"


def test_a_file_and_its_line_are_put_in_front():
    error = DataError("unknown data 'moon'", where=("data", "name"))
    placed = error.at("study.toml", line=3)
    assert str(placed) == "study.toml, line 3: data.name: unknown data 'moon'"
    assert type(placed) is DataError and placed.field == "name"


def test_names_with_dots_and_places_in_lists_stay_apart():
    error = DescriptionError("too small", where=("Space", "schedule.steps", 2))
    assert str(error) == "Space.schedule.steps[2]: too small"
    assert error.field == "schedule.steps"
    assert DescriptionError(where="Network.layers[1]").parts == ("Network", "layers", 1)
    assert DescriptionError("cannot be read", where="a file.csv").parts == ("a file.csv",)


def test_fields_survive_pickling():
    error = DescriptionError(where="Adam.lr", expected="a number", got="'x'").within("grid")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert str(again.at("--lr")) == "--lr: expected a number, got 'x'"
