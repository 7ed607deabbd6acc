"""Choosing what goes into a bundle, step by step, until it is frozen."""
