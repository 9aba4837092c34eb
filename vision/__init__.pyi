from .align import HEAD_PLAN, HeadPlan, HeadPoint, train_heads, train_readers
from .encoders import Encoder, create_encoder, list_encoders
from .examples import captions_by_kind, captions_by_title, look_at
from .heads import IMAGE_TOWERS, TEXT_TOWER, Heads
from .images import Picture, crop, decode
from .models import Vision
from .regions import Regions

__all__ = [
    "HEAD_PLAN",
    "IMAGE_TOWERS",
    "TEXT_TOWER",
    "Encoder",
    "HeadPlan",
    "HeadPoint",
    "Heads",
    "Picture",
    "Regions",
    "Vision",
    "captions_by_kind",
    "captions_by_title",
    "create_encoder",
    "crop",
    "decode",
    "list_encoders",
    "look_at",
    "train_heads",
    "train_readers",
]
