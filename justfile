# Recipes for people who work on Convener. `just` lists them.

default:
    @just --list

# Run the hub with demo data
demo:
    uv run --no-dev convener demo

# The tests that need no extra server
test *options:
    uv run pytest {{options}}

# Everything CI checks
ci:
    bash .ci/run

# Format and lint
lint:
    uv run ruff check --fix .
    uv run ruff format .
    uv run mypy src/convener
    uv run lint-imports

# Move every dependency to its newest version and pin it
pins:
    uv lock --upgrade
    uv run python tools/pin.py

# Draw the base map again (needs npm)
basemap:
    uv run python tools/make_basemap.py

# Collect strings and compile translations (needs gettext)
messages:
    uv run python tools/messages.py
