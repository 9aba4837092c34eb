from .align import DEFAULT, Plan, Point, train
from .encoders import Encoder, create_encoder, list_encoders
from .examples import by_kind, by_title, look
from .heads import Heads, JointEncoder
from .images import Picture, crop, decode
from .models import Vision
from .regions import Regions

__all__ = [
    "DEFAULT",
    "Encoder",
    "Heads",
    "JointEncoder",
    "Picture",
    "Plan",
    "Point",
    "Regions",
    "Vision",
    "by_kind",
    "by_title",
    "create_encoder",
    "crop",
    "decode",
    "list_encoders",
    "look",
    "train",
]
