"""One module per command; each holds a click command or group of the module's own name."""
