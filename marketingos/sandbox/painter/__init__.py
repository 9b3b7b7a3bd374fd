"""Paints what a prompt asks for: a flat illustration in the product's palette, with room above for a headline.

    prompt -> colour.found -> colour.roles -> vocabulary.scene_for -> scene(canvas) -> grain

The scene comes from the prompt's words, the colours from the hex codes in it, everything else (side, turn, mood
of the palette) from a hash of the prompt and the seed: the same request always gets the same picture.
"""

import hashlib
import random

from PIL import Image

from . import colour
from .canvas import Canvas
from .film import film
from .vocabulary import scene_for

__all__ = ["film", "paint"]


def paint(prompt: str, width: int, height: int, *, seed: int | None = None) -> Image.Image:
    """An RGB picture of that size. CPU-bound, about a second for 1080 x 1350: call it in a thread."""
    digest = hashlib.sha256(f"{prompt}\0{seed or 0}".encode()).digest()
    luck = random.Random(digest)
    roles = colour.roles(colour.found(prompt), luck)
    canvas = Canvas.new(width, height, roles.ground)
    scene_for(prompt, luck)(canvas, roles, luck)
    return canvas.finished(luck)
