"""What the pages of the directory show, built from an actor and an address; both doors share it."""
