"""Views of the members' hub."""
