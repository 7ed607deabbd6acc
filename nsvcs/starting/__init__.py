"""Second half of `bin/start` and `bin/test`, run by the venv's Python once the packages are there."""
