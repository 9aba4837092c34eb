from .align import HEAD_PLAN, HeadPlan, HeadPoint, train_heads, train_readers
from .efficientnet import load_backbone
from .encoders import Encoder, create_encoder, list_encoders
from .examples import captions_by_kind, captions_by_title, look_at
from .face import Faces
from .face_pose import face_matrix
from .hands import HandLandmarks, Hands
from .heads import IMAGE_TOWERS, TEXT_TOWER, Heads
from .images import Picture, crop, decode, decode_cutout
from .inference import Network, export, load_network
from .models import Vision
from .pose import Landmarks, Pose
from .prototypes import name_prototypes
from .regions import Regions
from .silhouette import Silhouette

__all__ = [
    "HEAD_PLAN",
    "IMAGE_TOWERS",
    "TEXT_TOWER",
    "Encoder",
    "Faces",
    "HandLandmarks",
    "Hands",
    "HeadPlan",
    "HeadPoint",
    "Heads",
    "Landmarks",
    "Network",
    "Picture",
    "Pose",
    "Regions",
    "Silhouette",
    "Vision",
    "captions_by_kind",
    "captions_by_title",
    "create_encoder",
    "crop",
    "decode",
    "decode_cutout",
    "export",
    "face_matrix",
    "list_encoders",
    "load_backbone",
    "load_network",
    "look_at",
    "name_prototypes",
    "train_heads",
    "train_readers",
]
