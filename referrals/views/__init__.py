"""The pages of the room, one module for each part."""
