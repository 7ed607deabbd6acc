"""Every change of what the room holds: one module for each part."""
