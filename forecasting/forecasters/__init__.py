"""The forecasters there are; each registers itself."""
