"""Audit (who did or read what: IDs and field names only) and history (change sets with values that can be erased)."""
