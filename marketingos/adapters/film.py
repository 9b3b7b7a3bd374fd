"""What a video is, and how it becomes one that a platform takes: its frames kept and only the file put in order, or all
of it encoded anew.

Facts about MP4 from ISO/IEC 14496-12; what platforms refuse (edit lists, an index at the end) from contracts/ai.md 3.1.
Everything here takes files by their path, since a video may be larger than memory, and takes CPU time: call it in a
thread.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import av
from av.error import FFmpegError
from av.filter import Graph
from av.video.reformatter import ColorRange, Colorspace

from marketingos.domain.framing import Frame
from marketingos.domain.media import Film
from marketingos.errors import InvalidInput

RATE, PRIMING = 48_000, 1024
"""Samples a second, and how many the encoder puts before the first one."""

X264 = {"preset": "veryfast", "profile": "high", "g": "60", "bf": "0"}
TIDY = {"movflags": "+faststart+negative_cts_offsets", "use_editlist": "0"}
"""The index first and no edit lists, which frames out of order would need without offsets below zero."""

USUAL_FPS = Fraction(30)
MOST_PIXELS = 50_000_000
"""Of a frame; a larger one is refused before it is unpacked."""

_KEPT_FPS = (Fraction(24), Fraction(60))
_MOST_BITRATE = 8_000_000
_SOUND_BITRATE = 128_000
_HDR = (16, 18)
"""Transfer functions PQ and HLG (ITU-T H.273, table 3)."""

_TO_SDR = "intent=perceptual:out_transfer=bt709:out_primaries=bt709:out_color_matrix=bt709:out_range=tv"
"""What is brighter than the format can show is rolled off instead of cut (FFmpeg's `scale`, since 7.1)."""


@dataclass(frozen=True, kw_only=True)
class FilmFacts:
    """A video as it is seen: pixels after turning it upright, seconds, the kind of file, and what it is made of."""

    width: int
    height: int
    seconds: float
    mime: str
    film: Film
    turned: int = 0


def probe(source: Path | bytes) -> FilmFacts:
    """The facts of an MP4 or MOV; `InvalidInput("media.unsupported")` when it is none."""
    try:
        with _opened(source) as file, av.open(file, mode="r", format="mp4") as container:
            if not container.streams.video or not container.duration:
                raise ValueError("no moving picture")
            facts = _facts(container)
        with _opened(source) as file:
            mime, edits, faststart = _order(file)
    except (FFmpegError, ValueError, StopIteration, struct.error) as error:
        raise InvalidInput("media.unsupported", field="file") from error
    film = facts.film.model_copy(update={"edits": edits, "faststart": faststart})
    return FilmFacts(**{**vars(facts), "mime": mime, "film": film})


def first_frame(source: Path | bytes) -> bytes:
    """The first frame as a JPEG, upright: the cover."""
    try:
        with _opened(source) as file, av.open(file, mode="r", format="mp4") as container:
            frame = next(container.decode(video=0))
            picture = frame.to_image().rotate(frame.rotation, expand=True)  # type: ignore[no-untyped-call]
    except (FFmpegError, StopIteration, IndexError) as error:
        raise InvalidInput("media.unsupported", field="file") from error
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, progressive=False)
    return out.getvalue()


# -- the file put in order ---------------------------------------------------------------------------------------------


def remux(source: Path, target: Path) -> bool:
    """The same frames and sound in an MP4 with its index first and no edit list. False, and nothing of use in `target`,
    when the edit list hides something that would be seen without it, or sound and picture would part."""
    before = probe(source)
    try:
        with _demuxed(source) as given, av.open(target, "w", format="mp4", options=TIDY) as made:
            kept: list[Any] = [*given.streams.video[:1], *given.streams.audio[:1]]
            places = {stream.index: made.add_stream_from_template(stream) for stream in kept}
            for packet in given.demux(kept):
                if packet.is_discard and packet.stream.type == "video":
                    return False
                if packet.dts is None or (packet.stream.type == "audio" and (packet.pts or 0) < 0):
                    continue  # the end of a stream, or the encoder's priming, which would shift everything
                packet.stream = places[packet.stream.index]
                made.mux(packet)
    except FFmpegError:
        return False
    return _is_the_same(before, target)


def _is_the_same(before: FilmFacts, target: Path) -> bool:
    after = probe(target)
    if after.film.edits or not after.film.faststart or abs(after.seconds - before.seconds) > 0.15:
        return False
    with av.open(target) as container:
        starts = [float((s.start_time or 0) * (s.time_base or 0)) for s in container.streams]
    return after.turned == before.turned and max(starts) - min(starts) < 0.05 and max(starts) < 0.1


