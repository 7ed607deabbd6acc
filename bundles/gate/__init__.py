"""Looking over a finished bundle before it may leave, as a stranger would."""
