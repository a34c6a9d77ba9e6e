"""`amenable digits`: train LeNets on handwritten digits, and compare with published results."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from amenable.cli import digits_options as typed
from amenable.cli import options
from amenable.cli.screen import INTERRUPTED
from amenable.errors import called

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rich.console import Console

    from amenable.cli.digits_results import DigitsRow
    from amenable.cli.digits_training import TrainedDigits
    from amenable.datasets import Dataset
    from amenable.network import Network
    from amenable.training import Training

HELP = (
    "Train LeNets on handwritten digits, as in 1989, and see what sharing weights buys.\n\n"
    "Each network is trained one digit at a time, in constant order, with squared error. The "
    "table compares its mistakes on training and test digits with those of networks that share no "
    "weights and of scikit-learn's simplest models. Test digits choose nothing. Pictures go to a "
    "folder."
)
EXAMPLES = """
[bold]Examples[/bold]

[cyan]amenable digits[/cyan]
  learn the built-in digits of 8 by 8 pixels, in seconds

[cyan]amenable digits --data usps --save lenet.npz[/cyan]
  learn the 7,291 training digits of the paper, which are fetched once, and keep the best network

[cyan]amenable digits --data usps.npz --network lenet1 --seeds 8[/cyan]
  learn a file with x_train, y_train, x_test and y_test, with the network of NIPS 1989
