"""Accessories worn by heads and hands of known pose."""

import json
import struct
from collections.abc import Callable

import cv2
import msgspec
import numpy as np
import pytest

from core.errors import AccessoryUnusable
from sample.accessories import ACCESSORIES, Stuff, accessory_file, glasses, glb
from tests.tryon import heads
from tryon.accessories.accessory import Accessory
from tryon.accessories.camera import Camera
from tryon.accessories.draw import draw, region_of
from tryon.accessories.head import Head
from tryon.accessories.picture import pictured
from tryon.accessories.place import lay, place
from tryon.accessories.reading import read_accessory
from tryon.accessories.sizing import accessory
from tryon.accessories.surround import surround
from tryon.accessories.wear import wear
from tryon.bodies import Body

LEFT_EYE, RIGHT_EYE = (3.2, 2.4, 4.2), (-3.2, 2.4, 4.2)


@pytest.fixture(scope="module")
def spectacles() -> Accessory:
    return read_accessory(accessory_file("glasses-acetate"), "glasses")


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll"), [(0, 0, 0), (35, 0, 0), (-35, 0, 0), (0, 20, 0), (0, -20, 0), (20, 10, 25)]
)
def test_the_bridge_of_glasses_lies_on_the_nose_however_the_head_is_turned(
    spectacles: Accessory, yaw: float, pitch: float, roll: float
) -> None:
    body = heads.body(yaw, pitch, roll)
    camera = Camera(*body.person.shape)
    worn = wear(spectacles, body, camera)
    moved, own = worn.pieces[0].vertices(), spectacles.vertices()
    bridge = moved[np.abs(own[:, 0]) < 0.3].mean(axis=0)
    matrix = body.face.matrix.astype(float)
    truth = matrix[:3, :3] @ (0, 2.6, 5.9) + matrix[:3, 3]
    width = 14.9 * camera.focal / 60
    error = np.linalg.norm(camera.project(bridge[None])[0] - camera.project(truth[None])[0]) / width
    assert error < 0.05


def test_each_eye_looks_through_a_lens(spectacles: Accessory) -> None:
    body = heads.body(15)
    camera = Camera(*body.person.shape)
    glass = next(s for s in wear(spectacles, body, camera).pieces[0].surfaces if s.material.opacity < 1)
    seen = camera.project(glass.vertices.astype(float))
    matrix = body.face.matrix.astype(float)
    for eye in (LEFT_EYE, RIGHT_EYE):
        at = camera.project((matrix[:3, :3] @ eye + matrix[:3, 3])[None])[0]
        own = seen[glass.vertices[:, 0] > 0] if eye[0] > 0 else seen[glass.vertices[:, 0] <= 0]
        assert (own.min(axis=0) < at).all()
        assert (at < own.max(axis=0)).all()


def test_the_far_temple_is_hidden_by_the_head_and_the_near_one_is_not(spectacles: Accessory) -> None:
    body = heads.body(40)
    camera = Camera(*body.person.shape)
    whole = wear(spectacles, body, camera)
    head = Head.of(body.face, camera)
    around = surround(body.pixels, body.face, head)
    bare = msgspec.structs.replace(whole, solid=(np.zeros((0, 3)), np.zeros((0, 3), np.int32)))
    shown = {}
    for name, side in (("far", 1), ("near", -1)):
        areas = []
        for worn in (whole, bare):
            temple = _part(worn.pieces[0], head, lambda p, side=side: (p[:, 0] * side > 0) & (abs(p[:, 2] + 2) < 3))
            worn = msgspec.structs.replace(worn, pieces=(temple,))
            areas.append(draw(worn, region_of(worn, camera), camera, around)[..., 3].sum())
        shown[name] = areas[0] / areas[1]
    assert shown["far"] < 0.15
    assert shown["near"] > 0.4


def _part(piece: Accessory, head: Head, where: Callable[[np.ndarray], np.ndarray]) -> Accessory:
    """The triangles all of whose corners, in the head's own frame, are somewhere."""
    surfaces = []
    for surface in piece.surfaces:
        inside = where(head.own(surface.vertices.astype(float)))
        surfaces.append(
            msgspec.structs.replace(surface, triangles=surface.triangles[inside[surface.triangles].all(axis=1)])
        )
    return msgspec.structs.replace(piece, surfaces=tuple(surfaces))


def test_glasses_are_as_wide_as_the_distance_says(spectacles: Accessory) -> None:
    widths = []
    for depth in (40, 80):
        *_, itself = place(heads.body(depth=depth, size=(640, 640)), spectacles)
        widths.append(np.ptp(np.flatnonzero((itself.pixels[..., 3] > 20).any(axis=0))))
    assert widths[0] / widths[1] == pytest.approx(2.0, rel=0.1)


