"""Benchmarks of the record: the tree in memory, and the log as it is kept."""
