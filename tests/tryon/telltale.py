"""Run inside a network namespace of its own: ask somebody outside, and print every address that was sent a packet."""

import socket

from tests.api.watched import tell_what_leaves


def use() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.sendto(b"?", ("198.51.100.7", 53))


if __name__ == "__main__":
    tell_what_leaves(use)
