"""The fonts that cards are drawn with: the machine's own, Chinese included, or one that a setting names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import ImageFont

from pacemark.web.results.drawing.layout import Weight
from pacemark.web.results.refusals import refuse

FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts",
    "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
# The best first. A collection holds several countries' forms of a character; the third of Noto's is simplified Chinese.
NAMES: Mapping[Weight, tuple[str, ...]] = {
    "regular": ("NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "SourceHanSansSC-Regular.otf", "PingFang.ttc",
                "msyh.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc"),
    "bold": ("NotoSansCJK-Bold.ttc", "NotoSansSC-Bold.otf", "SourceHanSansSC-Bold.otf", "msyhbd.ttc"),
    "serif": ("NotoSerifCJK-Bold.ttc", "SourceHanSerifSC-Bold.otf", "Songti.ttc", "simsun.ttc"),
}  # fmt: skip
SIMPLIFIED = 2
CHINESE, NO_CHARACTER = "标", "\uffff"


def font(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    """Return a font; bold and serif fall back to the regular one. Refuses where no font knows Chinese."""
    files = font_files()
    found = files.get(weight) or files.get("regular") or next(iter(files.values()), None)
    if found is None:
        raise refuse("no_chinese_font", "No font with Chinese characters is installed here.")
    return _opened(found, size)


@lru_cache(maxsize=1)
def font_files() -> dict[Weight, Path]:
    """Return the font files of this machine that know Chinese; looked for once."""
    given = settings.PACEMARK_CARD_FONT
    if given:
        path = Path(given).expanduser()
        return {"regular": path} if _knows_chinese(path) else {}
    there = {path.name: path for path in _files()}
    found: dict[Weight, Path] = {}
    for weight, names in NAMES.items():
        known = [there[name] for name in names if name in there and _knows_chinese(there[name])]
        if known:
            found[weight] = known[0]
    return found


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        path = Path(folder).expanduser()
        if path.is_dir():
            yield from (file for file in path.rglob("*") if file.suffix.lower() in {".ttc", ".ttf", ".otf"})


@lru_cache(maxsize=64)
def _opened(path: Path, size: int) -> ImageFont.FreeTypeFont:
    index = SIMPLIFIED if "CJK" in path.name and path.suffix == ".ttc" else 0
    return ImageFont.truetype(str(path), size, index=index)


def _knows_chinese(path: Path) -> bool:
    try:
        opened = _opened(path, 20)
        return bytes(opened.getmask(CHINESE)) != bytes(opened.getmask(NO_CHARACTER))
    except OSError:
        return False