def test_metal_shines_brighter_than_plastic_of_the_same_colour(spectacles: Accessory) -> None:
    body = heads.body(15)

    def brightest(metallic: float) -> tuple[float, float]:
        frame = Stuff((1.0, 0.86, 0.57), metallic=metallic, roughness=0.25)
        worn = read_accessory(glb(glasses(frame, Stuff((1, 1, 1), opacity=0.02), thick=0.5)), "glasses")
        *_, itself = place(body, worn)
        levels = itself.pixels[itself.pixels[..., 3] > 250][:, :3].mean(axis=1)
        return float(np.percentile(levels, 99) - np.median(levels)), float(levels.std())

    (metal, metal_spread), (plastic, plastic_spread) = brightest(1.0), brightest(0.0)
    assert metal > plastic
    assert metal_spread > 1.5 * plastic_spread


def test_nothing_changes_away_from_the_accessory_and_its_shadow(spectacles: Accessory) -> None:
    body = heads.body(10, size=(320, 400))
    layers = place(body, spectacles)
    picture = lay(body.pixels, layers)
    touched = np.zeros(body.person.shape, bool)
    for layer in layers:
        h, w = layer.pixels.shape[:2]
        touched[layer.y : layer.y + h, layer.x : layer.x + w] |= layer.pixels[..., 3] > 0
    assert (picture[~touched] == body.pixels[~touched]).all()
    assert (picture[touched] != body.pixels[touched]).any(axis=1).mean() > 0.5
    assert touched.mean() < 0.3


def test_glasses_shade_the_skin_below_and_light_can_be_left_out(spectacles: Accessory) -> None:
    body = heads.body()
    shadow, itself = place(body, spectacles)
    assert (shadow.name, itself.name) == ("glasses/shadow", "glasses/itself")
    assert 20 < shadow.pixels[..., 3].max() < 160
    assert [layer.name for layer in place(body, spectacles, light=False)] == ["glasses/itself"]


def test_the_same_photo_and_accessory_give_the_same_layers(spectacles: Accessory) -> None:
    one, other = (place(heads.body(-20), spectacles) for _ in range(2))
    assert all((a.pixels == b.pixels).all() and (a.x, a.y) == (b.x, b.y) for a, b in zip(one, other, strict=True))


def test_clear_lenses_let_the_eyes_through_and_dark_ones_do_not() -> None:
    body = heads.body()
    x, y = body.face.points[473, :2].astype(int)
    changes = []
    for name in ("glasses-wire", "sunglasses"):
        picture = lay(body.pixels, place(body, read_accessory(accessory_file(name), "glasses")))
        changes.append(float(np.abs(picture[y, x].astype(int) - body.pixels[y, x]).mean()))
    assert changes[0] < 25
    assert changes[1] > 60


def test_without_a_face_nothing_can_be_worn_on_it(spectacles: Accessory) -> None:
    faceless = msgspec.structs.replace(heads.body(), face=None)
    with pytest.raises(AccessoryUnusable) as raised:
        place(faceless, spectacles)
    assert raised.value.reason == "no-face"


@pytest.mark.parametrize("name", ["fedora", "cap"])
@pytest.mark.parametrize("yaw", [0, 40])
def test_a_hat_covers_the_crown_and_leaves_eyes_and_mouth_free(name: str, yaw: float) -> None:
    body = heads.body(yaw, size=(512, 640))
    alpha = _cover(body, read_accessory(accessory_file(name), "hat"))
    camera = Camera(*body.person.shape)
    head = Head.of(body.face, camera)
    x, y = camera.project(head.placed(np.array([[0, 11.5, 0.0], [4, 10, 0], [-4, 10, 0]]))).astype(int).T
    assert (alpha[y, x] > 0.95).all()
    x, y = body.face.points[[1, 13, 468, 473, 152], :2].astype(int).T
    assert (alpha[y, x] == 0).all()


def test_an_earring_hangs_straight_down_from_each_lobe_that_is_seen() -> None:
    drops = read_accessory(accessory_file("pearl-drops"), "earrings")
    for yaw, roll, seen in ((0, 0, (-1, 1)), (0, 20, (-1, 1)), (50, 0, (-1,))):
        body = heads.body(yaw, roll=roll, size=(512, 640))
        camera = Camera(*body.person.shape)
        head = Head.of(body.face, camera)
        alpha = _cover(body, drops)
        for side in (-1, 1):
            lobe = head.placed(np.array([[side * (head.half + 0.3), -2.3, -3.7]]))
            x, y = camera.project(lobe - (0, 2.5, 0))[0].astype(int)
            assert (alpha[y, x] > 0.9) == (side in seen)


