"""How a letter becomes a page: its HTML, its print in a child process, and the job that keeps it."""
