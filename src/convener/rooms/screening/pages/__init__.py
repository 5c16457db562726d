"""What screening's pages show."""
