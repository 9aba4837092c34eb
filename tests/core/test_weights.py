"""A model file is whole and the one on record, or it is not there."""

import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import zipfile
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.errors import BadSettings, DiskFull, FetchFailed, ModelMissing, NotFound
from core.weights import MANIFEST, Weights

CONTENT = os.urandom(1 << 20)
ROOT = Path(__file__).parents[2]


class Source(ThreadingHTTPServer):
    """A file server with Range; ``breaks`` connections end after a third of what they promised."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked, self.breaks, self.ranges = {}, [], 0, True
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.asked.append((self.path, asked, self.headers.get("Authorization")))
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and self.server.ranges else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        body = content[start:]
        if self.server.breaks:
            self.server.breaks -= 1
            body = body[: len(body) // 3]
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def source():
    with Source() as source:
        source.files["/model.bin"] = CONTENT
        yield source
        source.shutdown()


@pytest.fixture
def weights(tmp_path):
    """Weights with one entry ``model``, its fields given by keyword, and further entries by name."""

    def make(more="", **entry):
        fields = {
            "task": "t",
            "licence": "CC0-1.0",
            "sha256": hashlib.sha256(CONTENT).hexdigest(),
            "size": len(CONTENT),
        } | entry
        lines = [f"{key} = {json.dumps(value)}" for key, value in fields.items()]
        (tmp_path / "weights.toml").write_text("\n".join(["[model]", *lines, more]))
        return Weights(tmp_path / "models", tmp_path / "weights.toml")

    return make


def left_behind(weights):
    return sorted(path.name for path in weights.folder.iterdir() if path.name != ".lock")


def test_the_manifest_is_valid_and_pins_every_file():
    for name, entry in Weights(Path("nowhere")).entries.items():
        assert len(entry.sha256) == 64, name
        assert entry.size > 0, name
        assert entry.licence, name
        assert all(need in Weights(Path("nowhere")).entries for need in entry.needs), name


def test_files_shipped_with_shopglass_are_there_and_right():
    weights = Weights(Path("nowhere"))
    for name, entry in weights.entries.items():
        if entry.scheme == "file":
            assert weights.path(name).stat().st_size == entry.size


def test_a_file_is_pulled_and_verified(source, weights):
    pulled = []
    model = weights(source=f"{source.address}/model.bin")
    assert model.pull(progress=lambda name, done, total: pulled.append((name, done, total))) == ("model",)
    assert model.path("model").read_bytes() == CONTENT
    assert pulled[-1] == ("model", len(CONTENT), len(CONTENT))
    assert [done for _, done, _ in pulled] == sorted(done for _, done, _ in pulled)
    assert left_behind(model) == [model.path("model").name]


def test_a_second_pull_asks_for_nothing(source, weights):
    model = weights(source=f"{source.address}/model.bin")
    model.pull()
    assert model.pull() == ()
    assert len(source.asked) == 1


def test_a_missing_file_is_named_with_its_remedy(weights):
    with pytest.raises(ModelMissing, match=r"model-\w{8}\.bin is missing.*shopglass models pull"):
        weights(source="https://localhost/model.bin").path("model")


def test_an_unknown_name_is_not_found(weights):
    for action in (Weights.path, lambda weights, name: weights.pull([name])):
        with pytest.raises(NotFound, match="nonsense"):
            action(weights(source="https://localhost/model.bin"), "nonsense")


def test_a_file_that_was_changed_is_refused_and_pulled_again(source, weights):
    model = weights(source=f"{source.address}/model.bin")
    model.pull()
    file = model.path("model")
    file.write_bytes(CONTENT[:-1] + b"!")
    os.utime(file, (1, 1))
    with pytest.raises(ModelMissing, match="checksum"):
        model.path("model")
    assert [status.state for status in model.verify()] == ["damaged"]
    assert model.pull() == ("model",)
    assert [status.state for status in model.verify()] == ["verified"]


def test_a_broken_download_goes_on_where_it_stopped(source, weights):
    source.breaks = 2
    model = weights(source=f"{source.address}/model.bin")
    model.pull()
    assert model.path("model").read_bytes() == CONTENT
    starts = [asked for _, asked, _ in source.asked]
    assert starts[0] is None
    assert starts[1] == f"bytes={len(CONTENT) // 3}-"


def test_a_download_is_taken_up_by_the_next_pull(source, weights):
    source.breaks = 100
    model = weights(source=f"{source.address}/model.bin")
    with pytest.raises(FetchFailed, match="model"):
        model.pull()
    assert not (model.folder / f"model-{hashlib.sha256(CONTENT).hexdigest()[:8]}.bin").exists()
    source.breaks = 0
    source.asked.clear()
    model.pull()
    assert source.asked[0][1] is not None
    assert model.path("model").read_bytes() == CONTENT


def test_a_server_without_ranges_is_read_from_the_beginning(source, weights):
    source.breaks, source.ranges = 1, False
    model = weights(source=f"{source.address}/model.bin")
    model.pull()
    assert model.path("model").read_bytes() == CONTENT


def test_other_bytes_than_on_record_are_refused(source, weights):
    source.files["/model.bin"] = b"x" * len(CONTENT)
    model = weights(source=f"{source.address}/model.bin")
    with pytest.raises(FetchFailed, match="other bytes for model"):
        model.pull()
    assert left_behind(model) == []


def test_more_bytes_than_on_record_are_not_read_to_the_end(source, weights):
    source.files["/model.bin"] = CONTENT * 8
    model = weights(source=f"{source.address}/model.bin")
    with pytest.raises(FetchFailed, match="model"):
        model.pull()
    assert all(path.stat().st_size < 2 * len(CONTENT) for path in model.folder.iterdir())


def test_offline_the_error_names_file_and_remedy(weights, free_port):
    model = weights(source=f"http://127.0.0.1:{free_port}/model.bin")
    with pytest.raises(FetchFailed, match=r"The model file model .*Check the connection"):
        model.pull()


def test_an_address_that_has_no_such_file_is_told(source, weights):
    with pytest.raises(FetchFailed, match="status 404"):
        weights(source=f"{source.address}/nothing.bin").pull()


@pytest.fixture
def no_room():
    """The kernel lets this process write no file beyond 300 kB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_no_half_file(source, weights, no_room):
    model = weights(source=f"{source.address}/model.bin")
    with pytest.raises(DiskFull, match=r"no room left for .*model"):
        model.pull()
    assert left_behind(model) == []


