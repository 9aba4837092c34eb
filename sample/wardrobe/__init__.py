"""Garments far beyond the shop's assortment, to train and to measure on: any cut, cloth and way of lying.

A garment is named by its seed. Its family is its kind of cut; a family can be left out, to be measured on unseen.
"""

from sample.wardrobe.families import HELD_OUT, families, garment

__all__ = ["HELD_OUT", "families", "garment"]
