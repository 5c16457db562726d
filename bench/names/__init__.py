"""Screening and linking names, beside the peers."""
