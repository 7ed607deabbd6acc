"""The frozen choice: rows read back, and `Contents`, all that is printed and nothing else."""
