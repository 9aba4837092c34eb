"""The price policies there are, each by ``arch.tag``."""
