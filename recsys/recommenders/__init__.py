"""The recommenders there are, each a module; :func:`recsys.recommender` finds them by tag."""