"""


def digits(
    data: typed.Data = "digits",
    network: typed.NetworkName = "lenet1989",
    activation: typed.Activation = typed.ACTIVATION,
    seeds: typed.Seeds = None,
    epochs: typed.Epochs = None,
    lr: typed.LearningRate = None,
    init: typed.Init = None,
    threads: options.Threads = None,
    compare: typed.Compare = True,
    figures: typed.Figures = True,
    sample: typed.Sample = None,
    out: typed.Out = typed.FOLDER,
    save: typed.Save = None,
    json_file: options.JsonFile = None,
) -> int:
    """Train LeNets on handwritten digits, as in 1989, and see what sharing weights buys."""
    from amenable import engine
    from amenable.cli import digits_pictures, digits_setup, screen
    from amenable.errors import DescriptionError
    from amenable.writing import check_outputs

    console, err = screen.results(), screen.remarks()
    check_outputs({"--save": save, "--json": json_file}, [data])
    seeds = typed.SEEDS if seeds is None else seeds
    epochs = typed.PASSES if epochs is None else epochs
    lr, sample = typed.RATE if lr is None else lr, sample or 0
    with called("--threads"):
        engine.check_threads(threads)
    if not 1 <= seeds <= digits_setup.MOST_SEEDS:
        most = digits_setup.MOST_SEEDS
        raise DescriptionError(f"--seeds: expected 1 to {most:,}, got {seeds}; use 32")
    preset = digits_setup.network_named(network, activation)
    training = digits_setup.training_of(lr, init or digits_setup.INITS[network], epochs)
    with err.status("reading the data"):
        read = digits_setup.load_digits(data, preset)
    if figures:
        digits_pictures.check_sample(read, sample)
        digits_pictures.check_folder(out)
    chosen = digits_setup.with_classes(preset, read)
    title = digits_setup.TITLES[network]
    _say_plan(console, read, title, chosen, training, seeds)
    trained = _train(chosen, training, read, seeds, threads, err)
    if not trained.passes:
        screen.fail("interrupted before the first pass was over")
        return INTERRUPTED
    rows, notes = _results(title, trained, read, compare, threads, err)
    said = _print(console, rows, notes, trained, read)
    if save is not None:
        _save(console, trained, read, save)
    if json_file is not None:
        _write(json_file, rows, said, trained, read)
    if figures:
        with err.status("drawing"):
            written = digits_pictures.draw_all(trained, read, sample, out)
        screen.show(console)
        screen.say(console, f"Pictures in {out}: {', '.join(it.name for it in written)}")
    _say_next(console, data, network, save)
    return INTERRUPTED if trained.is_cancelled else 0


def _say_plan(
    console: Console, data: Dataset, title: str, network: Network, training: Training, seeds: int
) -> None:
    from amenable.cli import screen
    from amenable.formatting import plural
    from amenable.sweep import header

    head, *notes = header.data_lines(data)
    screen.say(console, head)
    screen.say_all(console, notes, indent=2)
    connections = network.summary().connections
    screen.say(console, f"{plural(seeds, 'network')}: {title}, {network.structure}")
    screen.say(
        console,
        f"{network.n_parameters:,} parameters for {connections:,} connections; "
        f"{training.describe()}",
        indent=2,
    )
    screen.show(console)


def _train(
    network: Network,
    training: Training,
    data: Dataset,
    seeds: int,
    threads: int | None,
    err: Console,
) -> TrainedDigits:
    """All passes, with a line for each on stderr."""
    from amenable.cli.digits_training import train_in_passes

    total, begun = int(training.epochs or 1), time.monotonic()

    def tell(k: int, measured: NDArray[np.float64]) -> None:
        err.print(_pass_line(k, total, measured, time.monotonic() - begun), style="dim")

    return train_in_passes(network, training, data, range(seeds), threads=threads, tell=tell)


def _pass_line(k: int, total: int, measured: NDArray[np.float64], elapsed_s: float) -> str:
    """ "pass  5 of 23: training error 1.62 %, test error 6.13 %, 0:18 left"."""
    import numpy as np

    from amenable.progress import clock

    errors = 100 * (1 - measured[:, :, 1])
    going = ~np.isnan(errors[:, 0])
    lost = f", {np.sum(~going)} diverged" if not going.all() else ""
    if not going.any():
        return f"pass {k} of {total}: all networks have diverged"
    training, test = np.median(errors[going], axis=0)
    left = f", {clock(elapsed_s * (total - k) / k)} left" if 0 < k < total else ""
    place = f"pass {k:{len(str(total))}d} of {total}"
    return f"{place}: training error {training:5.2f} %, test error {test:5.2f} %{lost}{left}"


def _results(
    title: str,
    trained: TrainedDigits,
    data: Dataset,
    is_compared: bool,
    threads: int | None,
    err: Console,
) -> tuple[list[DigitsRow], list[str]]:
    """The rows of the table, and what must be said of them."""
    from amenable.cli import digits_results, digits_setup
    from amenable.formatting import plural
    from amenable.population import train

    network, training = trained.population.configurations[0]
    rows = [
        digits_results.as_row(title, network, trained.last, data, trained.passes, trained.train_s)
    ]
    paper = digits_results.published(data, network)
    if paper is not None:
        rows.append(paper)
    if not is_compared or trained.is_cancelled:
        return rows, []
    rivals = digits_setup.rivals(network)
    n_seeds = min(len(trained.population), digits_setup.MOST_RIVALS)
    err.print(f"for comparison: {plural(n_seeds, 'seed')} each of 3 networks", style="dim")
    with err.status("training the same without shared weights"):
        begun = time.monotonic()
        others = train(
            [it.network for it in rivals],
            data,
            training,
            seeds=n_seeds,
            threads=threads,
            progress=False,
        )
        fit_s = time.monotonic() - begun
        if others.is_cancelled:
            raise KeyboardInterrupt
        found = digits_results.measured_of(others, data, threads)
    rows += [
        digits_results.as_row(it.name, it.network, found[it.network], data, trained.passes, None)
        for it in rivals
    ]
    with err.status("fitting scikit-learn's models"):
        rows += digits_results.simple_models(data)
    return rows, [
        f"Networks without shared weights: {plural(n_seeds, 'seed')} each, trained in the same "
        f"way, in {fit_s:.1f} s."
    ]


def _print(
    console: Console, rows: list[DigitsRow], notes: list[str], trained: TrainedDigits, data: Dataset
) -> list[str]:
    """The table, and what it means; returns the latter."""
    from amenable.cli import digits_results, digits_table, screen

    papers = [row for row in rows if row.name == digits_results.PUBLISHED]
    x, labels = data.x[data.test], data.y[data.test]
    votes = digits_results.votes_of(trained.population, x, data.n_classes)
    voting = int((votes.argmax(axis=1) != labels).sum())
    networks = [row for row in rows if row not in papers]
    said = digits_results.sentences(networks, voting, papers[0] if papers else None)
    table, left_out = digits_table.results_table(rows, 1 + len(papers), console.width)
    screen.show(console, table)
    screen.show(console)
    screen.say_all(console, [digits_table.NOTE, *notes])
    if left_out:
        wider = "A wider screen or --json has them."
        screen.say(console, f"No room for: {', '.join(left_out)}. {wider}")
    if trained.is_cancelled:
        screen.say(console, f"Interrupted: this is after {trained.passes} whole passes.")
    screen.show(console)
    screen.say_all(console, said)
    return said


def _save(console: Console, trained: TrainedDigits, data: Dataset, path: Path) -> None:
    """The best by what training says: test samples choose nothing."""
    from amenable.cli import screen

    best = trained.population.best
    mistakes = round((1 - best.score(data, "test").metric) * len(data.test))
    best.save(path)
    screen.show(console)
    screen.say(
        console,
        f"Saved: {path}, seed {best.seed}, the best on the training samples; {mistakes} mistakes "
        "on the test samples.",
    )


def _write(
    path: Path, rows: list[DigitsRow], said: list[str], trained: TrainedDigits, data: Dataset
) -> None:
    """Everything found, for programs; only "seconds" differs from run to run."""
    from amenable.cli import digits_table, export

    ((network, training),) = trained.population.configurations
    record = {
        "format": "amenable digits",
        "version": 1,
        "data": data.name,
        "fingerprint": data.fingerprint,
        "network": network.to_dict(),
        "training": training.to_dict(),
        "seeds": [int(it) for it in trained.population.seed],
        "is_complete": not trained.is_cancelled,
        "sentences": said,
        "rows": [digits_table.record_of(row) for row in rows],
        "passes": {
            split: {
                "squared_error": trained.measured[:, :, i, 0].tolist(),
                "accuracy": trained.measured[:, :, i, 1].tolist(),
            }
            for i, split in enumerate(("training", "test"))
        },
        "seconds": {
            "training": trained.train_s,
            "measuring": trained.measure_s,
            **{row.name: row.fit_s for row in rows[1:] if row.fit_s is not None},
        },
    }
    export.write_json(path, record)


def _say_next(console: Console, data: str, network: str, save: Path | None) -> None:
    from amenable.cli import screen

    screen.show(console)
    if save is not None:
        screen.say(console, "Next, your own handwriting:")
        screen.paste(
            console,
            screen.quote_command(["amenable", "predict", screen.typed_path(save), "PICTURE.png"]),
        )
    elif data == "digits":
        screen.say(console, "Next, the digits of the paper, which are fetched once:")
        screen.paste(console, "amenable digits --data usps")
    else:
        words = ["amenable", "digits", "--data", data, "--network", network, "--save", "lenet.npz"]
        screen.say(console, "Next, keep a network for amenable predict:")
        screen.paste(console, screen.quote_command(words))
