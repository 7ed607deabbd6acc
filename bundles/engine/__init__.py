"""From `Contents` to a finished file, without a database."""
