"""Pixels to facts: pictures, regions, vectors. Knows nothing of products."""
