"""Study files: what they say, and that what is wrong is named with its line."""

import tomllib

import pytest

import amenable as am
from amenable.study.files import read_study_file
from amenable.study.files.positions import line_of, positions

GOOD = """# a study
[data]
name = "moons"

[space]
hidden = [2, 4,   # three
   [8, 8],
]
activation = ["tanh", "relu"]
"optimizer" = ["sgd",
  "momentum", "adam(lr=0.01)"]
lr = {log_range = [1e-4, 1.0], n = 3}
momentum = {values = [0.5, 0.9], when = {optimizer = "momentum"}}
schedule = "cosine"
goal = "accuracy >= 0.9"

[until_decided]
width = 0.2
"""


@pytest.fixture
def write(tmp_path):
    def call(text):
        path = tmp_path / "study.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return call


def refused(write, text):
    """The message, without the folder: all that can be wrong before training."""
    path = write(text)
    with pytest.raises(am.AmenableError) as error:
        file = read_study_file(path)
        file.candidates(file.load())
    return str(error.value).replace(f"{path.parent}/", "")


def test_a_study_file_says_what_python_says(write):
    file = read_study_file(write(GOOD))
    assert file.space == am.Space(
        hidden=[2, 4, (8, 8)],
        activation=["tanh", "relu"],
        optimizer=["sgd", "momentum", am.Adam(0.01)],
        lr=am.log_range(1e-4, 1, n=3),
        momentum=am.when([0.5, 0.9], optimizer="momentum"),
        schedule=am.Cosine(),
        goal="accuracy >= 0.9",
    )
    assert file.policy == am.UntilDecided(width=0.2)
    assert (file.method, file.n, file.draw_seed) == ("grid", None, 0)
    assert file.study == file.path.parent / "study.study"
    assert (file.keep, file.on, file.curves, file.threads) == ("best", None, False, None)
    assert len(file.candidates(file.load())) == 6 * 4 * 3


def test_sections_in_full(write, tmp_path):
    (tmp_path / "points.csv").write_text(
        "a,b,y\n" + "".join(f"{i},{i % 3},{i % 2}\n" for i in range(40))
    )
    file = read_study_file(
        write(
            """
            data = {file = "points.csv", target = "y", task = "classification", validation = 0.5}
            space.hidden = {integer_range = [2, 9]}
            space.schedule = "cosine"
            space."schedule.steps" = 100
            draw = {method = "latin", n = 5, seed = 3}
            seeds.numbers = [3, 1]
            study = {file = "kept/it.study", keep = "all", on = "ray", curves = true, threads = 2}
            """
        )
    )
    data = file.load()
    first = data[0]  # small tables are split anew for each seed
    assert (len(first.training), len(first.validation), len(first.test)) == (12, 20, 8)
    assert (file.method, file.n, file.draw_seed) == ("latin", 5, 3)
    assert list(file.policy.seeds) == [1, 3]
    assert file.study == tmp_path / "kept" / "it.study"
    assert (file.keep, file.on, file.curves, file.threads) == ("all", "ray", True, 2)
    (it, *_) = file.candidates(data)
    assert it.configuration.training.schedule == am.Cosine(100)


def test_a_number_of_draws_is_enough(write):
    file = read_study_file(write("data.name = 'xor'\nspace.lr.log_range = [0.1, 1]\ndraw.n = 3"))
    assert file.method == "sobol"
    assert len(file.candidates(file.load())) == 3


def test_fields_of_a_schedule_may_have_dots(write):
    text = "data.name = 'xor'\n[space]\nschedule.gamma = [0.1, 0.5]\noptimizer.lr = 0.1"
    assert read_study_file(write(text)).space.names == ("gamma", "lr")


@pytest.mark.parametrize(
    ("section", "policy"),
    [
        ("", am.FixedSeeds(32)),
        ("[seeds]\nn = 100", am.FixedSeeds(100)),
        ("[successive_halving]\nrungs = 3\nseeds = 2", am.SuccessiveHalving(rungs=3, seeds=2)),
        ("[until_decided]\nwidth = 'none'\nmost = 64", am.UntilDecided(width=None, most=64)),
    ],
)
def test_policies(write, section, policy):
    text = f"data.name = 'xor'\nspace.hidden = 2\n{section}"
    assert read_study_file(write(text)).policy == policy


