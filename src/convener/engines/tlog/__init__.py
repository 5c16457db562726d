"""How transparency logs speak with each other (C2SP): signed notes, checkpoints, tiles, policies, proofs as text."""
