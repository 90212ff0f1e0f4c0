"""Numbers, amounts, dates and spans as people read them, in Chinese and in English.

Pure: no settings, no clock. What is missing or not finite reads as a dash, never as ``nan``.
The same rules live in ``static/js/formatters.js`` for charts; a browser test compares them.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from pacemark.web.shared.currency import minor_digits

Language = Literal["zh", "en"]
Number = int | float | Fraction | Decimal
DateStyle = Literal["day", "long", "month", "short"]

DASH = "—"
MINUS = "−"
PREFIXES = {"CNY": "¥", "EUR": "€", "USD": "$", "GBP": "£", "BRL": "R$", "JPY": "¥"}
ZH_UNITS = {"CNY": "元", "EUR": "欧元", "USD": "美元", "GBP": "英镑", "BRL": "雷亚尔", "JPY": "日元"}
ZH_WEEKDAYS = "一二三四五六日"
EN_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def as_decimal(value: object) -> Decimal | None:
    """Return the number exactly as written, or nothing when it is missing, not a number or not finite."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, float):
        # repr is the shortest text that reads back the same: 0.285 stays 0.285 and rounds the way people expect
        return Decimal(repr(float(value))) if math.isfinite(value) else None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return None


def grouped(value: Decimal, digits: int) -> str:
    """Return the number with thousands separators, a real minus sign, and halves rounded away from zero."""
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{digits}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def count(value: object, digits: int = 0) -> str:
    """Return ``2,500``; with digits ``909.1``."""
    number = as_decimal(value)
    return DASH if number is None else grouped(number, digits)


def signed(value: object, digits: int = 0) -> str:
    """Return a difference with its sign: ``+13``, ``−8``, ``0``."""
    number = as_decimal(value)
    if number is None:
        return DASH
    text = grouped(number, digits)
    return text if text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def percent(rate: object, digits: int = 1) -> str:
    """Return a rate between 0 and 1 as ``22.5%``."""
    number = as_decimal(rate)
    return DASH if number is None else f"{grouped(number * 100, digits)}%"


def signed_points(difference: object, language: Language, digits: int = 1) -> str:
    """Return a difference between two rates: ``+2.1 pp``, ``−0.4 个百分点``."""
    number = as_decimal(difference)
    unit = "个百分点" if language == "zh" else "pp"
    return DASH if number is None else f"{signed(number * 100, digits)} {unit}"


def percent_interval(low: object, high: object, digits: int = 1) -> str:
    """Return an interval of rates, ``15.0–25.2%``."""
    start, end = percent(low, digits), percent(high, digits)
    return DASH if DASH in {start, end} else f"{start[:-1]}–{end}"


def rate_with_n(won: object, tried: object, digits: int = 1) -> tuple[str, str]:
    """Return the raw rate and its sample, ``("22.5%", "9/40")``; without trials the rate is a dash."""
    top, bottom = as_decimal(won), as_decimal(tried)
    if top is None or bottom is None:
        return DASH, ""
    if not bottom:
        return DASH, ""
    return percent(top / bottom, digits), f"{_plain(top)}/{_plain(bottom)}"


def _plain(number: Decimal) -> str:
    """Return a count, with one digit only when it is not whole (cohorts weighted by ripeness)."""
    return grouped(number, 0 if number == number.to_integral_value() else 1)


def major(minor: object, currency: str = "CNY") -> Decimal | None:
    """Return minor units as the major amount."""
    number = as_decimal(minor)
    if number is None:
        return None
    return number.scaleb(-minor_digits(currency))


def money_plain(minor: object, currency: str = "CNY") -> str:
    """Return the amount without its unit; the smallest coins are shown only when there are some."""
    amount = major(minor, currency)
    if amount is None:
        return DASH
    return grouped(amount, 0 if amount == amount.to_integral_value() else 2)


def money(minor: object, language: Language, currency: str = "CNY") -> str:
    """Return ``30,000 元`` in Chinese and ``¥30,000`` in English."""
    text = money_plain(minor, currency)
    return text if text == DASH else _with_unit(text, language, currency)


def money_short(minor: object, language: Language, currency: str = "CNY") -> str:
    """Return a rounded amount for tight places: ``3.0 万元``, ``1.2 亿元``; ``¥30.0k``, ``¥1.2M``."""
    amount = major(minor, currency)
    if amount is None:
        return DASH
    scales = ((10**8, " 亿"), (10**4, " 万")) if language == "zh" else ((10**6, "M"), (10**3, "k"))
    # 9,999.5 reads 1.0 万, not 10,000: the step up is decided on what will be printed
    for scale, word in scales:
        if abs(amount) >= Decimal(scale) * Decimal("0.99995"):
            return _with_unit(grouped(amount / scale, 1) + word, language, currency)
    return _with_unit(grouped(amount, 0), language, currency)


def _with_unit(text: str, language: Language, currency: str) -> str:
    if language == "zh":
        unit = ZH_UNITS.get(currency, currency)
        return f"{text}{unit}" if text[-1] in "万亿" else f"{text} {unit}"
    prefix = PREFIXES.get(currency, f"{currency} ")
    return f"{MINUS}{prefix}{text[1:]}" if text.startswith(MINUS) else f"{prefix}{text}"


def duration(seconds: object, language: Language) -> str:
    """Return talk time, whole minutes rounded down: ``1 小时 23 分``, ``23 分``, ``45 秒``."""
    number = as_decimal(seconds)
    if number is None or number < 0:
        return DASH
    whole = int(number)
    hours, minutes = divmod(whole // 60, 60)
    zh = language == "zh"
    if whole < 60:
        return f"{whole} 秒" if zh else f"{whole} s"
    if not hours:
        return f"{minutes} 分" if zh else f"{minutes} min"
    if not minutes:
        return f"{hours:,} 小时" if zh else f"{hours:,} h"
    return f"{hours:,} 小时 {minutes} 分" if zh else f"{hours:,} h {minutes} min"


def local_date(value: date | None, language: Language, style: DateStyle = "day") -> str:
    """Return a date: day ``3 月 17 日 周二``, short ``3 月 17 日``, long with the year, month ``2026 年 3 月``."""
    if value is None:
        return DASH
    if language == "zh":
        month_day = f"{value.month} 月 {value.day} 日"
        return {
            "day": f"{month_day} 周{ZH_WEEKDAYS[value.weekday()]}",
            "short": month_day,
            "long": f"{value.year} 年 {month_day}",
            "month": f"{value.year} 年 {value.month} 月",
        }[style]
    month = EN_MONTHS[value.month - 1]
    return {
        "day": f"{EN_WEEKDAYS[value.weekday()]} {value.day} {month}",
        "short": f"{value.day} {month}",
        "long": f"{value.day} {month} {value.year}",
        "month": f"{month} {value.year}",
    }[style]


def clock_time(value: datetime | time | None) -> str:
    """Return ``14:20``."""
    return DASH if value is None else f"{value.hour:02d}:{value.minute:02d}"
