"""What comes out of an archive, and what stops it?"""

import gzip
import io
import lzma
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from moothall.spend.feeds.archives import ArchiveLimits, Unpacked, unpacked
from moothall.spend.feeds.read_files import files_found

ROWS = b"Supplier,Date,Amount\r\nAlder Works,01/04/2025,10.00\r\n"


def zipped(path: Path, members: dict[str, bytes], **options) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def contents(path: Path, scratch: Path, **limits) -> list[tuple[str, bytes | str]]:
    """Each member's name with its bytes, or with the sentence that refuses it."""
    return [
        (member.name, member.path.read_bytes() if member.path else member.refusal)
        for member in unpacked(
            path, name=path.name, scratch=scratch / "s", limits=ArchiveLimits(**limits)
        )
    ]


def test_each_member_of_a_zip_is_shown_with_the_archive_it_came_from(tmp_path):
    path = zipped(tmp_path / "outer.zip", {"a.csv": ROWS, "deep/b.csv": ROWS * 2})
    assert contents(path, tmp_path) == [
        ("outer.zip!a.csv", ROWS),
        ("outer.zip!deep/b.csv", ROWS * 2),
    ]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_a_packed_file_keeps_its_own_name(tmp_path, suffix, pack):
    path = tmp_path / f"april.csv{suffix}"
    path.write_bytes(pack(ROWS))
    assert contents(path, tmp_path) == [(path.name, ROWS)]


def test_an_xz_of_several_streams_gives_all_of_them(tmp_path):
    path = tmp_path / "april.csv.xz"
    path.write_bytes(lzma.compress(ROWS) + b"\0" * 8 + lzma.compress(ROWS))
    assert contents(path, tmp_path) == [(path.name, ROWS * 2)]


def test_a_zip_in_a_zip_is_opened_and_a_third_level_is_refused(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"a.csv": ROWS}).read_bytes()
    middle = zipped(tmp_path / "middle.zip", {"inner.zip": inner}).read_bytes()
    two = zipped(tmp_path / "two.zip", {"inner.zip": inner})
    three = zipped(tmp_path / "three.zip", {"middle.zip": middle, "b.csv": ROWS})
    assert contents(two, tmp_path) == [("two.zip!inner.zip!a.csv", ROWS)]
    (deep, refusal), after = contents(three, tmp_path)
    assert deep == "three.zip!middle.zip!inner.zip"
    assert "an archive more than 2 deep in others" in refusal
    assert after == ("three.zip!b.csv", ROWS)


def test_scratch_files_are_gone_when_the_walk_ends(tmp_path):
    path = zipped(tmp_path / "outer.zip", {"a.csv": ROWS, "b.csv.gz": gzip.compress(ROWS)})
    assert len(contents(path, tmp_path)) == 2
    assert list((tmp_path / "s").iterdir()) == []


def test_a_path_that_climbs_out_is_only_ever_text(tmp_path):
    path = zipped(tmp_path / "climbs.zip", {"../../escaped.csv": ROWS, "/etc/escaped.csv": ROWS})
    assert [name for name, _ in contents(path, tmp_path)] == [
        "climbs.zip!../../escaped.csv",
        "climbs.zip!/etc/escaped.csv",
    ]
    assert not list(tmp_path.parent.glob("escaped.csv"))


def test_control_characters_in_a_members_name_are_not_shown(tmp_path):
    path = zipped(tmp_path / "odd.zip", {"a\x1b[31m.csv": ROWS})
    assert contents(path, tmp_path)[0][0] == "odd.zip!a�[31m.csv"


