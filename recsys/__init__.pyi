from .contract import Recommender, list_recommenders, recommender

__all__ = ["Recommender", "list_recommenders", "recommender"]
