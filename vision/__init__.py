"""Pixels to facts: images, regions, vectors. Knows nothing of products."""

from vision.encoders import Encoder, create_encoder, list_encoders
from vision.images import Picture, crop, decode
from vision.models import Vision
from vision.regions import Regions

__all__ = ["Encoder", "Picture", "Regions", "Vision", "create_encoder", "crop", "decode", "list_encoders"]
