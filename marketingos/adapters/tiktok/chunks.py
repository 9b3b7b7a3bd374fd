"""How a video is cut for TikTok's upload, and the PUT of one piece.

Rules (developers.tiktok.com/doc/content-posting-api-media-transfer-guide): `total_chunk_count` is the size divided by
the chunk size, rounded down; chunks have 5 to 64 MB, the last one takes the rest and may have up to 128 MB; a file
under 5 MB is one chunk; over 64 MB there must be several. The figures below satisfy both readings of MB.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketingos.adapters.http import Answer, call
from marketingos.errors import BadAnswer, OutcomeUnknown, OutsideError

ONE_PIECE = 64_000_000
CHUNK = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The pieces of a file of `size` bytes; the last one is longer by what is left over."""

    size: int
    chunk_size: int
    count: int

    def span(self, index: int) -> tuple[int, int]:
        """First and last byte of a piece, both included."""
        first = index * self.chunk_size
        last = self.size - 1 if index == self.count - 1 else first + self.chunk_size - 1
        return first, last


def plan(size: int) -> Plan:
    """The pieces for a file of `size` bytes."""
    if size <= ONE_PIECE:
        return Plan(size=size, chunk_size=size, count=1)
    return Plan(size=size, chunk_size=CHUNK, count=size // CHUNK)


class UploadGone(OutsideError):
    """The upload address is dead: 403 after an hour, 404."""

    retryable = True


class OutOfStep(OutsideError):
    """TikTok waits for another piece (416), as after a piece that arrived although its answer was lost."""

    retryable = True


async def put(url: str, piece: bytes, mime: str, pieces: Plan, index: int) -> Answer:
    """Sends one piece. The last one starts the post: it is the commit point. The address carries its own permission."""
    first, last = pieces.span(index)
    headers = {"Content-Type": mime, "Content-Range": f"bytes {first}-{last}/{pieces.size}"}
    is_last = index == pieces.count - 1
    return await call(
        "PUT",
        url,
        refusal=_refused_last if is_last else _refused,
        commits=is_last,
        headers=headers,
        content=piece,
    )


def _refused(answer: Answer) -> OutsideError | None:
    if answer.status in (200, 201, 206):
        return None
    if answer.status in (403, 404):
        return UploadGone(diagnostic=answer.diagnostic)
    if answer.status == 416:
        return OutOfStep(diagnostic=answer.diagnostic)
    return answer.by_status() if answer.status >= 500 else BadAnswer(diagnostic=answer.diagnostic)


def _refused_last(answer: Answer) -> OutsideError | None:
    """After the last piece every doubt is one about the post: a second PUT may be refused because the first worked."""
    if answer.status in (200, 201):
        return None
    return OutcomeUnknown(diagnostic=answer.diagnostic)
