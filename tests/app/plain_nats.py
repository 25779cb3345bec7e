# SPDX-License-Identifier: GPL-3.0-or-later
"""A NATS client of a few lines, so that what the dashboard exported is compared with what the devices say to somebody who
shares no code with it."""

import json
import secrets
import socket
import time
import urllib.parse


def ask(url, request, subject="fleet.query.all", enough=lambda replies: False, seconds=6):
    """Asks devices and returns {device: reply} once `enough(replies)`, or when the time is over."""
    address = urllib.parse.urlsplit(url)
    inbox = f"_INBOX.{secrets.token_hex(8)}"
    question = json.dumps(request).encode()
    replies, buffer = {}, b""
    end = time.monotonic() + seconds
    with socket.create_connection((address.hostname, address.port), 5) as connection:
        connection.sendall(b'CONNECT {"verbose":false,"pedantic":false,"lang":"python","version":"1","protocol":1}\r\n'
                           + f"SUB {inbox} 1\r\nPUB {subject} {inbox} {len(question)}\r\n".encode() + question + b"\r\n")
        while not enough(replies) and time.monotonic() < end:
            connection.settimeout(max(0.01, end - time.monotonic()))
            try:
                part = connection.recv(1 << 16)
            except TimeoutError:
                break
            if not part:
                break
            buffer += part
            while b"\r\n" in buffer:
                line, rest = buffer.split(b"\r\n", 1)
                if line.startswith(b"MSG "):
                    size = int(line.split()[-1])
                    if len(rest) < size + 2:
                        break  # the rest of it is still under way
                    reply = json.loads(rest[:size])
                    replies.setdefault(reply["device"], reply)
                    rest = rest[size + 2:]
                elif line == b"PING":
                    connection.sendall(b"PONG\r\n")
                elif line.startswith(b"-ERR"):
                    raise ConnectionError(line.decode())
                buffer = rest
    return replies