def test_a_necklace_lies_below_the_chin_with_its_pendant_in_the_middle() -> None:
    body = heads.body(size=(512, 640))
    points, world = body.points.copy(), body.world.copy()
    camera = Camera(*body.person.shape)
    points[[11, 12], :2] = camera.project(np.array([[18.0, -19, -62], [-18, -19, -62]]))
    world[11], world[12] = (0.18, 0, 0), (-0.18, 0, 0)
    body = msgspec.structs.replace(body, points=points, world=world)
    rows, columns = np.nonzero(_cover(body, read_accessory(accessory_file("pendant"), "necklace")) > 0.5)
    assert rows.min() > body.face.points[152, 1]
    lowest = columns[rows > rows.max() - 5]
    assert abs(lowest.mean() - 256) < 6


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("shown", ["back", "palm"])
def test_a_watch_goes_around_the_wrist_and_shows_its_dial_on_the_back_alone(side: str, shown: str) -> None:
    body = heads.with_hand(side, shown)
    hand = body.hands[0].points
    watch = read_accessory(accessory_file("watch"), "watch")
    *_, itself = place(body, watch)
    rows, columns = np.nonzero(itself.pixels[..., 3] > 128)
    length = np.linalg.norm(hand[9, :2] - hand[0, :2])
    middle = np.array([columns.mean() + itself.x, rows.mean() + itself.y])
    assert np.linalg.norm(middle - hand[0, :2] - (0, 0.25 * length)) < 0.12 * length
    bright = itself.pixels[itself.pixels[..., 3] > 250][:, :3].mean(axis=1) > 150
    assert (bright.mean() > 0.25) == (shown == "back")


def test_a_ring_sits_on_the_ring_finger() -> None:
    body = heads.with_hand("left", "back")
    hand = body.hands[0].points
    *_, itself = place(body, read_accessory(accessory_file("ring"), "ring"))
    rows, columns = np.nonzero(itself.pixels[..., 3] > 128)
    middle = np.array([columns.mean() + itself.x, rows.mean() + itself.y])
    on = hand[13, :2] + 0.52 * (hand[14, :2] - hand[13, :2])
    assert np.linalg.norm(middle - on) < 0.2 * np.linalg.norm(hand[14, :2] - hand[13, :2]) + 2


def test_no_watch_is_put_over_a_sleeve_or_where_no_hand_is() -> None:
    watch = read_accessory(accessory_file("watch"), "watch")
    body = heads.with_hand("left", "back")
    sleeved = body.pixels.copy()
    sleeved[int(body.hands[0].points[0, 1]) - 4 :] = (30, 40, 90)
    for worn_by, reason in (
        (msgspec.structs.replace(body, pixels=sleeved), "wrist-covered"),
        (msgspec.structs.replace(body, hands=()), "no-hand"),
    ):
        with pytest.raises(AccessoryUnusable) as raised:
            place(worn_by, watch)
        assert raised.value.reason == reason


def _cover(body: Body, worn: Accessory) -> np.ndarray:
    """The accessory's own alpha in the whole photo, (H, W) in [0, 1]."""
    alpha = np.zeros(body.person.shape)
    *_, itself = place(body, worn)
    h, w = itself.pixels.shape[:2]
    alpha[itself.y : itself.y + h, itself.x : itself.x + w] = itself.pixels[..., 3] / 255
    return alpha


@pytest.mark.parametrize("transparent", [True, False])
def test_glasses_from_a_picture_have_lenses_to_look_through_and_temples(transparent: bool) -> None:
    picture = np.full((120, 320, 4), (255, 255, 255, 255), np.uint8)
    for x in (85, 235):
        cv2.circle(picture, (x, 60), 50, (140, 30, 30, 255), 12, cv2.LINE_AA)
    cv2.line(picture, (130, 45), (190, 45), (140, 30, 30, 255), 10, cv2.LINE_AA)
    if transparent:
        picture[..., 3] = np.where(picture[..., 1] > 200, 0, 255)
    made = pictured(picture if transparent else picture[..., :3], "glasses")
    assert np.ptp(made.vertices()[:, 0]) == pytest.approx(14.2, abs=0.3)
    assert made.vertices()[:, 2].min() < -10
    body = heads.body()
    alpha = _cover(body, made)
    x, y = body.face.points[473, :2].astype(int)
    assert 0.02 < alpha[y, x] < 0.4
    assert alpha.max() > 0.95


def test_a_picture_without_a_plain_ground_is_refused() -> None:
    busy = np.random.default_rng(1).integers(0, 255, (100, 100, 3), np.uint8)
    with pytest.raises(AccessoryUnusable) as raised:
        pictured(busy, "hat")
    assert raised.value.reason == "busy-ground"
    with pytest.raises(AccessoryUnusable) as raised:
        pictured(np.zeros((60, 60, 4), np.uint8), "hat")
    assert raised.value.reason == "empty"


