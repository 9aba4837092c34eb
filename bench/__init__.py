"""What ``shopglass bench NAME`` runs: figures beside their bars, on real data."""
