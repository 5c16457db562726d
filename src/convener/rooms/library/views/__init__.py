"""The library for members."""
