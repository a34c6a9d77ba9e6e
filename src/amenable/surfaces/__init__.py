"""Loss surfaces: planes, walks and curvature, each evaluated as one population.

directions.py, planes.py and surface.py make planes, matching.py and walk.py make walks. hessian.py,
moves.py and curvature.py compute eigenvalues and the verdict, and problem.py says what the loss is
measured on. `amenable.figures` draws them.
"""

from amenable.surfaces.curvature import Curvature, curvature, standings
from amenable.surfaces.hessian import hessian
from amenable.surfaces.matching import match_neurons
from amenable.surfaces.planes import along_path, around, through
from amenable.surfaces.problem import Problem
from amenable.surfaces.surface import Surface
from amenable.surfaces.walk import Walk, walk

__all__ = [
    "Curvature",
    "Problem",
    "Surface",
    "Walk",
    "along_path",
    "around",
    "curvature",
    "hessian",
    "match_neurons",
    "standings",
    "through",
    "walk",
]


def __dir__() -> list[str]:
    return __all__
