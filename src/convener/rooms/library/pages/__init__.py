"""What the library's pages show, for both doors."""
