"""What a person calls, with `make` or as `python -m tools.…`; `make/` makes stored files."""
