"""What is read of a PDF without drawing it: pages and shape, in whichever way the file keeps its objects."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from marketingos.adapters import images, paper
from marketingos.errors import InvalidInput


def plain(pages: int, box: str = "0 0 612 792", *, before: str = "") -> bytes:
    """A PDF whose objects stand in it as they are, the page tree in two branches."""
    kids = " ".join(f"{n} 0 R" for n in range(10, 10 + pages))
    leaves = "".join(f"{n} 0 obj<</Type/Page/Parent 3 0 R>>endobj\n" for n in range(10, 10 + pages))
    tree = (
        f"2 0 obj<</Type /Pages /Kids [3 0 R] /Count {pages}>>endobj\n"
        f"3 0 obj<</Count {pages} /Kids [{kids}] /MediaBox [{box}] /Type /Pages>>endobj\n"
    )
    outline = "4 0 obj<</Type/Outlines/Count 99>>endobj\n"
    return f"%PDF-1.4\n{before}{tree}{outline}{leaves}trailer<</Root 1 0 R>>\n%%EOF\n".encode()


def packed(pages: int) -> bytes:
    """A PDF whose objects are packed, as most are now."""
    tree = f"<</Type/Pages/Count {pages}/Kids[7 0 R]>><</Type/Page/MediaBox[0 0 1080.0 1350.5]>>"
    stream = zlib.compress(tree.encode())
    head = f"5 0 obj<</Type/ObjStm/N 2/First 10/Filter/FlateDecode/Length {len(stream)}>>stream\r\n"
    return b"%PDF-1.7\n" + head.encode() + stream + b"\nendstream endobj\nstartxref\n0\n%%EOF"


@pytest.mark.parametrize("pages", [1, 12, 300, 301])
def test_pages_are_counted_by_the_root_of_their_tree(pages: int) -> None:
    """Neither branches nor the outline count."""
    assert paper.probe(plain(pages)).pages == pages
    assert paper.probe(packed(pages)).pages == pages


def test_the_first_page_gives_the_shape() -> None:
    """In points; A4 where nothing says so."""
    assert (paper.probe(plain(2)).width, paper.probe(plain(2)).height) == (612, 792)
    assert (paper.probe(packed(2)).width, paper.probe(packed(2)).height) == (1080, 1350)
    strange = paper.probe(plain(2, box="0 0 0 0"))
    assert (strange.width, strange.height) == (595, 842)


def test_pages_that_cannot_be_told_are_not_known() -> None:
    """An encrypted file keeps them to itself and is a document all the same; leaves count where there is no tree."""
    assert paper.probe(b"%PDF-1.7\n/Type/ObjStm>>stream\nsecret\nendstream\n%%EOF").pages is None
    assert paper.probe(b"%PDF-1.4\n1 0 obj<</Type /Page /Parent 2 0 R>>endobj\ntrailer<<>>\n%%EOF").pages == 1


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PDF", plain(3)[:-12], b"<html>%PDF-1.4 %%EOF"])
def test_what_is_no_whole_pdf_is_refused(data: bytes) -> None:
    """Half a file, or another one."""
    with pytest.raises(InvalidInput):
        paper.probe(data)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(noise: bytes) -> None:
    """Whatever lies between the beginning and the end."""
    assert paper.probe(b"%PDF-1.7\n" + noise + b"\n/Type/ObjStm stream\n" + noise + b"endstream %%EOF")


def test_a_packed_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than so much is ever unpacked of a file."""
    monkeypatch.setattr(paper, "_MOST_UNPACKED", 1000)
    bomb = zlib.compress(b" " * 10_000_000 + b"<</Type/Pages/Count 7>>")
    data = b"%PDF-1.7\n" + b"<</Type/ObjStm>>stream\n" + bomb + b"endstream\n%%EOF"
    assert paper.probe(data).pages is None


def test_a_file_is_read_from_its_place(tmp_path: Path) -> None:
    """The same facts, without the file in memory."""
    file = tmp_path / "guide.pdf"
    file.write_bytes(plain(4))
    assert paper.probe(file) == paper.probe(plain(4))


@pytest.mark.parametrize("pages", [None, 1, 300])
def test_a_document_has_a_face(pages: int | None) -> None:
    """A picture that stands for it wherever there are small ones."""
    made = Image.open(io.BytesIO(images.thumbnail(paper.face(pages))))
    assert (made.format, made.size) == ("WEBP", (176, 208))
