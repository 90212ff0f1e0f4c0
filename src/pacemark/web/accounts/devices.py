"""A browser's own long name, shortened to what a person would call the device."""

from __future__ import annotations

# The first word that is found wins: most browsers name others before themselves.
_BROWSERS = (
    ("wxwork", "WeCom"),
    ("dingtalk", "DingTalk"),
    ("feishu", "Feishu"),
    ("lark", "Lark"),
    ("micromessenger", "WeChat"),
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("firefox", "Firefox"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)
_SYSTEMS = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("harmony", "HarmonyOS"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Return "Chrome · Windows", or nothing where neither is known."""
    told = user_agent.casefold()
    found = [next((name for word, name in words if word in told), "") for words in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in found if name)
