"""How is Moothall set up, run, tested and checked, with nothing but Python and git?

Standard library only. `make` calls this file; `python3 dev.py COMMAND` does the same where there
is no make. Each step keeps a stamp: the hash of the files it was made from. A step whose files
have not changed is skipped, so a second start takes seconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
NODE_VENV = ROOT / ".venv-node"
PYSPARK_VENV = ROOT / ".venv-pyspark"
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "moothall/site/static/built"
REQUIREMENTS = ROOT / "requirements"
PYTHON = VENV / "bin/python"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
# Each set is locked to agree with those it names.
LOCKED_SETS = {
    "run": (),
    "test": ("run",),
    "spark": ("run", "test"),
    "uv": (),
    "node": (),
    "pyspark": (),
}


def say(sentence: str) -> None:
    print(f"moothall: {sentence}", file=sys.stderr, flush=True)


def stop(sentence: str) -> NoReturn:
    say(sentence)
    raise SystemExit(1)


# --- What the machine has ---------------------------------------------------------------------


def insist_on_python() -> None:
    """Carry on under a Python that is new enough, or say which one is needed."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in (13, 12, 11, 14):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, *sys.argv])
    stop(
        f"Moothall needs Python 3.11 or newer, and this is {platform.python_version()}. "
        "Install a newer one (on Debian and Ubuntu: apt-get install python3.11 python3.11-venv) "
        "and run the command again with it: python3.11 dev.py run"
    )


