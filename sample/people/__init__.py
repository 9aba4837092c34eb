"""People drawn in three dimensions, bare or in drawn garments, with the exact truth about every picture."""

from sample.people.person import PersonPicture, Worn, person
from sample.people.poses import POSES

__all__ = ["POSES", "PersonPicture", "Worn", "person"]