def test_a_study_file_runs_and_goes_on(write):
    file = read_study_file(
        write("data.name = 'xor'\nspace = {hidden = [2, 3], steps = 50}\nseeds.n = 4")
    )
    assert file.run(progress=False).trials == 8
    assert file.run(progress=False).trials == 0
    assert file.run(policy=6, progress=False).trials == 4
    assert am.Study(file.study).status.trials == 12


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "activation",
            "activaton",
            "line 9: space.activaton: unknown setting; did you mean",
        ),
        ("[8, 8]", "[8, 0]", "line 7: space.hidden[2]: expected a width or several"),
        (
            '"relu"',
            '"rleu"',
            "line 9: space.activation[1]: unknown activation 'rleu'; did you",
        ),
        (
            '"momentum", "a',
            '"momentu", "a',
            "line 11: space.optimizer[1]: unknown optimizer 'momentu'",
        ),
        (
            "1e-4, 1.0",
            "1.0, 1e-4",
            "line 12: space.lr.log_range: expected low < high, got 1.0 and",
        ),
        ("n = 3", "m = 3", "line 12: space.lr: unknown key 'm'"),
        (", n = 3", "", "line 12: space.lr: a grid must know how many values of a log_range"),
        ('r = "momentum"', 'r = "momentm"', "line 13: space.momentum.when.optimizer: unk"),
        (
            "0.5, 0.9]",
            "0.5,\n 1.9]",
            "line 14: space.momentum[1]: expected a number in [0, 1), got 1.9",
        ),
        ('= "cosine"', "= cosine", "line 14: not TOML: Invalid value; texts stand in quotes"),
        ("goal =", "goal ", "line 15: not TOML: Expected '=' after a key"),
        (
            'goal = "accuracy',
            'goal = "r2',
            "line 15: Space(hidden=[2], activation='tanh', optim",
        ),
        ("goal", "schedule.floor = 1\ngoal", "line 15: not TOML: Cannot overwrite a value; a name"),
        ("= 0.2", "= 2", "line 18: until_decided.width: expected a number in (0, 1), got 2"),
        (
            "width",
            "widht",
            "line 18: until_decided.widht: unknown key; did you mean 'width'?",
        ),
        (
            "[until_decided]",
            "[until_decide]",
            "line 17: unknown section 'until_decide'; did you",
        ),
        (
            "[until_decided]",
            "[halving]",
            "line 17: unknown section 'halving'; did you mean 'succ",
        ),
        (
            '"moons"',
            '"moon"',
            "line 3: data.name: unknown built-in data 'moon'; did you mean 'mo",
        ),
        ('name = "moons"', 'file = "no.csv"', "line 3: no.csv: no such file"),
        (
            'name = "moons"',
            'name = "moons"\nfile = "a"',
            "line 2: data: expected the name of built-in",
        ),
        (
            'name = "moons"',
            'name = "moons"\ntask = "class"',
            "line 4: task: expected 'classification'",
        ),
        (
            'name = "moons"',
            'name = "moons"\ntarget = 3',
            "line 4: data.target: expected a text, got 3",
        ),
        (
            'name = "moons"',
            'name = "moons"\nparameters = {nose = 1}',
            "moons has no parameter 'nose'",
        ),
        (
            "hidden",
            "test = 0.1\nhidden",
            "line 6: space.test: unknown setting; it belongs",
        ),
        (
            "[until_decided]\nwidth = 0.2",
            "[seeds]\nn = 0",
            "line 18: seeds.n: expected at least one, g",
        ),
        (
            "[until_decided]\nwidth = 0.2",
            "[seeds]\nn = [1]",
            "line 18: seeds.n: expected a whole numb",
        ),
        (
            "[until_decided]\nwidth = 0.2",
            "[seeds]\nnumbers = [1, 1]",
            "line 18: seeds.numbers: 1 is th",
        ),
        (
            "[until_decided]\nwidth = 0.2",
            "[seeds]",
            "line 17: seeds: expected n = 32, or numbers =",
        ),
        (
            "[until_decided]",
            "[seeds]\nn = 1\n[until_decided]",
            "line 19: until_decided: given beside se",
        ),
        ("width = 0.2", "[draw]\nmethod = 'latn'\nn = 3", "line 19: draw.method: expected"),
        (
            "width = 0.2",
            "[draw]\nmethod = 'grid'\nn = 3",
            "line 20: draw.n: a grid takes all points",
        ),
        ("width = 0.2", "[draw]\nn = 0", "line 19: draw.n: expected a whole number >= 1, got 0"),
        (
            "width = 0.2",
            "[study]\ncurves = 1",
            "line 19: study.curves: expected true or false, got 1",
        ),
        ("width = 0.2", "[study]\nfile = ''", "line 19: study.file: expected a text, got ''"),
        (
            "# a study",
            "study = 3",
            "line 1: study: expected a section; write [study] in a line of its",
        ),
        ("# a study", "[[data]]", "not TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(write, old, new, said):
    assert GOOD.count(old) >= 1
    message = refused(write, GOOD.replace(old, new, 1))
    assert said in message
    assert message.startswith("study.toml, line ")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "",
            "study.toml, line 1: space: expected settings; write [space] and hidden = [4, 8] below",
        ),
        ("[data]\nname='xor'\n[space]", "study.toml, line 3: space: expected settings"),
        (
            "[space]\nhidden = 2",
            "line 1: data: expected the name of built-in data or a file, got ne",
        ),
        (
            "[data\nname=1",
            "study.toml, line 1: not TOML: Expected ']' at the end of a table declarat",
        ),
        ("x = '''\n\n", "study.toml, line 3: not TOML"),
        (
            "a = 1\na = 2",
            "study.toml, line 2: not TOML: Cannot overwrite a value; a name stands twice",
        ),
        ("[data]\n[data]", "study.toml, line 2: not TOML: Cannot declare"),
        (b"a = '\n\n\xff'", "study.toml, line 3: expected text in UTF-8; save it so"),
        (
            "data.name = 'xor'\n[space]\n\n[space.lr]\nvalues = [0.1,\n -1]",
            "line 6: space.lr[1]: ex",
        ),
        (
            "data.name = 'xor'\n[space]\nlr = 1\n'optimizer.lr' = 2",
            "line 4: space.optimizer.lr: the",
        ),
        (
            "data.name = 'xor'\n[space]\nschedule.gamma = 0.5",
            "line 3: space.gamma: constant has no",
        ),
        (
            "data.name = 'xor'\n[space]\nlr = 1\npatience = 3",
            "line 4: Space(lr=1.0).patience: needs ",
        ),
        (
            "data.name = 'xor'\n[space]\noutput = 'sigmoid'",
            "line 2: Space(output='sigmoid'): Train",
        ),
        ("data.name = 'xor'\nspace.lr = [1, 2]\ndraw.n = 5", "line 3: draw.n: expected at most 2"),
    ],
)
def test_odd_files_are_refused_with_a_line(write, text, said):
    assert said in refused(write, text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(am.DescriptionError, match=r"no\.toml: cannot be read: No such file"):
        read_study_file(tmp_path / "no.toml")


def test_windows_files_are_read(write):
    file = read_study_file(write(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()))
    assert len(file.space.names) == 7
    assert "line 9" in refused(write, GOOD.replace("activation", "activaton").replace("\n", "\r\n"))


WEIRD = r'''
a.b . "c.d".'e' = [ [1, # x ]
2], {k = "}]", l = [1,
3]}, """
multi ] line \" """""
, 4 ] # end
[[t]]
x = 1
[[t]]
y = 2
[t.sub]
z = 1979-05-27 07:32:00
"\u0041" = {}
'''


def test_every_key_and_value_has_its_line():
    def paths(value, path=()):
        yield path
        if isinstance(value, dict | list):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, it in items:
                yield from paths(it, (*path, key))

    found = positions(WEIRD)
    assert set(found) == {it for it in paths(_marked(tomllib.loads(WEIRD))) if it}
    expected = {
        ("a", "b", "c.d", "e"): 2,
        ("a", "b", "c.d", "e", 0, 1): 3,
        ("a", "b", "c.d", "e", 1, "l", 1): 4,
        ("a", "b", "c.d", "e", 2): 4,
        ("a", "b", "c.d", "e", 3): 6,
        ("t", 1, "y"): 10,
        ("t", 1, "sub", "z"): 12,
        ("t", 1, "sub", "A"): 13,
    }
    assert {path: found[path] for path in expected} == expected
    assert line_of(found, "t", 0, "nothing", "here") == 7
    assert line_of(found, "nothing") == 1


def _marked(value):
    """Lists and tables as they are, all else as 0: texts must not be walked through."""
    if isinstance(value, dict):
        return {key: _marked(it) for key, it in value.items()}
    return [_marked(it) for it in value] if isinstance(value, list) else 0


def test_a_goal_may_be_given_where_the_space_has_none(write, tmp_path):
    file = read_study_file(
        write("data.name = 'xor'\nspace.hidden = 2\nspace.steps = 20\nseeds.n = 2")
    )
    run = file.run(goal="accuracy >= 1")
    assert run.trials == 2
    (it,) = am.Study(file.study).results().configurations
    assert it.training.goal == "accuracy >= 1.0"