def node_is_new_enough(node: str) -> bool:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = told.stdout.strip().lstrip("v").split(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def chromium() -> str | None:
    """The browser that the browser tests drive."""
    named = os.environ.get("MOOTHALL_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def initdb() -> str | None:
    """The program that makes a throw-away PostgreSQL cluster."""
    named = os.environ.get("MOOTHALL_POSTGRES_BIN")
    if named:
        return shutil.which("initdb", path=named)
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return shutil.which("initdb") or (str(installed[0]) if installed else None)


def shared_data() -> Path | None:
    """The folder of really published files, which are not part of the project."""
    named = os.environ.get("MOOTHALL_SHARED_DATA")
    places = [Path(named)] if named else [ROOT.parent / "shared/data", ROOT / "shared/data"]
    return next((place for place in places if (place / "spend").is_dir()), None)


def what_is_missing() -> list[str]:
    """One clause per thing that this machine lacks: what is not run, and how to get it."""
    missing = []
    if not chromium():
        missing.append(
            "browser tests (no Chromium: apt-get install chromium, or set MOOTHALL_CHROMIUM)"
        )
    if not (initdb() or os.environ.get("DATABASE_URL")):
        missing.append("the second run on PostgreSQL (no initdb: apt-get install postgresql)")
    if not (shutil.which("soffice") or shutil.which("libreoffice")):
        missing.append("LibreOffice tests (no soffice: apt-get install libreoffice-calc)")
    if not shutil.which("java"):
        missing.append(
            "the questions put to PySpark (no Java: apt-get install default-jre-headless)"
        )
    if not shared_data():
        missing.append("tests on really published files (set MOOTHALL_SHARED_DATA to their folder)")
    return missing


# --- Stamps -----------------------------------------------------------------------------------


def fingerprint(files: Iterable[Path], also: str = "") -> str:
    """Hash of names and contents, so that a moved or changed file counts as a change."""
    total = hashlib.sha256(also.encode())
    for file in sorted(files):
        total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def files_under(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def once(stamp: Path, made_from: str, make: Callable[[], None]) -> bool:
    """Run `make` unless `stamp` says it was already made from the same; True when it ran."""
    if stamp.exists() and stamp.read_text() == made_from:
        return False
    make()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(made_from)
    return True


def must(command: list[str | Path], otherwise: str, **options) -> None:
    """Run a step whose failure ends the command with a sentence."""
    if subprocess.run([str(word) for word in command], check=False, cwd=ROOT, **options).returncode:
        stop(otherwise)


NO_NETWORK = (
    "The packages could not be fetched (see the lines above). If the machine is offline, connect "
    "it or set the proxy it needs, then run the same command again: what has been fetched is kept."
)

# --- Setting up -------------------------------------------------------------------------------


def make_environment(folder: Path) -> None:
    """A virtual environment that works, made anew if the one there is broken."""
    python = folder / "bin/python"
    if python.exists():
        works = subprocess.run([str(python), "-c", ""], check=False, capture_output=True)
        if works.returncode == 0:
            return
        shutil.rmtree(folder)
    try:
        import ensurepip  # noqa: F401  (Debian ships venv without it)
        import venv  # noqa: F401
    except ImportError:
        stop(
            "This Python cannot make virtual environments. On Debian and Ubuntu: "
            f"apt-get install python3.{sys.version_info.minor}-venv; then run the command again."
        )
    must(
        [sys.executable, "-m", "venv", folder],
        f"The environment {folder.name} could not be made. Is the disk full or read-only?",
    )


def from_lock(which: str, python: Path) -> None:
    """Put the packages of a lock file where `python` finds them, each checked against its hash."""
    words = [
        "--quiet",
        "--python",
        python,
        "--require-hashes",
        "-r",
        REQUIREMENTS / f"{which}.lock",
    ]
    must([VENV / "bin/uv", "pip", "install", *words], NO_NETWORK)


def install_locked(which: str) -> None:
    """Put the locked packages of a set into .venv: every file checked against its hash."""
    make_environment(VENV)
    uv = VENV / "bin/uv"
    if not uv.exists():
        say("Fetching uv, which fetches the rest.")
        must(
            [
                PYTHON,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--require-hashes",
                "-r",
                REQUIREMENTS / "uv.lock",
            ],
            NO_NETWORK,
        )
    stamps = VENV / "stamps"
    locks = [REQUIREMENTS / f"{name}.lock" for name in (*LOCKED_SETS[which], which)]

    def install() -> None:
        say(f"Installing the packages of requirements/{which}.lock.")
        from_lock(which, PYTHON)

    # A test set holds all that a run set holds, so that either stamp will do for `run`.
    test_stamp, test_locks = stamps / "test", [REQUIREMENTS / f"{n}.lock" for n in ("run", "test")]
    covered = which == "run" and test_stamp.exists()
    if not (covered and test_stamp.read_text() == fingerprint(test_locks)):
        once(stamps / which, fingerprint(locks), install)

    def install_moothall() -> None:
        must(
            [
                uv,
                "pip",
                "install",
                "--quiet",
                "--python",
                PYTHON,
                "--offline",
                "--no-deps",
                "--no-build-isolation",
                "--editable",
                ROOT,
            ],
            "The `moothall` command could not be installed into .venv (see the lines above).",
        )

    if not (VENV / "bin/moothall").exists():
        (stamps / "moothall").unlink(missing_ok=True)
    once(stamps / "moothall", fingerprint([ROOT / "pyproject.toml"]), install_moothall)


def own_node_and_npm() -> tuple[str, str] | None:
    """The machine's own Node and npm, when they are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    return (node, npm) if node and npm and node_is_new_enough(node) else None


def node_and_npm() -> tuple[str, str]:
    """Node and npm: the machine's own, or a pair in an environment of their own."""
    found = own_node_and_npm()
    if found:
        return found
    make_environment(NODE_VENV)

    def install() -> None:
        say("This machine has no recent Node. Fetching one into .venv-node.")
        from_lock("node", NODE_VENV / "bin/python")

    once(NODE_VENV / "stamps/node", fingerprint([REQUIREMENTS / "node.lock"]), install)
    return str(NODE_VENV / "bin/node"), str(NODE_VENV / "bin/npm")


def pyspark_home() -> Path | None:
    """A Spark of its own for the slow test: its files are the client's too, so it lives apart."""
    if not shutil.which("java"):
        return None
    make_environment(PYSPARK_VENV)

    def install() -> None:
        say("Installing PySpark into .venv-pyspark, for one slow test.")
        from_lock("pyspark", PYSPARK_VENV / "bin/python")

    once(PYSPARK_VENV / "stamps/pyspark", fingerprint([REQUIREMENTS / "pyspark.lock"]), install)
    return next(PYSPARK_VENV.glob("lib/python3*/site-packages/pyspark"))


def build_frontend() -> None:
    """Style sheet and scripts, from the locked npm packages and our own few files."""
    own = [*files_under(FRONTEND / "scss"), *files_under(FRONTEND / "js")]
    lock = [FRONTEND / name for name in ("package.json", "package-lock.json", ".npmrc")]
    from_packages = {
        "govuk-frontend.min.js": "govuk-frontend/dist/govuk/govuk-frontend.min.js",
        "govuk-frontend.min.js.map": "govuk-frontend/dist/govuk/govuk-frontend.min.js.map",
        "htmx.min.js": "htmx.org/dist/htmx.min.js",
    }

    def build() -> None:
        node, npm = node_and_npm()

        def install() -> None:
            say("Fetching the parts that pages are built from.")
            must(
                [
                    npm,
                    "ci",
                    "--ignore-scripts",
                    "--omit=optional",
                    "--loglevel=error",
                    "--prefix",
                    FRONTEND,
                ],
                NO_NETWORK,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"},
            )

        packages = FRONTEND / "node_modules"
        once(packages / ".moothall-stamp", fingerprint(lock), install)
        say("Building the style sheet.")
        BUILT.mkdir(parents=True, exist_ok=True)
        must(
            [
                node,
                packages / "sass/sass.js",
                "--no-source-map",
                "--style=compressed",
                "--quiet",
                f"--load-path={packages}",
                FRONTEND / "scss/moothall.scss",
                BUILT / "moothall.css",
            ],
            "The style sheet could not be built (see the lines above).",
        )
        for name, source in from_packages.items():
            shutil.copyfile(packages / source, BUILT / name)
        for script in files_under(FRONTEND / "js"):
            shutil.copyfile(script, BUILT / script.name)

    once(BUILT / ".stamp", fingerprint([*own, *lock], also=repr(from_packages)), build)


def set_up(which: str) -> None:
    """Packages and pages, at the same time where the machine's own Node builds the pages."""
    with ThreadPoolExecutor(1) as beside:
        pages = beside.submit(build_frontend) if own_node_and_npm() else None
        install_locked(which)
        pages.result() if pages else build_frontend()


# --- Running ----------------------------------------------------------------------------------


def home_folder() -> Path:
    home = Path(os.environ.get("MOOTHALL_HOME", ROOT / "moothall-data")).resolve()
    home.mkdir(parents=True, exist_ok=True)
    return home


def kept_secret(home: Path) -> str:
    """The key that signs sessions: made once, readable by its owner alone."""
    file = home / "secret-key"
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as fresh:
            fresh.write(secrets.token_urlsafe(50))
    return file.read_text().strip()


def demonstration_environment() -> dict[str, str]:
    home = home_folder()
    settings = {
        "DJANGO_SETTINGS_MODULE": "moothall.site.settings",
        "MOOTHALL_HOME": str(home),
        "MOOTHALL_DEMONSTRATION": "1",
        "MOOTHALL_CONTACT": "corrections@aldermoor.example.org",
        "PYTHONUNBUFFERED": "1",
        **os.environ,
    }
    if not settings.get("MOOTHALL_SECRET_KEY"):
        settings["MOOTHALL_SECRET_KEY"] = kept_secret(home)
    return settings


PREPARE = """
import sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
call_command("createcachetable", verbosity=0)
if "static" in sys.argv:
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
"""


def prepare_books_and_static(settings: dict[str, str]) -> None:
    """Bring the tables up to date; gather the static files again only when one has changed."""
    static = [
        file
        for folder in (ROOT / "moothall").glob("*/static")
        for file in files_under(folder)
        if not file.name.startswith(".")
    ]
    # The packages bring static files of their own, and the settings say how files are stored.
    also = [REQUIREMENTS / "run.lock", ROOT / "moothall/site/settings.py"]
    home = Path(settings["MOOTHALL_HOME"])
    stamp, wanted = home / "static.stamp", fingerprint([*static, *also])
    if not (home / "static").is_dir():
        stamp.unlink(missing_ok=True)
    stale = not (stamp.exists() and stamp.read_text() == wanted)
    say("Bringing the books up to date.")
    must(
        [PYTHON, "-W", "ignore", "-c", PREPARE, *(["static"] if stale else [])],
        f"The books under {home} could not be brought up to date (see the lines above).",
        env=settings,
    )
    stamp.write_text(wanted)


class Children:
    """The processes that a running Moothall is made of; none outlives this one."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.settings = settings
        self.running: list[subprocess.Popen] = []

    def start(self, command: list[str | Path], **options) -> subprocess.Popen:
        child = subprocess.Popen(
            [str(word) for word in command],
            cwd=ROOT,
            env=self.settings,
            start_new_session=True,  # its own children are stopped with it
            **options,
        )
        self.running.append(child)
        return child

    def stop(self, patience_seconds: float = 8.0) -> None:
        for asked in (signal.SIGTERM, signal.SIGKILL):
            for child in self.running:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, asked)
            until = time.monotonic() + patience_seconds
            for child in self.running:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(max(0.05, until - time.monotonic()))


def port_answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stop_on_signals() -> None:
    """Let Ctrl-C and SIGTERM both unwind through `finally`, so that children are stopped."""

    def unwind(_number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, unwind)
    signal.signal(signal.SIGINT, unwind)
    with contextlib.suppress(AttributeError, ValueError):
        signal.signal(signal.SIGHUP, unwind)


def load_demonstration(children: Children) -> None:
    """Fill the demonstration place behind the first page, and say how it went."""
    home = Path(children.settings["MOOTHALL_HOME"])
    log = home / "demonstration.log"
    with log.open("w") as written:
        child = children.start(
            [VENV / "bin/moothall", "demo", "load"], stdout=written, stderr=subprocess.STDOUT
        )
        code = child.wait()
    if code in {0, 3}:
        say("The demonstration place is loaded.")
    elif code > 0 and "No such command" not in log.read_text(errors="replace"):
        say(f"The demonstration place was not loaded. {log} says why; Moothall runs without it.")


def run() -> None:
    """Set up what is missing, then serve the demonstration on this machine alone."""
    port = int(os.environ.get("PORT", "8000"))
    if port_answers(port):
        stop(
            f"Something already answers on port {port}. Stop it, or choose another port: "
            f"PORT={port + 1} make run"
        )
    stop_on_signals()
    set_up("run")
    settings = demonstration_environment()
    prepare_books_and_static(settings)
    children = Children(settings)
    workers = os.environ.get("MOOTHALL_WEB_WORKERS", str(min(2, os.cpu_count() or 1)))
    worker_command = [VENV / "bin/moothall", "worker"]
    try:
        web = children.start(
            [
                VENV / "bin/granian",
                "--interface",
                "wsgi",
                "--host",
                "127.0.0.1",
                "--port",
                port,
                "--workers",
                workers,
                "--blocking-threads",
                "2",
                "--log-level",
                "warning",
                "moothall.site.wsgi:application",
            ]
        )
        while not port_answers(port):
            if web.poll() is not None:
                stop("The web server did not start (see the lines above).")
            time.sleep(0.1)
        say(f"Open http://127.0.0.1:{port} in a browser. Ctrl-C stops everything.")
        worker, worker_starts = children.start(worker_command), 1
        if settings["MOOTHALL_DEMONSTRATION"] == "1":
            threading.Thread(target=load_demonstration, args=[children], daemon=True).start()
        while web.poll() is None:
            if worker.poll() is not None and worker_starts < 5:
                say(f"The background worker stopped (code {worker.returncode}). Starting it again.")
                children.running.remove(worker)
                worker, worker_starts = children.start(worker_command), worker_starts + 1
            time.sleep(0.5)
        stop(f"The web server stopped (code {web.returncode}).")
    except KeyboardInterrupt:
        say("Stopping.")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        children.stop()


def worker() -> None:
    """Run one more background worker on the same data folder."""
    install_locked("run")
    command = [str(VENV / "bin/moothall"), "worker"]
    os.execve(command[0], command, demonstration_environment())


# --- Testing and checking ---------------------------------------------------------------------


def in_environment(
    *command: str | Path, also: dict[str, str] | None = None, heard: list[str] | None = None
) -> int:
    """Run a program of .venv from the root; its exit code. What it says is shown, or `heard`."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    settings = {**os.environ, "PATH": path, **(also or {})}
    aside = {} if heard is None else {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(
        [str(word) for word in command], check=False, cwd=ROOT, env=settings, text=True, **aside
    )
    if heard is not None:
        heard.append(done.stdout)
    return done.returncode


PYTEST = ["pytest", "-q", "-n", "2", "--dist", "loadgroup"]
QUICK = "not slow and not browser and not postgres and not libreoffice"


def test(*chosen: str) -> int:
    """Everything: the suite on SQLite, then again on a throw-away PostgreSQL."""
    set_up("test")
    install_locked("spark")  # the distributed engine, which only the whole suite starts
    started = time.monotonic()
    browser = chromium()
    also = {"MOOTHALL_CHROMIUM": browser} if browser else {}
    if spark := pyspark_home():
        also["MOOTHALL_SPARK_HOME"] = str(spark)
    left_out = [] if browser else ["not browser"]
    marks = ["-m", " and ".join(left_out)] if left_out else []
    if os.environ.get("DATABASE_URL"):
        failed = in_environment(*PYTEST, *marks, *chosen, also=also)
    else:
        say("The suite, on SQLite.")
        failed = in_environment(*PYTEST, *marks, *chosen, also=also)
        if initdb():
            say(
                "What opens the books again, on a throw-away PostgreSQL; left out there, since it "
                "asks the database nothing that the rest does not: what is marked browser, slow or "
                "libreoffice, and every address as every role."
            )
            failed = max(
                failed,
                in_environment(
                    *("python", "-m", "tests.throwaway_postgres", "--", *PYTEST),
                    *("--books-only", "-m", "not browser and not slow and not libreoffice"),
                    *("--ignore", "tests/test_all_routes.py"),
                    *chosen,
                ),
            )
    missing = what_is_missing()
    say(f"Not run: {'; '.join(missing)}." if missing else "Nothing was left out.")
    verdict = "something failed" if failed else "all passed"
    say(f"Tests: {verdict}, in {time.monotonic() - started:.0f} seconds.")
    return failed


def test_quick(*chosen: str) -> int:
    """The tests for working: no browser, no PostgreSQL, nothing slow."""
    set_up("test")
    return in_environment(*PYTEST, "-m", QUICK, *chosen)


def check() -> int:
    """What is right or wrong without running it; the tests are `test` and `test-quick`."""
    set_up("test")
    with_key = {"MOOTHALL_DEBUG": "1"}
    steps = {
        "types": ["mypy", "moothall"],
        "format": ["ruff", "format", "--check", "."],
        "lint": ["ruff", "check", "."],
        "import contracts": ["lint-imports"],
        "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    }

    def checked(name: str) -> tuple[str, int, str, float]:
        started, heard = time.monotonic(), []
        code = in_environment(*steps[name], also=with_key, heard=heard)
        return name, code, "".join(heard), time.monotonic() - started

    failed = []
    with ThreadPoolExecutor(2) as two:  # the types take as long as all the rest
        for name, code, said, seconds in two.map(checked, steps):
            print(said, end="", flush=True)
            if code:
                failed.append(name)
            say(f"{name}: {'FAILED' if code else 'ok'} ({seconds:.0f} s)")
    say(f"Not right: {', '.join(failed)}." if failed else "Every check passed.")
    return 1 if failed else 0


def machine() -> str:
    """One line on the machine, for beside the figures taken on it."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    memory = ""
    with contextlib.suppress(ValueError, OSError):
        gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        memory = f", {gib:.0f} GiB"
    return (
        f"{model}, {os.cpu_count()} cores{memory}, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def bench(*chosen: str) -> int:
    """Every benchmark, its ratios printed and kept in benchmarks/RESULTS.md."""
    set_up("test")
    kept = [
        "# What the benchmarks last said",
        "",
        "Written by `make bench`. Each figure is a ratio to something else in the same run, since",
        "absolute times on a shared machine mean little.",
        "",
        f"Machine: {machine()}. Taken on {time.strftime('%d %B %Y').lstrip('0')}.",
    ]
    failed = 0
    for file in sorted((ROOT / "benchmarks").glob("bench_*.py")):
        if chosen and not any(word in file.stem for word in chosen):
            continue
        say(f"{file.name} ...")
        ran = subprocess.run(
            [str(PYTHON), "-m", f"benchmarks.{file.stem}"],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            check=False,
        )
        print(ran.stdout, flush=True)
        failed = failed or ran.returncode
        kept += ["", f"## {file.stem}", "", "```", ran.stdout.strip(), "```"]
    if not chosen:
        (ROOT / "benchmarks/RESULTS.md").write_text("\n".join(kept) + "\n")
    return failed


def locks() -> None:
    """Write the lock files anew from requirements/*.in, hashed, naming no host."""
    install_locked("run")
    for name, below in LOCKED_SETS.items():
        under = [word for lower in below for word in ("-c", f"requirements/{lower}.lock")]
        must(
            [
                VENV / "bin/uv",
                "pip",
                "compile",
                "--quiet",
                "--universal",
                "--python-version",
                "3.11",
                "--generate-hashes",
                "--no-header",
                "--no-annotate",
                "--no-emit-index-url",
                f"requirements/{name}.in",
                *under,
                "-o",
                f"requirements/{name}.lock",
            ],
            NO_NETWORK,
            stdout=subprocess.DEVNULL,
        )


COMMANDS: dict[str, Callable[..., int | None]] = {
    "setup": lambda: set_up("test"),
    "run": run,
    "worker": worker,
    "test": test,
    "test-quick": test_quick,
    "check": check,
    "bench": bench,
    "frontend": lambda: set_up("run"),
    "locks": locks,
}


def main(words: list[str]) -> int:
    if not words or words[0] not in COMMANDS:
        print(f"usage: python3 dev.py {{{'|'.join(COMMANDS)}}}", file=sys.stderr)
        return 2
    insist_on_python()
    # Compiled once into .venv and kept: every later start is a second shorter.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        return COMMANDS[words[0]](*words[1:]) or 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
