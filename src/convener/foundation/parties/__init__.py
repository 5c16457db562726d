"""Parties: who exists. One organisation, one record, one public ID; its names, identifiers, sources and merges."""
