"""How worker, server and kernel talk: JSON in packets over local sockets, with open files beside it.

Used on both sides of the sandbox's wall, so it needs the standard library only.
"""

from __future__ import annotations

import json
import socket
from typing import Any

PACKET_BYTES = 160_000
"""The largest packet; a local socket takes 208 kB unless the system was told otherwise."""

_OPEN_FILES = 16


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected sockets that keep packets apart and tell when the other end is gone."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(channel: socket.socket, message: dict[str, Any], files: list[int] | None = None) -> None:
    """Send *message*, with copies of the open *files* (descriptors).

    Raises:
        OSError: If the other end is gone.
        ValueError: If the message is longer than a packet.
    """
    packet = json.dumps(message).encode()
    if len(packet) > PACKET_BYTES:
        raise ValueError(f"a packet of {len(packet):,} bytes; at most {PACKET_BYTES:,} are sent")
    socket.send_fds(channel, [packet], files or [])


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and the open files that came with it; `None` if the other end is gone.

    Raises:
        TimeoutError: If nothing came within the channel's time-out.
    """
    try:
        packet, files, _, _ = socket.recv_fds(channel, PACKET_BYTES, _OPEN_FILES)
    except ConnectionResetError:
        return None
    return (json.loads(packet), list(files)) if packet else None
