"""A card as PNG, drawn with Pillow."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from pacemark.web.results.drawing.fonts import font
from pacemark.web.results.drawing.layout import DEEP, FESTIVE, GOLD, HEIGHT, WIDTH, CardWords, Text, shapes_of

FRAME, RADIUS = 34, 28


def png_of(card: CardWords) -> bytes:
    """Return a card as PNG; refuses where no font with Chinese characters is installed."""
    picture = _ground().copy()
    draw = ImageDraw.Draw(picture)
    for shape in shapes_of(card):
        if isinstance(shape, Text):
            drawn = font(shape.weight, round(shape.size))
            draw.text((shape.x, shape.y), shape.words, font=drawn, fill=shape.colour, anchor="ms")
        else:
            draw.line((shape.x1, shape.y1, shape.x2, shape.y2), fill=_mixed(0.6), width=3)
    out = BytesIO()
    picture.save(out, "PNG", compress_level=5)
    return out.getvalue()


@lru_cache(maxsize=1)
def _ground() -> Image.Image:
    """Return the red ground with its frame: an ellipse of the lighter red from the upper edge, darker outwards."""
    y, x = np.ogrid[0:HEIGHT, 0:WIDTH]
    away = np.hypot((x - WIDTH / 2) / (1.2 * WIDTH), y / (0.8 * HEIGHT))
    share = np.clip((away - 0.45) / 0.55, 0, 1)[..., None]
    light, dark = (np.array(ImageColor.getrgb(one)) for one in (FESTIVE, DEEP))
    ground = Image.fromarray(np.rint(light + (dark - light) * share).astype(np.uint8), "RGB")
    frame = (FRAME, FRAME, WIDTH - FRAME, HEIGHT - FRAME)
    ImageDraw.Draw(ground).rounded_rectangle(frame, radius=RADIUS, outline=_mixed(0.5), width=3)
    return ground


def _mixed(share: float) -> tuple[int, int, int]:
    """Return gold over red, as a line of that opacity would look."""
    gold, red = ImageColor.getrgb(GOLD), ImageColor.getrgb(FESTIVE)
    mixed = [round(one * share + other * (1 - share)) for one, other in zip(gold[:3], red[:3], strict=True)]
    return mixed[0], mixed[1], mixed[2]
