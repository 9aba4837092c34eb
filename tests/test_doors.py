"""What each room offers to the others, that nobody goes past it, and what it costs to ask."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "sample", "vision", "search", "tryon", "recsys", "forecasting", "pricing", "api", "bench")
OPEN = {"core.errors", "core.settings"}
BEHIND = {
    "bench": "measures what is behind the doors",
    "api/commands/train.py": "trains what is behind the doors",
}
DOORS = {
    "core": "Allowance AuditEntry AuditLog Backup Base Database Function Job Jobs Key Keys Limits Query Running Settings ShopglassError Stages Status Taken Weights Worker "
    "add_shop backup configure_logging digest list_shops load_settings observe open_limits read_table refusing_full_disk replacing restore",
    "sample": "Drawing HELD_OUT Latent POSES PersonPicture Sales SampleProduct Shop Shoppers Worn families garment generate person "
    "sell write",
    "vision": "Encoder Faces HEAD_PLAN HandLandmarks Hands HeadPlan HeadPoint Heads IMAGE_TOWERS Landmarks Network "
    "Picture Pose Regions Silhouette TEXT_TOWER Vision captions_by_kind captions_by_title create_encoder "
    "crop decode decode_cutout export face_matrix list_encoders load_backbone load_network look_at "
    "name_prototypes train_heads train_readers",
    "search": "Answer Capabilities Catalogue Entry FACETS Facet Facets Fault Filter Hit ID_LENGTH Index Ingest "
    "IngestOrder IngestResult Items KIND MOST_HITS MOST_TERMS MOST_TEXT Parts PhotoAnswer PhotoRegion "
    "Pictures Product Progress Query RegionAnswer Searcher Sight Term Thumbnails Version align holder "
    "image_folders ingest_function ingest_id install_heads parse read_faults republish",
    "recsys": "Asked Assigned Event EventLog ExperimentReport Experiments Facts History Identity Interactions KIND Ledger MOST_EVENTS Placement Profile Profiles Reason Recommendations Recommended Recommender Report ReportBy Reports Scored Skipped "
    "Slate Status Trained Versions list_recommenders recommender train train_function",
    "forecasting": "Alike named_groups nearest Change Federated Monitoring Network Networks Place plan_places read_places Privacy Stock average store_of two_levels Forecast Forecaster Forecasts Frequency Health Held Item KIND LEVELS Made Order Planned Point Proposal "
    "PurchaseOrder PurchaseOrders Refusal Sales Series Told check_kept clean forecast_function forecast_on_ray forecast_sales forecaster "
    "list_forecasters list_policies plan policy read_sales read_stocks",
    "pricing": "read_states Asked Decided Decision Decisions Entry RolledBack Stage Explanation Point Simulated explain simulate Advice Budget Channel Elasticities Experiment Fault Interval Limits Money Outcome Panel Policy "
    "Proposal Quote Rails Rival Spent State cheapest_experiment demand_at estimate list_policies policy profit_of quote",
    "tryon": "ACCESSORY_KINDS KIND LABELS MOST_GARMENTS PARTS POINTS POINTS_OF Accessory AccessoryAsset "
    "AccessoryKind Answer Body Category Code Confidence Document Face Failure Fitting Format Garment "
    "GarmentAsset Hand Layer Mesh Order Orders People Photos Provenance Remark Report Result TryOn "
    "Wardrobe accessory_asset accessory_of accessory_texture category_of encode_picture garment_asset "
    "garment_texture provenance read_accessory",
}
SLOW = "cv2 huey mediapipe numpy onnxruntime open_clip openvino polars pydantic pymilvus sqlalchemy timm torch ultralytics implicit scipy lightgbm statsforecast"


@pytest.mark.parametrize("room", DOORS)
def test_a_door_shows_these_names_and_no_others(room: str) -> None:
    door = importlib.import_module(room)
    assert sorted(door.__all__) == sorted(DOORS[room].split())
    assert all(hasattr(door, name) for name in door.__all__)


@pytest.mark.parametrize("room", ["core", "vision", "search", "tryon", "recsys", "forecasting", "pricing"])
def test_opening_a_door_loads_nothing_slow(room: str) -> None:
    script = f"import sys, {room}; print(*[name for name in {SLOW.split()!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert loaded.stdout.strip() == ""


def test_nobody_imports_past_a_door() -> None:
    past = []
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            place = file.relative_to(ROOT).as_posix()
            if any(place.startswith(allowed) for allowed in BEHIND):
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module and node.module not in OPEN:
                    top, _, inner = node.module.partition(".")
                    if inner and top in ROOMS and top != room:
                        past.append(f"{place}:{node.lineno} imports {node.module}")
    assert past == []
