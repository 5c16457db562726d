"""``python -m convener`` is the command ``convener``."""

from convener.cli import main

main()
