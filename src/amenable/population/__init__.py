"""Populations: many networks trained at once, what became of them, and each of them to use.

trainer.py has `train`; trials.py the arrays and how trials are chosen, population.py what is
concluded from them (outcome.py, tables.py, words.py), trained.py one network, ensemble.py several
that predict together, predictions.py what both say of rows; source.py what is
remembered of the data and pixels.py of images, samples.py how they are found again; codec.py the
files.
"""

from amenable.population.ensemble import Ensemble
from amenable.population.keys import KEYS, Configuration
from amenable.population.outcome import Fraction
from amenable.population.pixels import Pixels
from amenable.population.population import Population
from amenable.population.source import DataSummary
from amenable.population.trained import Score, TrainedNetwork
from amenable.population.trainer import train
from amenable.population.trials import Curves

__all__ = [
    "KEYS",
    "Configuration",
    "Curves",
    "DataSummary",
    "Ensemble",
    "Fraction",
    "Pixels",
    "Population",
    "Score",
    "TrainedNetwork",
    "train",
]
