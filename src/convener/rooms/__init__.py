"""What people do: one Django app a room, stacked lowest first."""
