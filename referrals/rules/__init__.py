"""The rules of the room: pure functions, one module for each part."""
