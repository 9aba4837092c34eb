"""Logs say what happened and keep no secret; stages add up."""

import json
import logging
import subprocess
import sys
import threading
from pathlib import Path

import numpy
import pytest
import structlog

from core.settings import Telemetry
from core.telemetry import Stages, configure_logging, observe

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def logging_as_before():
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


def logged(capsys, **settings):
    configure_logging(Telemetry(json_logs=True, **settings))
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_of_json_says_when_what_and_with_what(capsys):
    lines = logged(capsys)
    structlog.get_logger("shop").info("ingested", products=3, title="红色")
    (line,) = lines()
    assert (line["event"], line["level"], line["products"], line["title"]) == ("ingested", "info", 3, "红色")
    assert line["timestamp"].endswith("Z")


def test_logs_of_libraries_come_in_the_same_form(capsys):
    lines = logged(capsys)
    logging.getLogger("library").warning("count %d", 3)
    assert lines()[0]["event"] == "count 3"


def test_below_its_level_nothing_is_logged(capsys):
    lines = logged(capsys, level="warning")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in lines()] == ["loud"]


def test_addresses_that_libraries_log_stay_out(capsys):
    lines = logged(capsys)
    logging.getLogger("httpx").info("GET https://host/photo")
    assert lines() == []


def test_secrets_and_pictures_are_left_out(capsys):
    lines = logged(capsys)
    structlog.get_logger().info(
        "request",
        photo=b"\xff\xd8" * 500,
        pixels=numpy.zeros((4, 3, 3), numpy.uint8),
        api_key="hunter2",
        headers={"Authorization": "Bearer hunter2", "Accept": "image/*"},
        url="https://user:hunter2@host/p.jpg?signature=hunter2#x",
        many=["redis://:hunter2@host:6379/0"],
    )
    (line,) = lines()
    assert "hunter2" not in json.dumps(line)
    assert line["photo"] == "<1000 bytes>"
    assert line["pixels"] == "<array (4, 3, 3) uint8>"
    assert line["headers"] == {"Authorization": "***", "Accept": "image/*"}
    assert line["url"] == "https://host/p.jpg"
    assert line["many"] == ["redis://host:6379/0"]


@pytest.mark.parametrize("json_logs", [True, False])
def test_a_traceback_shows_no_values(capsys, json_logs):
    configure_logging(Telemetry(json_logs=json_logs))
    photo = b"hunter2"
    try:
        raise RuntimeError(len(photo))
    except RuntimeError:
        structlog.get_logger().exception("failed")
    told = capsys.readouterr().err
    assert "RuntimeError" in told
    assert "test_telemetry.py" in told
    assert "hunter2'" not in told


def test_standard_output_is_left_to_results():
    script = """
from core import configure_logging
from core.settings import Telemetry
import structlog
configure_logging(Telemetry())
structlog.get_logger().info("hello")
"""
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout == ""
    assert "hello" in answer.stderr


def test_stages_add_up_in_the_order_they_were_entered():
    stages = Stages()
    with stages.stage("decode"):
        pass
    stages.add("encode", 0.25)
    stages.add("decode", 1.0)
    assert list(stages.milliseconds) == ["decode", "encode"]
    assert stages.milliseconds["decode"] >= 1000
    assert stages.milliseconds["encode"] == 250


def test_a_stage_that_fails_is_counted_too():
    stages = Stages()
    with pytest.raises(KeyError), stages.stage("decode"):  # noqa: PT012
        threading.Event().wait(0.01)
        raise KeyError
    assert stages.milliseconds["decode"] >= 10


def test_an_observer_hears_of_every_stage_until_it_is_taken_off():
    heard = []
    off = observe(lambda stage, seconds: heard.append((stage, seconds)))
    Stages().add("encode", 0.5)
    off()
    Stages().add("encode", 0.5)
    assert heard == [("encode", 0.5)]
