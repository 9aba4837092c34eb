"""Pixels to facts: images, regions, vectors. Knows nothing of products."""
