"""Garments far beyond the shop's assortment, to train and to measure on: any cut, cloth and way of lying.

A garment is named by its seed. Its family is its kind of cut; a family can be left out, to be measured on unseen.
Parts and key points are named as in sample.shapes. Where there are no shoulders (strapless, off the shoulder) or no end of
a sleeve to be seen (folded away behind), those points are absent. neckline_* are the upper inner corners of straps,
and the corners of the upper edge where there is none; a one-shouldered body has its bare side's at the armpit.
What is open in front has neckline_front and hem_centre on its middle line, between the two fronts.
"""

from sample.wardrobe.families import HELD_OUT, families, garment

__all__ = ["HELD_OUT", "families", "garment"]
