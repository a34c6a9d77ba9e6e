"""What networks make of the columns of a table: which matter, and how answers depend on them.

asked.py has the rows that networks are asked about, importance.py and dependence.py the questions;
scikit-learn's inspection module does the arithmetic. Nothing is drawn here.
"""

from amenable.inspection.asked import Asked, asked_of_split, asked_of_table, find_learned
from amenable.inspection.dependence import Dependence, dependence
from amenable.inspection.importance import Importance, importances

__all__ = [
    "Asked",
    "Dependence",
    "Importance",
    "asked_of_split",
    "asked_of_table",
    "dependence",
    "find_learned",
    "importances",
]
