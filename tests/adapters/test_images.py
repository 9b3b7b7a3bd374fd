"""Pictures: whatever comes in, what goes out is what every platform takes, and words stay on the sheet."""

import io
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageColor

from marketingos.adapters import images, lettering, poster
from marketingos.domain.framing import Frame, Span, frame
from marketingos.domain.media import Fit
from marketingos.errors import InvalidInput

PALETTES = [("#6B1F2A", "#F6EBDD", "#E3B567"), ("#141B33", "#EEF2E6", "#C6F135"), ("#808080",), ("#ffffff",), ()]
FEED = Span(0.8, 1.91)
_SPANISH = st.text(alphabet=string.ascii_letters + "ñáéíóúüÑÁÉÍÓÚ¿?¡!€«»%.,: 0123456789✂️💈", max_size=140)


def saved(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def framed(width: int, height: int, *, shape: Span | None = None, fit: Fit = Fit.PAD) -> Frame:
    return frame(width, height, shape=shape, box=(1440, 1440), fit=fit)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_probe_tells_pixels_and_kind(kind: str, mime: str) -> None:
    """The facts come from the bytes."""
    assert images.probe(saved(Image.new("RGB", (40, 30)), kind)) == images.ImageFacts(40, 30, mime)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff", b"<svg/>", saved(Image.new("RGB", (9, 9)), "BMP")])
def test_other_files_are_refused_by_name(data: bytes) -> None:
    """What is no picture of the three kinds is an InvalidInput about the file, whatever is wrong with it."""
    with pytest.raises(InvalidInput, match=r"media\.unsupported"):
        images.fitted(data, framed(9, 9))


def test_a_decompression_bomb_is_refused_before_unpacking() -> None:
    """A small file that claims enormous sides never becomes pixels."""
    bomb = saved(Image.new("1", (20_000, 20_000)))
    assert len(bomb) < 100_000
    with pytest.raises(InvalidInput):
        images.probe(bomb)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    width=st.integers(1, 2300),
    height=st.integers(1, 2300),
    mode=st.sampled_from(["RGB", "RGBA", "L", "P", "LA", "CMYK", "1", "I;16"]),
    fit=st.sampled_from(Fit),
)
def test_any_picture_becomes_a_jpeg_for_the_feed(width: int, height: int, mode: str, fit: Fit) -> None:
    """Any size, shape and colour mode comes out as baseline sRGB JPEG in the frame that was asked for."""
    kind = "JPEG" if mode == "CMYK" else "PNG"
    frame = framed(width, height, shape=FEED, fit=fit)
    made = images.fitted(saved(Image.new(mode, (width, height)), kind), frame)
    picture = opened(made)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", frame.size)
    assert "progressive" not in picture.info
    assert images.probe(made).plain


def test_the_worst_picture_stays_under_the_weight() -> None:
    """Pure noise, which JPEG hates, still comes out under 4 MB."""
    noise = Image.merge("RGB", [Image.effect_noise((2048, 2048), 120) for _ in range(3)])
    data = saved(noise, "WEBP", quality=95)
    assert len(images.fitted(data, framed(2048, 2048))) < images.HEAVIEST
    assert len(images.fitted(data, framed(2048, 2048), most_bytes=300_000)) <= 300_000