# -- encoded anew ------------------------------------------------------------------------------------------------------


def encode(source: Path, target: Path, frame: Frame, *, most_bytes: int) -> None:
    """The video as H.264 and AAC in that frame, at most so large, in the profile every platform takes.

    Room in the frame that the video does not fill shows the video itself, out of focus. Raises `InvalidInput` when the
    file breaks off or cannot be read.
    """
    facts = probe(source)
    try:
        with _demuxed(source) as given, av.open(target, "w", format="mp4", options=TIDY) as made:
            film = _film_stream(made, frame.size, _rate(facts), _bitrate(facts.seconds, most_bytes))
            sound = made.add_stream("aac", rate=RATE, layout="stereo")
            sound.bit_rate = _SOUND_BITRATE
            _pour(given, made, film, sound, facts, frame)
    except (FFmpegError, ValueError) as error:
        raise InvalidInput("media.spoilt", field="file") from error


def silence(samples: int) -> Iterator[av.AudioFrame]:
    """Frames of stereo silence that end with the film, begun late by the encoder's priming."""
    at = PRIMING
    while at < samples:
        length = min(1024, samples - at)
        frame = av.AudioFrame(format="fltp", layout="stereo", samples=length)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        at += length
        yield frame


def _film_stream(made: Any, size: tuple[int, int], rate: Fraction, bitrate: int) -> Any:
    limits = {"crf": "21", "maxrate": str(bitrate), "bufsize": str(bitrate)}
    film = made.add_stream("libx264", rate=rate, options={**X264, **limits})
    film.width, film.height, film.pix_fmt = *size, "yuv420p"
    film.time_base = 1 / rate
    film.codec_context.colorspace, film.codec_context.color_range = Colorspace.ITU709, ColorRange.MPEG
    return film


def _rate(facts: FilmFacts) -> Fraction:
    """The frames a second it had, unless a platform would mind."""
    fps = Fraction(facts.film.fps).limit_denominator(1001)
    return fps if _KEPT_FPS[0] - Fraction(1, 10) <= fps <= _KEPT_FPS[1] else USUAL_FPS


def _bitrate(seconds: float, most_bytes: int) -> int:
    """Bits a second for the picture, a twelfth of the room left for the container and the encoder's swings."""
    room = most_bytes * 8 / max(seconds, 1.0) * 0.92 - _SOUND_BITRATE
    return int(max(200_000, min(_MOST_BITRATE, room)))


def _pour(given: Any, made: Any, film: Any, sound: Any, facts: FilmFacts, frame: Frame) -> None:
    """Packets from one file into the other; pictures and sound in turn, as they come."""
    source, heard = given.streams.video[0], given.streams.audio[0] if given.streams.audio else None
    source.thread_type = "AUTO"
    pictures: Any = _picture_graph(source, facts, frame, _rate(facts))
    tones: Any = _sound_graph(heard) if heard else None
    frames = 0
    for packet in given.demux([stream for stream in (source, heard) if stream]):
        graph, target = (pictures, film) if packet.stream is source else (tones, sound)
        for decoded in packet.decode():
            graph.push(decoded)
        if packet.dts is None:
            graph.push(None)  # the end of this stream
        for ready in _pulled(graph):
            frames += graph is pictures
            made.mux(target.encode(ready))
    if tones is None:
        for quiet in silence(round(frames * RATE / _rate(facts))):
            made.mux(sound.encode(quiet))
    made.mux(film.encode(None))
    made.mux(sound.encode(None))


def _pulled(graph: Any) -> Iterator[Any]:
    while True:
        try:
            yield graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _picture_graph(source: Any, facts: FilmFacts, frame: Frame, rate: Fraction) -> Graph:
    """Frames in an even beat from zero, in the colours of every screen, upright, scaled, and cut or laid on their own
    blurred picture."""
    (width, height), (across, down) = frame.size, frame.scaled
    steps = [("fps", f"fps={rate.numerator}/{rate.denominator}:start_time=0"), *_TURNS.get(facts.turned, ())]
    if facts.film.hdr:
        steps[1:1] = [("scale", _TO_SDR), ("format", "yuv420p")]
    graph = Graph()
    at = graph.add_buffer(template=source)
    for name, arguments in steps:
        at = _after(graph, at, name, arguments)
    if across >= width and down >= height:
        at = _after(graph, at, "scale", f"{across}:{down}:flags=lanczos")
        at = _after(graph, at, "crop", f"{width}:{height}")
    else:
        at = _on_its_own_blur(graph, at, frame)
    at = _after(graph, at, "setsar", "1")
    at = _after(graph, at, "format", "yuv420p")
    _after(graph, at, "buffersink")
    graph.configure()
    return graph


