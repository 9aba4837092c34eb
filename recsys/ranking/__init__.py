"""From some hundred candidates to an order: features, rankers of one contract, calibrated probabilities, expected value."""
