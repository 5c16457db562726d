"""Screening for members."""
