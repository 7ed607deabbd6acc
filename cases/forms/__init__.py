"""The forms of casework: they check and clean; actions store."""
