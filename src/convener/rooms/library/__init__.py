"""The library: what is known to work. Practices and guidance, each with the place it was taken from."""
