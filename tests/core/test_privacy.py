"""Packages that report usage do not do so from within Shopglass."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LISTEN = """
import os, socket, sys, threading
asked, heard = [], threading.Event()

def hear(event, arguments):
    if event == "socket.getaddrinfo":
        asked.append(f"{event} {arguments[0]}")
    elif event == "socket.connect" and arguments[0].family != socket.AF_UNIX:
        asked.append(f"{event} {arguments[1]}")
    elif event == "subprocess.Popen" and "pip" in str(arguments[1]):
        asked.append(f"{event} {arguments[1]}")
    else:
        return
    heard.set()
    raise OSError("nothing leaves this machine")

sys.addaudithook(hear)
"""

USE = {
    "openvino": "import openvino; asked += filter(sys.modules.get, ['openvino_telemetry'])",
    "ultralytics": """
from ultralytics import YOLO
from ultralytics.utils.events import events
import numpy
YOLO("yolo11n.yaml").predict(numpy.zeros((64, 64, 3), "uint8"), imgsz=64, verbose=False)
assert not events.enabled
""",
    "mediapipe": "import mediapipe; from mediapipe.tasks.python import vision",
    "open_clip": "import open_clip; open_clip.list_pretrained()",
    "huggingface_hub": """
from huggingface_hub import HfApi, constants
from huggingface_hub.utils import send_telemetry
send_telemetry("topic")
heard.wait(len(threading.enumerate()) - 1)
assert constants.HF_HUB_DISABLE_TELEMETRY and constants.HF_HUB_DISABLE_UPDATE_CHECK
""",
    "ray": "from ray._common.usage.usage_lib import usage_stats_enabled; assert not usage_stats_enabled()",
}


def listen(before: str, package: str, home: Path) -> list[str]:
    """What a new process that runs ``before`` asks of the network while it uses a package."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_CURRENT_TEST", "DO_NOT_TRACK")
    }
    environment |= {"HOME": str(home), "YOLO_CONFIG_DIR": str(home), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    for name in [
        name for name in environment if name.startswith(("HF_HUB_DISABLE", "YOLO_OFF", "YOLO_AUTO", "RAY_USAGE"))
    ]:
        del environment[name]
    script = "\n".join([before, LISTEN, USE[package], 'print("asked", *asked, sep="\\n", flush=True); os._exit(0)'])
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.rpartition("asked\n")[2].splitlines()


@pytest.mark.parametrize("package", USE)
def test_a_package_asks_nothing_of_the_network(package, tmp_path):
    pytest.importorskip(package, reason=f"needs {package}") if package == "ray" else None
    assert listen("import core", package, tmp_path) == []


@pytest.mark.parametrize("package", ["openvino", pytest.param("ultralytics", marks=pytest.mark.slow)])
def test_without_the_switches_it_would(package, tmp_path):
    assert listen("", package, tmp_path) != []
