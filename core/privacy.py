"""Nothing calls home: the usage reporting and self-updating of every package that has some is switched off here.

Run when ``core`` is first imported, hence before any room can import such a package. What each switch does was read
from the package's source; ``tests/core/test_privacy.py`` listens while they are imported and used.
"""

import os
import sys

REPORTING = {
    "DO_NOT_TRACK": "1",  # huggingface_hub, and whoever else honours it
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub: usage in request headers, events
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",  # huggingface_hub: looks for its own newer versions
    "YOLO_OFFLINE": "true",  # ultralytics: events, crash reports, update check, name look-ups at import
    "YOLO_AUTOINSTALL": "false",  # ultralytics: runs pip by itself
    "NO_ALBUMENTATIONS_UPDATE": "1",  # albumentations, which ultralytics uses if it is there: update check
    "RAY_USAGE_STATS_ENABLED": "0",  # ray: hourly report
    "WANDB_MODE": "disabled",  # the rest: experiment trackers that ultralytics feeds if they are installed
    "COMET_MODE": "disabled",
    "COMET_START_ONLINE": "0",
    "CLEARML_OFFLINE_MODE": "1",
}


def keep_private() -> None:
    """Switch reporting off for this process and its children, whatever the environment said before."""
    os.environ.update(REPORTING)
    # OpenVINO reports its import and knows no variable against it, only a file in the user's home folder. Where the
    # reporting package cannot be imported, it uses a stand-in of its own that does nothing.
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
