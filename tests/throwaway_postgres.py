"""Where does a test find a PostgreSQL? It starts one of its own, and throws it away.

`python -m tests.throwaway_postgres -- pytest -q` runs a command with DATABASE_URL set to a
cluster made for it from the installed binaries. The cluster listens on a socket in a temporary
folder, never on the network.
"""

import argparse
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HOW_TO_GET_IT = (
    "PostgreSQL is not installed, so nothing ran on it. On Debian or Ubuntu: "
    "apt-get install postgresql."
)


class NoPostgres(Exception):
    """There are no PostgreSQL binaries to start a cluster from."""


def binaries() -> Path | None:
    """The folder that holds initdb and postgres: the newest installed, or what PATH gives."""
    named = os.environ.get("MOOTHALL_POSTGRES_BIN")
    if named:
        return Path(named) if (Path(named) / "initdb").exists() else None
    versions = [
        path.parent
        for pattern in (
            "usr/lib/postgresql/*/bin/initdb",
            "opt/homebrew/opt/postgresql*/bin/initdb",
        )
        for path in Path("/").glob(pattern)
    ]
    if versions:
        return max(versions, key=lambda folder: [int(n) for n in _numbers(folder)])
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _numbers(folder: Path) -> list[str]:
    return ["".join(filter(str.isdigit, part)) or "0" for part in folder.parts]


@contextlib.contextmanager
def cluster(*, fsync: bool = False) -> Iterator[str]:
    """Start a cluster, give its DATABASE_URL, and stop and delete it at the end.

    fsync : keep PostgreSQL's own promise on durability; tests that kill it need that

    :raises NoPostgres: with how to get it.
    """
    bin_ = binaries()
    if bin_ is None:
        raise NoPostgres(HOW_TO_GET_IT)
    # Short: a socket's path may have about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="moothall-pg-", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=60"
    if not fsync:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        _run_as(
            user,
            [bin_ / "initdb", "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C"]
            + ([] if fsync else ["--no-sync"]),
        )
        _run_as(
            user, [bin_ / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start"]
        )
        try:
            _run_as(user, [bin_ / "createdb", "-h", folder, "-U", user, "moothall"])
            yield f"postgresql://{user}@/moothall?host={folder}"
        finally:
            _run_as(user, [bin_ / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run_as(user: str, command: list[object]) -> None:
    """Run one of PostgreSQL's own commands; it refuses to be started by root."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *words]
    done = subprocess.run(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words[:8])} ended with {done.returncode}:\n{done.stdout}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fsync", action="store_true", help="keep every write through a crash")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="-- COMMAND ARGUMENT...")
    chosen = parser.parse_args()
    command = chosen.command[1:] if chosen.command[:1] == ["--"] else chosen.command
    if not command:
        parser.error("Say what to run: python -m tests.throwaway_postgres -- pytest -q")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the cluster is stopped too
    try:
        with cluster(fsync=chosen.fsync) as url:
            return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}).returncode
    except NoPostgres as absent:
        print(absent, file=sys.stderr)  # noqa: T201
        return 4


if __name__ == "__main__":
    sys.exit(main())
