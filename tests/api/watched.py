"""Run inside a network namespace of its own: use the service, and print every address outside this machine that was
sent a packet, by whichever process.

All addresses are routed to the loopback device, where a packet socket sees them; nothing listens there, so that whoever
asks is refused at once.
"""

import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx

from sample import write
from tests.api.conftest import serving

ETH_P_ALL = 3
IPV4, IPV6 = 0x0800, 0x86DD


CONTROL = ("192.0.2.1", 9)


def watch(seen: set[str]) -> threading.Event:
    """Note where packets go that do not stay on loopback addresses; the event is set by one to CONTROL."""
    told = threading.Event()
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    wire.bind(("lo", ETH_P_ALL))

    def listen() -> None:
        while True:
            packet, (_, protocol, *_rest) = wire.recvfrom(65535)
            if protocol == IPV4:
                address, ports = socket.inet_ntop(socket.AF_INET, packet[16:20]), packet[(packet[0] & 15) * 4 :]
            elif protocol == IPV6:
                address, ports = socket.inet_ntop(socket.AF_INET6, packet[24:40]), packet[40:]
            else:
                continue
            if not address.startswith("127.") and address != "::1" and not address.startswith("ff02:"):
                port = struct.unpack("!HH", ports[:4])[1]
                seen.add(f"{address} port {port}")
                if (address, port) == CONTROL:
                    told.set()

    threading.Thread(target=listen, daemon=True).start()
    return told


def use(home: Path) -> None:
    """Ingest a few products, serve them, and ask for everything a shopper can ask for."""
    environment = {**os.environ, "SHOPGLASS_HOME": str(home), "SHOPGLASS_MODELS__THREADS": "1"}
    catalogue = write(home / "sample", 4, 7)
    subprocess.run([sys.executable, "-m", "api", "ingest", str(catalogue)], env=environment, check=True, stdout=2)
    photo = (home / "sample" / "photos" / "001.jpg").read_bytes()
    with (
        serving(environment, home / "serve.log") as (_, url),
        httpx.Client(base_url=url, timeout=60, trust_env=False) as client,
    ):
        asked = [
            client.get("/"),
            client.post("/v1/search/photo", files={"photo": photo}, data={"text": "red"}),
            client.post("/v1/search", json={"terms": [{"text": "red dress"}], "facets": ["category"]}),
            client.get("/v1/items/SG-00001/similar"),
            client.get("/v1/items/SG-00001/picture"),
            client.get("/schema"),
            client.get("/metrics"),
        ]
    assert [response.status_code for response in asked] == [200] * len(asked)


def tell_what_leaves(use: Callable[[], None]) -> None:
    """Do what is to be watched, and print whom packets were sent to meanwhile as JSON."""
    for command in ("link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"):
        subprocess.run(["ip", *command.split()], check=True)
    seen: set[str] = set()
    told = watch(seen)
    use()
    with socket.socket() as control:  # packets are seen in their order: once this one is, all before it have been
        control.connect_ex(CONTROL)
    awake = told.wait(30)
    outside = sorted(address for address in seen if not address.startswith(CONTROL[0]))  # it is answered, too
    print(json.dumps({"outside": outside, "awake": awake}))


if __name__ == "__main__":
    tell_what_leaves(lambda: use(Path(sys.argv[1])))
