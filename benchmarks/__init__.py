"""Benchmarks of the engine against its peers and against its own limits.

Run from the repository root: ``python -m benchmarks [names] [--quick] [--json FILE]``.
Nothing here is a test: times are printed and judged, never asserted.
"""