def test_a_full_file_system_leaves_no_half_file(source, weights):
    model = weights(source=f"{source.address}/model.bin")
    model.folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", model.folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        with pytest.raises(DiskFull):
            model.pull()
        assert left_behind(model) == []
    finally:
        subprocess.run(["umount", model.folder], check=True)


def test_a_hub_is_asked_at_the_configured_address_with_its_token(source, weights, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", source.address)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    source.files["/owner/name/resolve/v1/folder/model.bin"] = CONTENT
    model = weights(source="hf:owner/name@v1/folder/model.bin")
    source.breaks = 1
    model.pull()
    assert model.path("model").read_bytes() == CONTENT
    assert source.asked[0] == ("/owner/name/resolve/v1/folder/model.bin", None, "Bearer hf_secret")
    assert source.asked[1][1].startswith("bytes=")


def wheel(folder, name="shop_weights", tag="py3-none-any", members=None):
    """A wheel that pip accepts, in a folder that pip may be pointed to."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    files = {f"{name}/{member}": data for member, data in (members or {"model.bin": CONTENT}).items()} | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    record = "".join(
        f"{path},sha256={b64encode(hashlib.sha256(data).digest()).decode()},{len(data)}\n"
        for path, data in files.items()
    )
    with zipfile.ZipFile(folder / f"{name}-1.0-{tag}.whl", "w") as archive:
        for path, data in (files | {f"{info}/RECORD": record.encode()}).items():
            archive.writestr(path, data)


@pytest.fixture
def own_index(tmp_path, monkeypatch):
    """pip configured by its user to know one folder alone."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    return tmp_path / "index"


def test_a_package_comes_through_the_users_own_pip_once_for_all_it_holds(own_index, weights):
    second = b"another"
    wheel(own_index, members={"model.bin": CONTENT, "second.bin": second})
    more = f"""
[second]
task = "t"
source = "pypi:shop-weights==1.0"
member = "shop_weights/second.bin"
sha256 = "{hashlib.sha256(second).hexdigest()}"
size = 7
licence = "CC0-1.0"
"""
    model = weights(source="pypi:shop-weights==1.0", member="shop_weights/model.bin", more=more)
    assert model.pull() == ("model", "second")
    assert model.path("model").read_bytes() == CONTENT
    assert model.path("second").read_bytes() == second
    assert left_behind(model) == sorted([model.path("model").name, model.path("second").name])


def test_a_wheel_of_another_platform_can_be_read(own_index, weights):
    wheel(own_index, tag="cp39-cp39-win_amd64")
    target = '\n[model.target]\npython = "3.9"\nplatform = "win_amd64"'
    model = weights(source="pypi:shop-weights==1.0", member="shop_weights/model.bin", more=target)
    model.pull()
    assert model.path("model").read_bytes() == CONTENT


def test_a_package_the_index_does_not_have_is_told_with_the_remedy(own_index, weights):
    own_index.mkdir()
    model = weights(source="pypi:shop-weights==1.0", member="shop_weights/model.bin")
    with pytest.raises(FetchFailed, match=r"pypi:shop-weights==1\.0 could not be fetched: .*pip's configuration"):
        model.pull()
    assert left_behind(model) == []


def test_a_package_without_the_member_is_told(own_index, weights):
    wheel(own_index)
    model = weights(source="pypi:shop-weights==1.0", member="shop_weights/other.bin")
    with pytest.raises(FetchFailed, match=r"no readable shop_weights/other\.bin"):
        model.pull()
    assert left_behind(model) == []


def test_a_full_disk_while_unpacking_leaves_no_half_file(own_index, weights):
    packed = bytes(len(CONTENT))  # small in the wheel, large when unpacked
    wheel(own_index, members={"model.bin": packed})
    with zipfile.ZipFile(own_index / "shop_weights-1.0-py3-none-any.whl") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(own_index / "shop_weights-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    model = weights(
        source="pypi:shop-weights==1.0", member="shop_weights/model.bin", sha256=hashlib.sha256(packed).hexdigest()
    )
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    try:
        with pytest.raises(DiskFull):
            model.pull()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert left_behind(model) == []


@pytest.fixture
def own_registry(source, weights, tmp_path, monkeypatch):
    """A model whose source is a package of an npm registry of ours."""
    if shutil.which("npm") is None:
        pytest.skip("needs npm")
    with tarfile.open(tmp_path / "p.tgz", "w:gz") as archive:
        for name, data in {
            "package.json": b'{"name": "shop-weights", "version": "1.0.0"}',
            "model.bin": CONTENT,
        }.items():
            (tmp_path / name).write_bytes(data)
            archive.add(tmp_path / name, f"package/{name}")
    packed = (tmp_path / "p.tgz").read_bytes()
    dist = {
        "tarball": f"{source.address}/p.tgz",
        "integrity": "sha512-" + b64encode(hashlib.sha512(packed).digest()).decode(),
    }
    described = {"name": "shop-weights", "version": "1.0.0", "dist": dist}
    source.files["/p.tgz"] = packed
    source.files["/shop-weights"] = json.dumps(
        {"name": "shop-weights", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": described}}
    ).encode()
    monkeypatch.setenv("npm_config_registry", source.address)
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    return weights(source="npm:shop-weights@1.0.0", member="package/model.bin")


def test_a_package_comes_through_the_users_own_npm(own_registry):
    own_registry.pull()
    assert own_registry.path("model").read_bytes() == CONTENT


@pytest.fixture
def no_npm(tmp_path, monkeypatch):
    """A PATH without npm, and the folder of this Python's own commands, empty; gives that folder and the npm."""
    npm = Path(shutil.which("npm")).resolve()
    programs, scripts = tmp_path / "programs", tmp_path / "scripts"
    for folder in (programs, scripts):
        folder.mkdir()
    for program in ("node", "sh", "env"):
        if found := shutil.which(program):
            (programs / program).symlink_to(found)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(scripts) if name == "scripts" else None)
    return scripts, npm


def test_the_npm_that_a_wheel_put_beside_python_will_do(own_registry, no_npm):
    scripts, npm = no_npm
    (scripts / "npm").symlink_to(npm)
    own_registry.pull()
    assert own_registry.path("model").read_bytes() == CONTENT


def test_without_any_npm_the_remedy_says_where_one_is_to_be_had(own_registry, no_npm):
    with pytest.raises(FetchFailed, match=r"npm is needed.*Node\.js.*shopglass\[npm\]"):
        own_registry.pull()


def doubled(sources, target):
    target.write_bytes(b"".join(source.read_bytes() for source in sources) * 2)


def test_a_file_is_built_from_what_it_needs(source, weights):
    more = f"""
[double]
task = "t"
source = "derived"
maker = "{__name__}:doubled"
needs = ["model"]
suffix = ".twice"
sha256 = "{hashlib.sha256(CONTENT * 2).hexdigest()}"
size = {2 * len(CONTENT)}
licence = "CC0-1.0"
"""
    model = weights(source=f"{source.address}/model.bin", more=more)
    assert model.pull(["double"]) == ("model", "double")
    assert model.path("double").read_bytes() == CONTENT * 2
    assert model.path("double").suffix == ".twice"


def test_optional_files_are_pulled_by_name_only(source, weights):
    model = weights(source=f"{source.address}/model.bin", optional=True)
    assert model.pull() == ()
    with pytest.raises(ModelMissing, match="shopglass models pull model"):
        model.path("model")
    assert model.pull(["model"]) == ("model",)


def test_the_users_own_manifest_adds_to_ours(weights, tmp_path):
    model = weights(source="https://localhost/model.bin")
    model.folder.mkdir()
    shutil.copy(tmp_path / "weights.toml", model.folder / "weights.toml")
    assert set(Weights(model.folder).entries) == {*Weights(tmp_path / "nowhere").entries, "model"}


def test_a_broken_manifest_is_a_fault_of_the_settings(tmp_path):
    for text in (
        "[model",
        '[model]\ntask = "t"',
        MANIFEST.read_text().replace("pypi:", "ftp:"),
        MANIFEST.read_text() + "\n[more]\ncolour = 1",
    ):
        (tmp_path / "weights.toml").write_text(text)
        with pytest.raises(BadSettings, match=r"weights\.toml is not valid"):
            Weights(tmp_path)


def test_what_is_derived_is_kept_until_its_sources_or_its_recipe_change(weights, tmp_path):
    model, made = weights(source="https://localhost/model.bin"), []

    def make(target):
        made.append(target)
        target.write_bytes(b"made" * len(made))

    source = tmp_path / "source"
    source.write_bytes(b"1")
    first = model.derive("net", [source], make, recipe="v1")
    assert model.derive("net", [source], make, recipe="v1") == first
    assert first.suffix == made[0].suffix == ".onnx"
    assert model.derive("net", [source], make, recipe="v2") != first
    source.write_bytes(b"22")
    assert model.derive("net", [source], make, recipe="v1") != first
    assert len(made) == 3


def test_what_is_derived_is_made_anew_when_its_file_was_changed(weights, tmp_path):
    model, made = weights(source="https://localhost/model.bin"), []

    def make(target):
        made.append(target)
        target.write_bytes(b"made")

    model.derive("net", [], make).write_bytes(b"changed!")
    assert model.derive("net", [], make).read_bytes() == b"made"
    assert len(made) == 2


def test_what_fails_to_be_derived_leaves_nothing(weights):
    model = weights(source="https://localhost/model.bin")

    def make(target):
        target.write_bytes(b"half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        model.derive("net", [], make)
    assert [path.name for path in (model.folder / "derived").iterdir() if not path.name.endswith(".lock")] == []


def test_what_a_killed_process_left_is_cleared_away(source, weights):
    model = weights(source=f"{source.address}/model.bin")
    (model.folder / ".fetch-abc").mkdir(parents=True)
    (model.folder / ".fetch-abc" / "half.whl").touch()
    (model.folder / ".0badcafe.part-model.bin").touch()
    model.pull()
    assert left_behind(model) == [model.path("model").name]
    kept = model.derive("net", [], lambda target: target.write_bytes(b"made"))
    kept.with_name(f".0badcafe.part-{kept.name}").touch()
    model.derive("net", [], lambda target: target.write_bytes(b"made"))
    assert sorted(path.suffix for path in kept.parent.iterdir()) == [".lock", ".onnx", ".sha256"]


KILLED = """
import os, signal, sys
from pathlib import Path
from core.weights import Weights
def progress(name, done, total):
    if done > total / 2:
        os.kill(os.getpid(), signal.SIGKILL)
Weights(Path(sys.argv[1]), Path(sys.argv[2])).pull(progress=progress)
"""


def test_a_pull_that_is_killed_leaves_no_final_name_and_is_taken_up(source, weights, tmp_path):
    model = weights(source=f"{source.address}/model.bin")
    command = [sys.executable, "-c", KILLED, str(model.folder), str(tmp_path / "weights.toml")]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert [status.state for status in model.list() if status.name == "model"] == ["missing"]
    source.asked.clear()
    model.pull()
    assert model.path("model").read_bytes() == CONTENT
    assert int(source.asked[0][1].removeprefix("bytes=").removesuffix("-")) > 0


PULL = """
import sys
from pathlib import Path
from core.weights import Weights
Weights(Path(sys.argv[1]), Path(sys.argv[2])).pull()
"""


def test_two_processes_that_pull_at_once_fetch_once(source, weights, tmp_path):
    model = weights(source=f"{source.address}/model.bin")
    command = [sys.executable, "-c", PULL, str(model.folder), str(tmp_path / "weights.toml")]
    both = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert len(source.asked) == 1
    assert model.path("model").read_bytes() == CONTENT
