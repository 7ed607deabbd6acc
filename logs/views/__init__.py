"""The log as staff see it, inside a case."""
