"""How much processor time does loading published CSV take, against only splitting the same files?

Loading is hashing, the raw copy, parsing, reconciliation, Parquet and the commit, with imports and
children counted; matching suppliers and sorting into categories are reported apart. Splitting is
the standard `csv` module going over the same files. Both run in processes of their own, by turns.
Run: `python benchmarks/bench_ingest.py`. Without the published files on this machine it loads
invented ones.
"""

import argparse
import json
import lzma
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

RUNS = 5
BAR, AIM, PEAK_MB = 3.0, 2.0, 500

SPLIT = """
import csv, sys
from pathlib import Path
rows = 0
for path in sorted(Path(sys.argv[1]).rglob("*.csv")):
    with path.open(newline="", encoding="latin-1") as file:
        for row in csv.reader(file):
            rows += 1
print(rows)
"""
LOAD = """
import json, resource, sys
import django
django.setup()
from pathlib import Path
from django.utils import timezone
from moothall.directory.actions import add_body
from moothall.spend.actions.loading import load_files
body = add_body(name="Everyone", by=None, at=timezone.now())
report = load_files([Path(sys.argv[1])], body=body, by=None, at=timezone.now())
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
loaded = sum(one.ru_utime + one.ru_stime for one in used)
print(json.dumps({"loaded": loaded, **report.totals}), flush=True)
if sys.argv[2:] == ["project"]:
    from moothall.spend.actions.projecting import project
    import time
    began = time.process_time()
    project(at=timezone.now())
    print(json.dumps({"projected": time.process_time() - began}))
"""


def unpacked(folder: Path) -> int:
    """Lay the published CSV out unpacked, or invented files; how many bytes that is."""
    from conftest import shared_data_folder

    shared = shared_data_folder()
    if shared is None:
        _invent(folder)
    else:
        for path in sorted((shared / "spend").rglob("*")):
            target = folder / path.relative_to(shared / "spend")
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.name.endswith(".csv.xz"):
                target.with_suffix("").write_bytes(lzma.decompress(path.read_bytes()))
            elif path.suffix == ".csv" and path.parent != shared / "spend":
                shutil.copyfile(path, target)
            elif path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    for name in archive.namelist():
                        if name.endswith(".csv"):
                            (target.parent / Path(name).name).write_bytes(archive.read(name))
    return sum(path.stat().st_size for path in folder.rglob("*.csv"))


def _invent(folder: Path) -> None:
    chance = random.Random(5)
    for month in range(200):
        year, number = 2010 + month // 12, month % 12 + 1
        lines = ["Supplier,Date,Amount,Department,Reference"]
        lines += [
            f"SUPPLIER {chance.randrange(9000)} LTD,{chance.randrange(1, 28):02}"
            f"/{number:02}/{year},"
            f"{chance.randrange(-9999, 999999) / 100:.2f},Department {row % 9},R{month}-{row}"
            for row in range(5500)
        ]
        (folder / f"{year}-{number:02}.csv").write_text("\n".join(lines))


def processor_seconds(command: list[str], home: Path | None = None) -> tuple[float, str, float]:
    """Run a command; its processor seconds with its children, what it said, and its peak MB."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "moothall.site.settings"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # imports count as on any second start
    environment |= {"MOOTHALL_HOME": str(home), "MOOTHALL_DEBUG": "1"} if home else {}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    peak = [0.0]
    watch = threading.Thread(target=_watch, args=(process, peak))
    watch.start()
    said, _ = process.communicate()
    watch.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"{command[:3]} ended with {process.returncode}.")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, said, peak[0]


def _watch(process: subprocess.Popen, peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], _tree_mb(process.pid))
        time.sleep(0.05)


def _tree_mb(pid: int) -> float:
    """Summed proportional memory of a process and its descendants: shared pages count once."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    own = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return own / 1024 + sum(_tree_mb(int(child)) for child in children)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=RUNS)
    runs = arguments.parse_args().runs
    with tempfile.TemporaryDirectory() as scratch:
        files, base = Path(scratch) / "files", Path(scratch) / "base"
        files.mkdir()
        size = unpacked(files)
        base.mkdir()
        processor_seconds([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], base)
        splits, loads, peaks = [], [], []
        totals, projected = {}, 0.0
        for run in range(runs):
            home = Path(scratch) / "home"
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(base, home)
            splits.append(processor_seconds([sys.executable, "-c", SPLIT, str(files)])[0])
            last = ["project"] if run == runs - 1 else []
            _, said, peak = processor_seconds([sys.executable, "-c", LOAD, str(files), *last], home)
            totals = json.loads(said.splitlines()[0])
            loads.append(totals["loaded"])
            if last:
                projected = json.loads(said.splitlines()[1])["projected"]
            else:
                peaks.append(peak)
    ratio = statistics.median(loads) / statistics.median(splits)
    met = "met" if ratio <= BAR else "NOT met"
    print(f"{size / 2**20:.0f} MiB of CSV, {totals['rows_read']:,} rows, medians of {runs} runs")
    print(f"splitting    {statistics.median(splits):6.2f} s of processor")
    print(f"loading      {statistics.median(loads):6.2f} s: {ratio:.2f} times (bar {BAR}, {met})")
    print(f"projecting   {projected:6.2f} s: suppliers, categories and cubes, apart")
    if peaks:
        held = "met" if max(peaks) < PEAK_MB else "NOT met"
        print(f"peak memory  {max(peaks):6.0f} MB over the tree (bar {PEAK_MB}, {held})")


if __name__ == "__main__":
    main()