def test_turned_pictures_are_set_upright_and_lose_their_exif() -> None:
    """A telephone's orientation is applied; where it was taken is nobody's business."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "a telephone"
    data = saved(Image.new("RGB", (60, 20)), "JPEG", exif=exif)
    assert images.probe(data).width == 20
    assert not images.probe(data).plain
    made = opened(images.fitted(data, framed(20, 60)))
    assert made.size == (20, 60)
    assert not made.getexif()


def test_filling_shows_the_whole_picture_and_cropping_its_middle() -> None:
    """A wide picture with red ends in a square: filled, the ends are there; cropped, they are gone."""
    picture = Image.new("RGB", (900, 300), "#0000ff")
    for left in (0, 800):
        picture.paste("#ff0000", (left, 0, left + 100, 300))
    data = saved(picture)
    filled = opened(images.fitted(data, framed(900, 300, shape=Span.near(1.0))))
    cropped = opened(images.fitted(data, framed(900, 300, shape=Span.near(1.0), fit=Fit.CROP)))
    middle = filled.height // 2
    assert filled.getpixel((20, middle))[0] > 200
    assert filled.getpixel((filled.width - 20, middle))[0] > 200
    assert cropped.convert("RGB").getextrema()[0][1] < 60


def test_what_moves_is_no_picture() -> None:
    """An animated WebP would lose its movement, so it is refused rather than frozen."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    with pytest.raises(InvalidInput):
        images.probe(saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]))


def test_a_telephone_s_double_picture_is_one_picture() -> None:
    """A JPEG with a second picture inside is opened as its first, and is not plain."""
    data = saved(Image.new("RGB", (20, 20), "red"), "MPO", save_all=True, append_images=[Image.new("RGB", (20, 20))])
    facts = images.probe(data)
    assert (facts.mime, facts.plain) == ("image/jpeg", False)


def test_transparency_lies_on_the_background() -> None:
    """What was transparent shows the colour asked for."""
    data = saved(Image.new("RGBA", (30, 30), (0, 0, 0, 0)))
    made = opened(images.fitted(data, framed(30, 30), background="#ff0000"))
    red, green, blue = made.getpixel((15, 15))
    assert red > 240
    assert max(green, blue) < 20


def test_sixteen_bits_of_grey_keep_their_tones() -> None:
    """A scan is no white sheet."""
    scan, out = Image.new("I;16", (64, 64)), io.BytesIO()
    scan.paste(0x4040, (0, 0, 64, 32))
    scan.paste(0xC0C0, (0, 32, 64, 64))
    scan.save(out, "PNG")
    seen = opened(images.fitted(out.getvalue(), Frame(size=(64, 64), scaled=(64, 64)))).convert("L")
    assert [seen.getpixel((32, y)) for y in (8, 56)] == pytest.approx([0x40, 0xC0], abs=3)


def test_thumbnails_are_small_and_exact() -> None:
    """A calendar full of them stays light."""
    noise = Image.merge("RGB", [Image.effect_noise((900, 1100), 90) for _ in range(3)])
    small = images.thumbnail(saved(noise, "JPEG"))
    assert opened(small).size == (176, 208)
    assert len(small) < 8_000


@settings(max_examples=60, deadline=None)
@given(text=_SPANISH, face=st.sampled_from([lettering.SERIF, lettering.GROTESQUE, lettering.HEAVY]),
       width=st.integers(120, 1100), height=st.integers(60, 700))  # fmt: skip
def test_any_headline_fits_its_box(text: str, face: lettering.Face, width: int, height: int) -> None:
    """However long, with however long a word, the set text is no larger than the box it was given."""
    made = lettering.set_text(text, face, width=width, height=height, largest=130)
    assert made.width <= width
    assert made.height <= height


def test_lines_break_where_one_draws_breath() -> None:
    """A sentence's end ends a line, and no line ends in a small word."""
    made = lettering.set_text("Menos WhatsApp. Más clases llenas.", lettering.SERIF, width=900, height=420, largest=120)
    assert made.lines == ("Menos WhatsApp.", "Más clases llenas.")


def test_spanish_signs_are_drawn_and_emoji_are_not() -> None:
    """Every face shows the letters and signs of Spanish; emoji are left out rather than drawn as boxes."""
    for face in (lettering.SERIF, lettering.GROTESQUE, lettering.SANS, lettering.HEAVY):
        signs = "¿ÁÉÍÓÚÑÜáéíóúñü?¡€«»!"
        assert lettering.drawable(f"{signs} 💈✂️👩🏽\u200d💻", face) == signs


