"""Study files: a study written down in TOML, read with the line of whatever is wrong.

reader.py reads, study_file.py is what was read, positions.py finds lines, placing.py names them.
"""

from amenable.study.files.reader import SUFFIX, read_study_file
from amenable.study.files.study_file import StudyFile

__all__ = ["SUFFIX", "StudyFile", "read_study_file"]
