"""Networks that learn from many series at once: windows, network, heads and training."""
