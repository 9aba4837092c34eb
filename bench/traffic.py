"""Clients that ask as fast as they are answered, and what it costs the one who answers."""

import http.client
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import msgspec
import numpy as np
import psutil


class Request(msgspec.Struct, frozen=True):
    """Ready to be sent."""

    path: str
    content_type: str
    body: bytes
    method: str = "POST"


class Answers(msgspec.Struct, frozen=True):
    """What came back. latencies: milliseconds of those answered with 200; seconds: from first request to last answer;
    cpu: seconds of processor time that the serving processes took meanwhile; bodies: of the first few answers.
    """

    latencies: tuple[float, ...]
    errors: int
    seconds: float
    cpu: float
    bodies: tuple[bytes, ...]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, q: float) -> float:
        return float(np.percentile(self.latencies, q)) if self.latencies else float("inf")

    @property
    def cpu_each(self) -> float:
        """Processor seconds for one answer."""
        return self.cpu / max(1, len(self.latencies))


def photo_request(photo: bytes, **fields: str) -> Request:
    """A photo search as a browser sends it."""
    boundary = secrets.token_hex(16)
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    head = "".join(parts) + (
        f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = head.encode() + photo + f"\r\n--{boundary}--\r\n".encode()
    return Request("/v1/search/photo", f"multipart/form-data; boundary={boundary}", body)


def text_request(text: str) -> Request:
    return Request("/v1/search", "application/json", msgspec.json.encode({"terms": [{"text": text}]}))


def ask(url: str, requests: Sequence[Request], clients: int, seconds: float, server: psutil.Process) -> Answers:
    """Have ``clients`` ask for so many seconds, each sending its next request when it has its answer."""
    latencies: list[list[float]] = [[] for _ in range(clients)]
    errors = [0] * clients
    bodies: list[bytes] = []
    start_together = threading.Barrier(clients + 1)
    end = [0.0]

    def client(number: int) -> None:
        send = _connect(url)
        start_together.wait()
        turn = number
        while time.perf_counter() < end[0]:
            began = time.perf_counter()
            status, body = send(requests[turn % len(requests)])
            took = (time.perf_counter() - began) * 1000
            if status == 200:
                latencies[number].append(took)
                if len(bodies) < 200:
                    bodies.append(body)
            else:
                errors[number] += 1
            turn += clients

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    cpu = processor_seconds(server)
    began = time.perf_counter()
    end[0] = began + seconds
    start_together.wait()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    return Answers(
        latencies=tuple(one for some in latencies for one in some),
        errors=sum(errors),
        seconds=took,
        cpu=processor_seconds(server) - cpu,
        bodies=tuple(bodies),
    )


def processor_seconds(server: psutil.Process) -> float:
    """Of a process and the children it has now: the embedded index is one."""
    times = [process.cpu_times() for process in (server, *server.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


def _connect(url: str) -> Callable[[Request], tuple[int, bytes]]:
    # Not httpx: it would take a tenth of the processor time that is being measured.
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)

    def send(request: Request) -> tuple[int, bytes]:
        try:
            headers = {"Content-Type": request.content_type} if request.body else {}
            connection.request(request.method, request.path, request.body or None, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return 0, b""

    return send