@settings(max_examples=25, deadline=None)
@given(headline=_SPANISH, style=st.integers(0, 20), palette=st.sampled_from(PALETTES),
       size=st.sampled_from([(1080, 1350), (1080, 1080), (1200, 627), (540, 960), (320, 400)]))  # fmt: skip
def test_posters_have_the_asked_size(
    headline: str, style: int, palette: tuple[str, ...], size: tuple[int, int]
) -> None:
    """Any headline in any style and palette makes a JPEG of exactly that size."""
    ground = saved(Image.linear_gradient("L").resize((300, 375)), "JPEG")
    made = images.compose_post(ground, headline=headline, brand="Peñíscola €", palette=palette, size=size, style=style)
    assert opened(made).size == size


@pytest.mark.parametrize("ground", ["white", "black"])
@pytest.mark.parametrize("ink", ["#ffffff", "#000000", "#c81e1e"])
def test_a_logo_signs_where_there_is_one(ground: str, ink: str) -> None:
    """In the place of the name, in its own colours, and to be seen on whatever lies beneath."""
    mark = Image.new("RGBA", (400, 200))
    mark.paste(ink, (100, 50, 300, 150))
    signed = opened(images.compose_post(_ground(ground), headline="", brand="ReservasPro", palette=PALETTES[0],
                                        logo=saved(mark, "PNG")))  # fmt: skip
    foot = signed.crop((40, 1150, 400, 1310)).convert("RGB")
    wanted = ImageColor.getrgb(ink)
    drawn = [
        poster._distance(poster._rgb(foot.getpixel((x, y))), wanted) for x in range(0, 360, 4) for y in range(0, 160, 4)
    ]
    assert min(drawn) < 30
    assert max(drawn) > 120


def test_a_logo_that_cannot_be_read_leaves_the_name() -> None:
    """A broken file costs no picture."""
    plain = images.compose_post(_ground("white"), headline="", brand="ReservasPro", palette=PALETTES[0])
    broken = images.compose_post(_ground("white"), headline="", brand="ReservasPro", palette=PALETTES[0], logo=b"no")
    assert broken == plain


@pytest.mark.parametrize("style", range(len(poster.STYLES)))
@pytest.mark.parametrize("ground", ["white", "black", "#777777", "noise", "stripes"])
def test_headlines_can_be_read_on_any_ground(style: int, ground: str) -> None:
    """Where the headline stands, ink and ground differ by the contrast that WCAG asks of text."""
    picture = _ground(ground)
    bare = opened(images.compose_post(picture, headline="", brand="", palette=PALETTES[0], style=style))
    words = opened(images.compose_post(picture, headline="El sillón vacío que nadie te paga", brand="",
                                       palette=PALETTES[0], style=style))  # fmt: skip
    box = ImageChops.difference(bare, words).convert("L").point(lambda v: 255 * (v > 24)).getbbox()
    assert box is not None
    tones = sorted(words.crop((85, 85, 900, 330)).convert("L").resize((400, 130)).tobytes())
    bright, dim = tones[-len(tones) // 50], tones[len(tones) // 50]
    assert poster._contrast((bright,) * 3, (dim,) * 3) >= poster.ACCENT_CONTRAST


def _ground(kind: str) -> bytes:
    if kind == "noise":
        return saved(Image.effect_noise((1080, 1350), 110).convert("RGB"))
    if kind == "stripes":
        tile = Image.new("RGB", (1080, 1350), "white")
        for y in range(0, 1350, 60):
            tile.paste("black", (0, y, 1080, y + 30))
        return saved(tile)
    return saved(Image.new("RGB", (1080, 1350), kind))


def test_styles_differ() -> None:
    """A week in one brand is not six times the same layout."""
    ground = saved(Image.new("RGB", (216, 270), "#884422"))
    made = {images.compose_post(ground, headline="Reservan solos mientras tú cortas", brand="ReservasPro",
                                palette=PALETTES[0], style=style) for style in range(len(poster.STYLES))}  # fmt: skip
    assert len(made) == len(poster.STYLES)
