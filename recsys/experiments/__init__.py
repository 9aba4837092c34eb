"""Arms that are compared on shoppers: who is in which, what came of it, and what that says at any time it is looked at."""
