"""Who reads the files of a run? Two processes, started once, so that both cores read.

Each uses one thread of polars: for small files more threads only get in each other's way. The
process that started them stays small, and when it dies, however it dies, they see their line
close and end.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from types import TracebackType
from typing import Any

READERS = 2
# Files above this are read one at a time, so that memory stays that of one.
LARGE_BYTES = 8 * 2**20
# Starting readers takes about as long as reading this much.
WORTH_STARTING_BYTES = 4 * 2**20
# Blocks of files come and go: memory given back to the system has to be cleared and taken again.
_READERS_ENVIRONMENT = {
    "POLARS_MAX_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(64 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20),
}
_LENGTH = struct.Struct("!Q")


class ReadingPool:
    """Readers that are started when the first file comes, and end with the `with` block."""

    ahead = 2 * READERS  # files begun before the first of them is asked for

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._threads: ThreadPoolExecutor | None = None
        self._idle: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
        self._large = threading.Lock()

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        self._stack.close()

    def submit(self, job: str, *, size: int = 0, **said: Any) -> Future[Any]:
        """Have a reader do its "read" or "mark"; what that raises, the future raises.

        size : of the file to read, in bytes
        """
        if self._threads is None:
            self._start()
        assert self._threads is not None  # noqa: S101
        return self._threads.submit(self._done, job, size, said)

    def _start(self) -> None:
        ours, theirs = zip(*(socket.socketpair() for _ in range(READERS)), strict=True)
        fds = [line.fileno() for line in theirs]
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, *map(str, fds)],
            pass_fds=fds,
            stdin=subprocess.DEVNULL,
            env=os.environ | _READERS_ENVIRONMENT,
        )
        self._stack.callback(process.wait)
        for line, other in zip(ours, theirs, strict=True):
            other.close()
            self._stack.callback(line.close)
            self._idle.put(line)
        self._threads = ThreadPoolExecutor(READERS)

    def _done(self, job: str, size: int, said: dict[str, Any]) -> Any:
        with self._large if size > LARGE_BYTES else nullcontext():
            line = self._idle.get()
            try:
                _send(line, (job, said))
                answer, error = _receive(line)
            finally:
                self._idle.put(line)
        if error is not None:
            raise error
        return answer


class ReadHere:
    """No other process: a job is done at once, where it is asked for."""

    ahead = 0

    def __enter__(self) -> ReadHere:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was started, so nothing ends."""

    def submit(self, job: str, *, size: int = 0, **said: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(_jobs()[job](**said))
        except Exception as raised:
            done.set_exception(raised)
        return done


def readers_for(size: int) -> ReadingPool | ReadHere:
    """Who should read a run of so many bytes."""
    return ReadingPool() if size > WORTH_STARTING_BYTES else ReadHere()


def _jobs() -> dict[str, Callable[..., Any]]:
    from moothall.spend.feeds.marks import marks_of_files
    from moothall.spend.feeds.read_several import read_several

    return {"read": read_several, "mark": marks_of_files}


def _send(line: socket.socket, what: Any) -> None:
    data = pickle.dumps(what)
    line.sendall(_LENGTH.pack(len(data)) + data)


def _receive(line: socket.socket) -> Any:
    """The next thing said on a line.

    :raises EOFError: when whoever is at the other end has gone.
    """
    (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size))
    return pickle.loads(_exactly(line, length))  # noqa: S301  from our own process


def _exactly(line: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = line.recv(min(size, 2**20))
        if not part:
            raise EOFError("A reader has ended before its file did. Nothing was loaded.")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _read_until_the_line_closes(line: socket.socket, jobs: dict[str, Callable[..., Any]]) -> None:
    while True:
        try:
            job, said = _receive(line)
        except (EOFError, ConnectionError):
            return
        answer, error = None, None
        try:
            answer = jobs[job](**said)
        except Exception as raised:
            error = raised
        try:
            _send(line, (answer, error))
        except (BrokenPipeError, ConnectionError):
            return


def _main(fds: list[int]) -> None:
    """Import once what reading needs, then be one reader and fork the others."""
    gc.disable()
    jobs = _jobs()
    gc.freeze()  # what is imported stays: it need not be looked through again and again
    gc.set_threshold(100_000)  # rows read make many objects, and hardly ever a cycle
    gc.enable()
    lines = [socket.socket(fileno=fd) for fd in fds]
    children = []
    for place, line in enumerate(lines[1:], start=1):
        child = os.fork()
        if child == 0:
            for other in [*lines[:place], *lines[place + 1 :]]:
                other.close()
            _read_until_the_line_closes(line, jobs)
            os._exit(0)
        children.append(child)
        line.close()
    _read_until_the_line_closes(lines[0], jobs)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    _main([int(fd) for fd in sys.argv[1:]])
