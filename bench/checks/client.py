"""A client that keeps connections busy: one question at a time on each, the next as soon as the answer is there.

Plain sockets and one event loop, so that it takes little from the cores that the server works on.
"""

import selectors
import socket
import time
from dataclasses import dataclass
from itertools import cycle

from bench.filling import Question


class WrongAnswer(Exception):
    """The server did not answer what it must."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The seconds that each answered question took, in one measurement of `seconds`."""

    seconds: float
    durations: tuple[float, ...]

    @property
    def per_second(self) -> float:
        return len(self.durations) / self.seconds

    def percentile(self, percent: float) -> float:
        """The seconds within which so many per cent of the answers came."""
        return sorted(self.durations)[min(int(len(self.durations) * percent / 100), len(self.durations) - 1)]


class _Connection:
    """One connection to the server, with the question that is asked on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes, question: Question) -> None:
        self.question, self._received, self.asked_at = question, b"", time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Read what has come; whether the answer is complete. Raises `WrongAnswer` when it is another than it must."""
        received = self.socket.recv(65536)
        if not received:
            raise WrongAnswer(f"The connection was closed; {self.question}")
        self._received += received
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return False
        if body != self.question.body or head[9:12] != b"%d" % self.question.status:
            raise WrongAnswer(f"{self._received.decode()}\n\nis not the answer to {self.question}")
        return True


def _length(head: bytes) -> int:
    """The Content-Length that the head tells; the heads of all servers here do."""
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def ask(port: int, questions: list[Question], *, connections: int, seconds: float) -> Measured:
    """Ask the server at `port` for so many seconds, on so many connections; every answer is compared with its own."""
    requests = cycle([(_request(question), question) for question in questions])
    durations = []
    open_connections = [_Connection(port) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:
        for connection in open_connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(*next(requests))
        began = time.perf_counter()
        waiting = connections
        while waiting:
            for ready, _ in selector.select(timeout=30) or _silent():
                connection = ready.data
                if not connection.receive():
                    continue
                now = time.perf_counter()
                durations.append(now - connection.asked_at)
                if now - began < seconds:
                    connection.ask(*next(requests))
                else:
                    waiting -= 1
        took = time.perf_counter() - began
    for connection in open_connections:
        connection.socket.close()
    return Measured(seconds=took, durations=tuple(durations))


def _silent():
    raise WrongAnswer("The server does not answer any more")


def _request(question: Question) -> bytes:
    """The request as it comes from the proxy in production."""
    return (
        f"GET /api/v2/mandates?{question.query} HTTP/1.1\r\n"
        "Host: localhost\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.7\r\n"
        f"User-Agent: leverancier/1.0\r\nAccept: application/json\r\nAPI-Key: {question.key}\r\n\r\n"
    ).encode()
