"""The arithmetic of shapes: a frame has the shape that was asked for, and shows what it can."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketingos.domain.framing import Span, frame
from marketingos.domain.media import Fit

SIDES = st.integers(min_value=120, max_value=6000)
FITS = st.sampled_from(Fit)
SHAPES = st.sampled_from([Span(0.8, 1.91), Span.near(9 / 16), Span(1 / 2.4, 2.4), Span.near(1.0), Span.near(1.5), None])
BOXES = st.sampled_from([(1440, 1440), (1920, 1080), (2048, 2048), (6000, 6000)])
STEPS = st.sampled_from([1, 2])


@given(SIDES, SIDES, SHAPES, BOXES, FITS, STEPS)
def test_a_frame_has_the_shape_and_stays_in_the_box(
    width: int, height: int, shape: Span | None, box: tuple[int, int], fit: Fit, step: int
) -> None:
    """Whatever goes in: the ratio is one of those asked for, no side is longer than allowed, sides fall on the step."""
    made = frame(width, height, shape=shape, box=box, fit=fit, step=step)
    assert shape is None or shape.holds(made.size[0] / made.size[1])
    assert max(made.size) <= box[0]
    assert min(made.size) <= box[1]
    assert all(side >= step and side % step == 0 for side in (*made.size, *made.scaled))


@given(SIDES, SIDES, SHAPES, BOXES, FITS, STEPS)
def test_nothing_is_enlarged_or_bent(
    width: int, height: int, shape: Span | None, box: tuple[int, int], fit: Fit, step: int
) -> None:
    """What is seen is at most as large as it was, and as wide for its height, but for whole pixels."""
    made = frame(width, height, shape=shape, box=box, fit=fit, step=step)
    assert made.scaled[0] <= width + step
    assert made.scaled[1] <= height + step
    across, down = made.scaled[0] / width, made.scaled[1] / height
    assert abs(across - down) <= step / min(width, height) + 1e-9


@given(SIDES, SIDES, SHAPES, BOXES, STEPS)
def test_filling_shows_all_and_cropping_leaves_no_room(
    width: int, height: int, shape: Span | None, box: tuple[int, int], step: int
) -> None:
    """Filled, the whole file is inside the sheet and touches it; cropped, the sheet is covered."""
    padded = frame(width, height, shape=shape, box=box, fit=Fit.PAD, step=step)
    cropped = frame(width, height, shape=shape, box=box, fit=Fit.CROP, step=step)
    assert all(inner <= outer + step for inner, outer in zip(padded.scaled, padded.size, strict=True))
    assert any(abs(inner - outer) <= 2 * step for inner, outer in zip(padded.scaled, padded.size, strict=True))
    assert all(inner >= outer - step for inner, outer in zip(cropped.scaled, cropped.size, strict=True))


@given(SIDES, SIDES, FITS)
def test_what_fits_is_left_alone(width: int, height: int, fit: Fit) -> None:
    """A file that already has the shape and the size keeps every pixel."""
    made = frame(width, height, shape=Span(0.01, 100), box=(6000, 6000), fit=fit)
    assert made.size == made.scaled == (width, height)
