"""A value is found in any spelling and any encoding, and nothing beside it is touched."""

import gzip
import io
import lzma
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.spend.engine.purging import (
    TOMBSTONE,
    plain_value,
    purged_bytes,
    purged_json,
    purged_text,
    value_behind,
    value_pattern,
    why_not_purge,
)

VALUE = "Zoë O'Brien-Quill"


@pytest.mark.parametrize(
    "text",
    [
        "Zoë O'Brien-Quill",
        "ZOË O'BRIEN-QUILL",
        "zoë  obrien quill",
        "ZoëO'BrienQuill",
        "paid to Zoë O'Brien-Quill, carer",
    ],
)
def test_a_value_is_found_however_it_is_spelt(text):
    purged = purged_text(text, value_pattern(VALUE))
    assert TOMBSTONE in purged
    assert "brien" not in purged.casefold()


@pytest.mark.parametrize("text", ["Zoë O'Brien-Quillers", "McZoë O'Brien-Quill", "Zoë Brien Quill"])
def test_a_longer_or_other_name_is_left(text):
    assert purged_text(text, value_pattern(VALUE)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le", "utf-16-be", "utf-16"])
def test_a_file_keeps_every_other_byte(encoding):
    text = f"1,Other Ltd,5.00\r\n2,{VALUE},6.00\r\n3,{VALUE.upper()},7.00\r\n"
    data, found = purged_bytes(text.encode(encoding), VALUE)
    assert found == 2
    assert (
        data.decode(encoding) == f"1,Other Ltd,5.00\r\n2,{TOMBSTONE},6.00\r\n3,{TOMBSTONE},7.00\r\n"
    )


def test_archives_and_workbooks_are_opened():
    inner = f"2,{VALUE},6.00\n".encode()
    for pack, unpack in ((gzip.compress, gzip.decompress), (lzma.compress, lzma.decompress)):
        data, found = purged_bytes(pack(inner), VALUE)
        assert (found, unpack(data)) == (1, f"2,{TOMBSTONE},6.00\n".encode())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", "<t>Zoë O&apos;Brien-Quill</t><t>A &amp; B</t>")
        archive.writestr("other.xml", "<t>untouched</t>")
    data, found = purged_bytes(out.getvalue(), VALUE)
    assert found == 1
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert texts == {
        "xl/sharedStrings.xml": f"<t>{TOMBSTONE}</t><t>A &amp; B</t>",
        "other.xml": "<t>untouched</t>",
    }


def test_an_old_workbook_keeps_its_length():
    data = b"\xd0\xcf\x11\xe0" + "aa Jane Appletree bb".encode("utf-16-le")
    purged, found = purged_bytes(data, "Jane Appletree")
    assert found == 1
    assert len(purged) == len(data)
    assert "XXXXXXXXXXXXXX".encode("utf-16-le") in purged


def test_a_value_does_not_reach_across_cells():
    assert purged_bytes(b"Jane,Appletree\n", "Jane Appletree") == (b"Jane,Appletree\n", 0)


@given(st.binary(max_size=200))
def test_bytes_without_the_value_come_back_as_they_were(data):
    assert purged_bytes(data, "Jane Appletree-Quillfeather") == (data, 0)


def test_a_document_is_purged_at_every_depth():
    document = {VALUE: [1, None, {"why": f"I know {VALUE}"}], "n": True}
    assert purged_json(document, value_pattern(VALUE)) == {
        TOMBSTONE: [1, None, {"why": f"I know {TOMBSTONE}"}],
        "n": True,
    }


def test_a_value_is_found_again_by_its_digest_alone():
    wanted = plain_value(VALUE)
    texts = iter(["Other Ltd", f"paid to {VALUE.upper()}, carer"])
    assert value_behind(texts, length=len(wanted), is_it=wanted.__eq__) == wanted
    assert value_behind(iter(["Other"]), length=len(wanted), is_it=wanted.__eq__) is None


def test_what_would_take_other_text_with_it_is_refused():
    assert why_not_purge("Jo") is not None
    assert why_not_purge("1,200.00") is not None
    assert why_not_purge("Jane Appletree") is None