@pytest.mark.parametrize("turned", [(0, 0, 0), (0, 90, 0), (0, 180, 0), (0, 0, 90), (0, -90, 180)])
def test_glasses_that_lie_another_way_round_are_set_upright(spectacles: Accessory, turned: tuple[int, ...]) -> None:
    yaw, pitch, roll = turned
    matrix = np.eye(4)
    matrix[:3, :3] = heads.turn(yaw, pitch, roll) * 37
    righted = accessory(spectacles.moved(matrix).surfaces, "glasses")
    assert np.abs(righted.vertices() - spectacles.vertices()).max() < 0.3


def test_drawn_accessories_are_the_same_bytes_every_time() -> None:
    for name, (kind, _) in ACCESSORIES.items():
        assert accessory_file(name) == accessory_file(name)
        assert read_accessory(accessory_file(name), kind).kind == kind


def _document(change: Callable[[dict], None]) -> bytes:
    """A drawn GLB with its JSON changed."""
    data = accessory_file("hoops")
    (length,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[20 : 20 + length])
    change(document)
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + length :]
    return (
        data[:8]
        + struct.pack("<I", 20 + len(text) + len(rest))
        + struct.pack("<I", len(text))
        + data[16:20]
        + text
        + rest
    )


def _ring(document: dict) -> None:
    document["nodes"] = [{"children": [1]}, {"children": [0]}]


def _crowd(document: dict) -> None:
    document["nodes"] = [{"mesh": 0} for _ in range(1500)]
    document["scenes"] = [{"nodes": list(range(1500))}]


HOSTILE: dict[str, tuple[Callable[[dict], None], str]] = {
    "more vertices than are there": (lambda d: d["accessors"][0].update(count=10**6), "damaged"),
    "a count beyond all bounds": (lambda d: d["accessors"][0].update(count=10**15), "damaged"),
    "indices of vertices that are not there": (lambda d: d["accessors"][0].update(count=3), "damaged"),
    "a negative offset": (lambda d: d["bufferViews"][0].update(byteOffset=-8), "damaged"),
    "a view beyond its buffer": (lambda d: d["bufferViews"][2].update(byteOffset=10**7), "damaged"),
    "nodes that hold one another": (_ring, "too-large"),
    "one mesh a thousand times": (_crowd, "too-large"),
    "a file of the server": (lambda d: d["buffers"][0].update(uri="../../../etc/passwd"), "file-outside"),
    "an address": (lambda d: d["buffers"][0].update(uri="http://localhost/x.bin"), "file-outside"),
    "compression that is not read": (
        lambda d: d.update(extensionsRequired=["KHR_draco_mesh_compression"]),
        "unsupported",
    ),
    "words where numbers belong": (lambda d: d["accessors"][0].update(componentType="five"), "damaged"),
    "no mesh": (lambda d: d.update(nodes=[{}]), "empty"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason(case: str) -> None:
    change, reason = HOSTILE[case]
    with pytest.raises(AccessoryUnusable) as raised:
        read_accessory(_document(change), "earrings")
    assert raised.value.reason == reason


@pytest.mark.parametrize("data", [b"", b"glTF", b"{}", b"[" * 100_000, b"glTF\x02\x00\x00\x00", b"\x00" * 64])
def test_bytes_that_are_no_gltf_are_refused(data: bytes) -> None:
    with pytest.raises(AccessoryUnusable):
        read_accessory(data, "glasses")


def test_a_file_cut_short_is_refused_wherever_it_ends() -> None:
    data = accessory_file("ring")
    for share in (0.01, 0.1, 0.3, 0.6, 0.95):
        with pytest.raises(AccessoryUnusable):
            read_accessory(data[: int(len(data) * share)], "ring")


def test_a_file_may_name_others_in_its_own_folder_alone(tmp_path) -> None:
    def named(uri: str) -> bytes:
        data = accessory_file("hoops")
        (length,) = struct.unpack_from("<I", data, 12)
        document = json.loads(data[20 : 20 + length])
        document["buffers"][0]["uri"] = uri
        return json.dumps(document).encode()

    (tmp_path / "own").mkdir()
    data = accessory_file("hoops")
    (length,) = struct.unpack_from("<I", data, 12)
    for place_ in ("own/chunk.bin", "secret.bin"):
        (tmp_path / place_).write_bytes(data[28 + length :])
    assert read_accessory(named("chunk.bin"), "earrings", folder=tmp_path / "own").surfaces
    (tmp_path / "own" / "link.bin").symlink_to(tmp_path / "secret.bin")
    for uri in ("../secret.bin", str(tmp_path / "secret.bin"), "link.bin", "%2e%2e/secret.bin"):
        with pytest.raises(AccessoryUnusable) as raised:
            read_accessory(named(uri), "earrings", folder=tmp_path / "own")
        assert raised.value.reason == "file-outside"
