"""The addresses of the room, one list for each part."""
