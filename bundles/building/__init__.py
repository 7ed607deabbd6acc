"""What the worker does: a bundle's job, its parts as rows, its folders, how long it takes."""
