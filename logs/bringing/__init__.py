"""Bringing a file of many messages into the log: reading it in a child, choosing, composing entries, undoing."""
