"""Studies: populations over a space of networks and trainings, kept on disk, resumable."""
