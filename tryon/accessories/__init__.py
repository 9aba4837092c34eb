"""Accessories in three dimensions: read, brought to size, hung on a person, lit and drawn into the photo."""