_TURNS: dict[int, tuple[tuple[str, str], ...]] = {
    90: (("transpose", "cclock"),),
    -90: (("transpose", "clock"),),
    180: (("hflip", ""), ("vflip", "")),
    -180: (("hflip", ""), ("vflip", "")),
}


def _on_its_own_blur(graph: Graph, at: Any, frame: Frame) -> Any:
    (width, height), (across, down) = frame.size, frame.scaled
    small = f"{max(2, width // 16) * 2}:{max(2, height // 16) * 2}"
    split, ground = graph.add("split"), graph.add("scale", f"{small}:flags=bilinear")
    at.link_to(split)
    split.link_to(ground, 0, 0)
    blurred = _after(graph, ground, "gblur", "sigma=6")
    blurred = _after(graph, blurred, "scale", f"{width}:{height}:flags=bilinear")
    picture = graph.add("scale", f"{across}:{down}:flags=lanczos")
    split.link_to(picture, 1, 0)
    laid = graph.add("overlay", f"{(width - across) // 4 * 2}:{(height - down) // 4 * 2}")
    blurred.link_to(laid, 0, 0)
    picture.link_to(laid, 0, 1)
    return laid


def _sound_graph(heard: Any) -> Graph:
    """Stereo from zero without gaps; its first samples make room for the encoder's priming."""
    graph = Graph()
    at = graph.add_abuffer(template=heard)
    at = _after(graph, at, "aresample", f"{RATE}:async=1:first_pts=0")
    at = _after(graph, at, "aformat", f"sample_fmts=fltp:sample_rates={RATE}:channel_layouts=stereo")
    at = _after(graph, at, "atrim", f"start_sample={PRIMING}")
    _after(graph, at, "abuffersink")
    graph.configure()
    return graph


def _after(graph: Graph, at: Any, name: str, arguments: str = "") -> Any:
    made = graph.add(name, arguments) if arguments else graph.add(name)
    at.link_to(made)
    return made


# -- reading -----------------------------------------------------------------------------------------------------------


def _demuxed(path: Path) -> Any:
    """The file as what it was found to be, whatever else it may look like."""
    return av.open(path, mode="r", format="mp4")


def _opened(source: Path | bytes) -> IO[bytes]:
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


def _facts(container: Any) -> FilmFacts:
    stream = container.streams.video[0]
    sound = container.streams.audio[0].codec_context if container.streams.audio else None
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    frame = next(container.decode(stream))
    width, height = round(frame.width * float(stream.sample_aspect_ratio or 1)), frame.height
    upright = frame.rotation % 180 == 0
    film = Film(
        fps=float(stream.average_rate or 0),
        vcodec=stream.codec_context.name,
        acodec=sound.name if sound else "",
        arate=sound.sample_rate if sound else 0,
        channels=sound.channels if sound else 0,
        pixels=frame.format.name,
        hdr=int(frame.color_trc) in _HDR,
    )
    return FilmFacts(
        width=width if upright else height,
        height=height if upright else width,
        seconds=container.duration / av.time_base,
        mime="",
        film=film,
        turned=frame.rotation,
    )


_NESTING = frozenset((b"moov", b"trak", b"edts", b"mdia"))


def _order(file: IO[bytes]) -> tuple[str, bool, bool]:
    """The mime type, whether there is an edit list, and whether the index comes before the frames."""
    end = file.seek(0, io.SEEK_END)
    file.seek(8)
    mime = "video/quicktime" if file.read(4) == b"qt  " else "video/mp4"
    top = [name for name, _, _ in _boxes(file, 0, end)]
    faststart = b"moov" in top and b"mdat" in top and top.index(b"moov") < top.index(b"mdat")
    return mime, _holds(file, b"elst", end), faststart


def _boxes(file: IO[bytes], start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, start of content, end) of the boxes between two offsets (ISO/IEC 14496-12, section 4.2)."""
    while start + 8 <= end:
        file.seek(start)
        head = file.read(16)
        size, name = struct.unpack(">I4s", head[:8])
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", head[8:16])[0], 16
        stop = end if size == 0 else start + size
        if size and size < header:
            return
        yield name, start + header, min(stop, end)
        start = stop


def _holds(file: IO[bytes], wanted: bytes, size: int) -> bool:
    frontier = [(0, size)]
    while frontier:
        for name, start, end in list(_boxes(file, *frontier.pop())):
            if name == wanted:
                return True
            if name in _NESTING:
                frontier.append((start, end))
    return False
