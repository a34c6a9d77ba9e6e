"""Tables as they are found: numbers in other spellings, gaps, stray words; all of it is said."""

import numpy as np
import pytest

import amenable as am
from amenable.datasets.files import read_table
from amenable.errors import DataError

N = 40


def written(tmp_path, columns, name="t.tsv"):
    """A table of texts, separated by tabs."""
    path = tmp_path / name
    rows = zip(*columns.values(), strict=True)
    path.write_text("\n".join("\t".join(row) for row in (tuple(columns), *rows)) + "\n")
    return path


def numbers(seed=0):
    return np.random.default_rng(seed).normal(0, 2000, N).round(2)


def labels():
    return ["no", "yes"] * (N // 2)


@pytest.mark.parametrize(
    "spelling",
    [
        lambda it: f"{it}".replace(".", ","),
        lambda it: f"{it:,}",
        lambda it: f"{it:,}".replace(",", "'"),
        lambda it: f"$ {it:,}" if it >= 0 else f"-${-it:,}",
        lambda it: f"{it} %",
        lambda it: f"{it}".replace("-", "−"),
        lambda it: f"{it:.7E}".replace("E", "D"),
        lambda it: f"({-it})" if it < 0 else f"{it}",
    ],
)
def test_other_spellings_are_the_same_numbers(tmp_path, spelling):
    plain = am.load(written(tmp_path, {"a": [f"{it}" for it in numbers()], "k": labels()}))
    other = am.load(written(tmp_path, {"a": [spelling(it) for it in numbers()], "k": labels()}))
    assert other.features == ("a",)
    np.testing.assert_allclose(other.x, plain.x, rtol=1e-6)


@pytest.mark.parametrize("mark", [".", "-", "--", "?", "None", "#N/A", "n/a", "Null", "lost"])
@pytest.mark.parametrize("each", [3, 10])
def test_a_word_among_numbers_is_a_gap_and_said(tmp_path, mark, each):
    cells = [mark if i % each == 1 else f"{it}" for i, it in enumerate(numbers())]
    data = am.load(written(tmp_path, {"a": cells, "b": map(str, numbers(1)), "k": labels()}))
    assert [it for it in data.features if "missing" not in it] == ["a", "b"]
    assert any("'a'" in note and "missing" in note for note in data.notes)


def test_a_code_among_numbers_makes_categories_and_is_said(tmp_path):
    cells = [str(i % 15) for i in range(N)]
    cells[5] = "136A"
    data = am.load(written(tmp_path, {"family": cells, "b": map(str, numbers()), "k": labels()}))
    assert "column 'family' taken as categories: '136A' in row 6 is no number" in data.notes
    assert any(it.startswith("family=") for it in data.features)


def test_a_column_without_a_value_is_left_out(tmp_path):
    data = am.load(written(tmp_path, {"a": map(str, numbers()), "b": [""] * N, "k": labels()}))
    assert data.features == ("a",)
    assert "column 'b' left out: it has no value in any row" in data.notes


def test_what_looks_like_a_number_and_is_none_is_said(tmp_path):
    cells = [f"{it};{i % 3}" for i, it in enumerate([1, 2] * (N // 2))]
    data = am.load(written(tmp_path, {"a": cells, "b": map(str, numbers()), "k": labels()}))
    assert any("'1;0' in row 1 looks like a number, and is none" in it for it in data.notes)


def test_a_stray_word_in_the_target_is_refused_by_row(tmp_path):
    cells = [f"{it}" for it in numbers()]
    cells[7] = "many"
    table = written(tmp_path, {"a": map(str, numbers(1)), "price": cells})
    with pytest.raises(DataError, match=r"column 'price', row 8 is 'many', in a column of numbers"):
        am.load(table)


def test_new_rows_may_be_written_in_another_way(tmp_path):
    data = am.load(written(tmp_path, {"a": map(str, numbers()), "k": labels()}))
    trained = am.train(am.mlp(1, 2, 1), data, am.Training(epochs=2), seeds=1).best
    more = {"no": ["1", "2"]}
    plain = written(tmp_path, {"a": ["1234.5", "-0.25"], **more}, "plain.tsv")
    commas = written(tmp_path, {"a": ["1.234,5", "-0,25"], **more}, "commas.tsv")
    with pytest.warns(UserWarning, match="'no' ignored"):
        assert trained.predict(plain).tolist() == trained.predict(commas).tolist()


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.txt", "t.data", "t.dat", "t.tab"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_seen_whatever_the_name(tmp_path, name, separator):
    path = tmp_path / name
    lines = [separator.join((f"{it}", f"{i}.5", k))
             for i, (it, k) in enumerate(zip(numbers(), labels(), strict=True))]  # fmt: skip
    path.write_text("\n".join([separator.join(("a", "b", "k")), *lines]) + "\n")
    data = am.load(path)
    assert (data.n_samples, data.features, data.classes) == (N, ("a", "b"), ("no", "yes"))


def test_decimal_commas_between_semicolons(tmp_path):
    path = tmp_path / "t.csv"
    lines = [f"{it};{k}".replace(".", ",") for it, k in zip(numbers(), labels(), strict=True)]
    path.write_text("\n".join(["a;k", *lines]) + "\n")
    data = am.load(path)
    assert data.features == ("a",)
    assert "numbers are read with decimal commas" in data.notes


def test_blanks_before_quotes_are_no_part_of_names_and_values(tmp_path):
    path = tmp_path / "t.csv"
    lines = [
        f'"{it}", "{i}", "{k}"' for i, (it, k) in enumerate(zip(numbers(), labels(), strict=True))
    ]
    path.write_text("\n".join(['"a", "b", "k"', *lines]) + "\n")
    data = am.load(path, target="k")
    assert (data.features, data.classes) == (("a", "b"), ("no", "yes"))


ROW_NUMBERS = [3 * i + (i % 2) for i in range(N)]


@pytest.mark.parametrize("name", ["", "id", "PassengerId", "customer_id", "case-ID", "Index"])
@pytest.mark.parametrize("direction", [1, -1])
def test_row_numbers_with_gaps_are_left_out_and_said(tmp_path, name, direction):
    rows = [f"{it}" for it in ROW_NUMBERS[::direction]]
    table = {name: rows, "a": [f"{it}" for it in numbers()], "k": labels()}
    data = am.load(written(tmp_path, table))
    assert data.features == ("a",)
    assert any("left out: it only numbers the rows" in it for it in data.notes)


@pytest.mark.parametrize("name", ["year", "grid", "humid", "valid"])
def test_other_numbers_that_rise_with_the_rows_stay_and_are_said(tmp_path, name):
    table = {name: [f"{it}" for it in ROW_NUMBERS], "a": [f"{it}" for it in numbers()]}
    data = am.load(written(tmp_path, table | {"k": labels()}))
    assert data.features == (name, "a")
    assert any(f"{name!r} changes in one direction with every row" in it for it in data.notes)


def test_numbers_out_of_order_or_with_fractions_number_no_rows(tmp_path):
    shuffled = [f"{it}" for it in np.random.default_rng(1).permutation(N)]
    halves = [f"{it + 0.5}" for it in ROW_NUMBERS]
    data = am.load(written(tmp_path, {"id": shuffled, "no": halves, "k": labels()}))
    assert data.features == ("id", "no")
    assert not any("row" in it and "'id'" in it for it in data.notes)


@pytest.mark.parametrize(("n_rows", "is_left_out"), [(9, False), (10, True)])
def test_a_few_numbers_may_rise_by_chance(tmp_path, n_rows, is_left_out):
    table = {"id": ROW_NUMBERS, "a": numbers(), "k": labels()}
    short = {name: [f"{it}" for it in cells[:n_rows]] for name, cells in table.items()}
    assert ("id" not in am.load(written(tmp_path, short)).features) == is_left_out


HEADERLESS = {
    "numbers and words": ["39, State, 13.5, <=50K", "50, Private, 13, >50K"],
    "words and whole numbers": ["B,1,1,2", "L,1,3,4", "R,5,1,2"],
    "numbers": ["0.126,-0.132,0", "0.5,0.25,1"],
    "words": ["p,x,s", "e,x,y", "p,b,s", "e,b,y"],
}


@pytest.mark.parametrize("kind", HEADERLESS)
def test_a_first_line_of_data_is_not_taken_for_names(tmp_path, kind):
    path = tmp_path / "t.csv"
    lines = HEADERLESS[kind] * 20
    path.write_text("\n".join(lines) + "\n")
    table = read_table(path)
    assert len(table.frame) == len(lines)
    assert table.frame.columns[0] == "column 1"
    assert "the first line holds data" in table.notes[0]


@pytest.mark.parametrize(
    "header", ["a,b,k", "2001,2002,k", "1,2,3", "0,1,target", "x,y,yes", "a,,k"]
)
def test_a_header_is_one(tmp_path, header):
    path = tmp_path / "t.csv"
    lines = [f"{it},{i},{k}" for i, (it, k) in enumerate(zip(numbers(), labels(), strict=True))]
    path.write_text("\n".join([header, *lines]) + "\n")
    table = read_table(path)
    assert len(table.frame) == N
    assert table.frame.columns[0] == header.split(",")[0]


def test_columns_of_one_name_are_numbered(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,a,a 2,k\n" + "1.5,2,3,4,x\n2.5,2,1,0,y\n" * 20)
    table = read_table(path)
    assert len(set(table.frame.columns)) == 5
    assert table.frame.columns[0] == "a"
    assert table.notes == ("columns of one name are numbered: 'a'",)
