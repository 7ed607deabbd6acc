"""The forms of the room, one module for each part."""