def test_a_truncated_zip_is_refused_and_says_to_download_it_again(tmp_path):
    whole = zipped(tmp_path / "whole.zip", {"a.csv": ROWS * 500}).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: len(whole) // 2])
    [(name, refusal)] = contents(cut, tmp_path)
    assert name == "cut.zip"
    assert "damaged or cut short" in refusal
    assert refusal.endswith("Download it again.")


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_a_truncated_packed_file_is_refused(tmp_path, suffix, pack):
    packed = pack(bytes(range(256)) * 4000)
    path = tmp_path / f"cut.csv{suffix}"
    path.write_bytes(packed[: len(packed) // 2])
    [(_, refusal)] = contents(path, tmp_path)
    assert "damaged or cut short" in refusal


def test_a_damaged_member_is_refused_and_the_others_still_load(tmp_path):
    path = zipped(tmp_path / "some.zip", {"a.csv": ROWS * 50, "b.csv": ROWS})
    raw = bytearray(path.read_bytes())
    raw[60] ^= 0xFF
    path.write_bytes(raw)
    (first, refusal), second = contents(path, tmp_path)
    assert first == "some.zip!a.csv"
    assert "damaged or cut short" in refusal
    assert second == ("some.zip!b.csv", ROWS)


def test_a_member_locked_with_a_password_is_refused_and_the_others_still_load(tmp_path):
    path = zipped(tmp_path / "locked.zip", {"a.csv": ROWS, "b.csv": ROWS})
    raw = bytearray(path.read_bytes())
    central = raw.index(b"PK\x01\x02")
    raw[central + 8] |= 1  # the bit that says a member is encrypted
    raw[6] |= 1
    path.write_bytes(raw)
    (_, refusal), second = contents(path, tmp_path)
    assert refusal == (
        "locked.zip!a.csv is locked with a password. Unpack it and load the file inside."
    )
    assert second == ("locked.zip!b.csv", ROWS)


def test_a_bomb_is_stopped_by_what_it_produces_and_the_others_still_load(tmp_path):
    path = zipped(tmp_path / "bomb.zip", {"bomb.csv": b"0" * 8_000_000, "b.csv": ROWS})
    (_, refusal), second = contents(path, tmp_path, ratio_from_bytes=2_000_000)
    assert "as a decompression bomb does" in refusal
    assert second == ("bomb.zip!b.csv", ROWS)


def test_a_member_that_lies_about_its_size_is_not_believed(tmp_path):
    path = zipped(tmp_path / "lies.zip", {"a.csv": b"0,1\n" * 500_000})
    raw = bytearray(path.read_bytes())
    central = raw.index(b"PK\x01\x02")
    struct.pack_into("<I", raw, central + 24, 10)  # the size the directory declares
    path.write_bytes(raw)
    [(_, refusal)] = contents(path, tmp_path)
    assert "damaged or cut short" in refusal


@pytest.mark.parametrize("suffix", [".zip", ".gz", ".xz"])
def test_no_member_may_hold_more_than_its_limit(tmp_path, suffix):
    path = tmp_path / f"large{suffix}"
    large = b"0,1,2\n" * 500_000
    if suffix == ".zip":
        zipped(path, {"a.csv": large})
    else:
        path.write_bytes({".gz": gzip.compress, ".xz": lzma.compress}[suffix](large))
    [(_, refusal)] = contents(path, tmp_path, member_bytes=1_500_000)
    assert "unpacks to more than 1,500,000 bytes" in refusal
    assert list((tmp_path / "s").iterdir()) == []


def test_the_limit_on_an_archive_counts_all_its_members(tmp_path):
    path = zipped(tmp_path / "many.zip", {f"{n}.csv": b"0,1\n" * 200_000 for n in range(4)})
    refused = [refusal for _, refusal in contents(path, tmp_path, archive_bytes=2_000_000)[2:]]
    assert all("takes its archive over 2,000,000 bytes" in sentence for sentence in refused)


def test_an_archive_of_too_many_files_is_refused_whole(tmp_path):
    path = zipped(tmp_path / "many.zip", {f"{n}.csv": b"" for n in range(12)})
    [(_, refusal)] = contents(path, tmp_path, members=10)
    assert refusal == (
        "many.zip holds more than 10 files, which is the most one archive may. "
        "Split the archive and load the parts."
    )


def test_an_archive_with_no_files_is_refused(tmp_path):
    path = zipped(tmp_path / "none.zip", {})
    [(_, refusal)] = contents(path, tmp_path)
    assert "an archive with no files in it" in refusal


def test_what_a_mac_adds_to_an_archive_is_not_a_file_of_the_body(tmp_path):
    path = zipped(tmp_path / "mac.zip", {"a.csv": ROWS, "__MACOSX/._a.csv": b"\0\5\x16\7"})
    assert [name for name, _ in contents(path, tmp_path)] == ["mac.zip!a.csv"]


def test_unpacking_holds_no_more_than_a_few_blocks_in_memory(tmp_path):
    path = tmp_path / "large.csv.xz"
    path.write_bytes(lzma.compress(b"Supplier,Date,Amount\n" * 3_000_000, preset=0))
    tracemalloc.start()
    (member,) = [Unpacked(one.name) for one in unpacked(path, name="x", scratch=tmp_path / "s")]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert member.name == "x"
    assert peak < 24 * 1024**2


def test_an_archive_of_every_kind_of_file_gives_each_its_own_answer(tmp_path):
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("word/document.xml", "<w/>")
    zipped(
        tmp_path / "pack.zip",
        {"a.csv": ROWS, "notes.docx": book.getvalue(), "page.csv": b"<!DOCTYPE html><html>"},
    )
    found = list(files_found(tmp_path / "pack.zip", scratch=tmp_path / "s"))
    assert [file.name for file in found if file.refusal is None] == ["pack.zip!a.csv"]
    assert "a word-processor document" in found[1].refusal
    assert "is a web page, not a table" in found[2].refusal
