"""Names of people, teams and channels. Any likeness is chance: they are put together from lists."""

from __future__ import annotations

import numpy as np

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛"
    "叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN_NAMES = (
    "浩然", "子涵", "雨桐", "欣怡", "俊杰", "思远", "佳怡", "梓萱", "宇轩", "诗涵", "嘉豪",
    "雪莹", "志强", "丽娜", "建国", "晓燕", "文博", "静怡", "明轩", "雅琪", "天宇", "婉婷",
    "家辉", "梦洁", "伟", "芳", "敏", "静", "磊", "洋", "艳", "勇", "杰",
    "娟", "涛", "超", "霞", "平", "刚", "玲", "桂英", "秀兰", "海燕", "春梅",
    "国庆", "立新", "鹏飞", "晨曦", "若曦", "一诺", "子墨", "语嫣", "奕辰", "可馨", "泽宇",
    "依琳", "承志", "安然", "清扬", "书瑶", "景行", "慕华", "知远", "乐天", "怀瑾", "星河",
    "南风", "望舒", "如意", "长青",
)  # fmt: skip
TEAM_WORDS = ("启航", "破晓", "飞鹰", "远征", "朝阳", "磐石", "星火", "长风", "登峰", "凌云", "致远", "奔流")
REGION_NAMES = ("华东大区", "华北大区", "华南大区", "西南大区", "华中大区", "东北大区", "西北大区", "直销大区")
CHANNELS = ("官网表单", "信息流广告", "老客转介绍", "线下活动", "合作渠道")
LEAD_GRADES = ("A", "B", "C")
GRADE_NAMES = ("P1", "P2", "P3")
COURTESY = ("先生", "女士")


def people_names(rng: np.random.Generator, count: int) -> tuple[str, ...]:
    """Return names that differ while the lists last; beyond that namesakes occur, as in life."""
    choices = len(SURNAMES) * len(GIVEN_NAMES)
    picks = rng.permutation(choices)
    indices = np.resize(picks, count)
    return tuple(SURNAMES[i % len(SURNAMES)] + GIVEN_NAMES[i // len(SURNAMES)] for i in indices.tolist())


def team_names(count: int) -> tuple[str, ...]:
    """Return one name per team; the words come round again with a number."""
    rounds = -(-count // len(TEAM_WORDS))
    return tuple(
        f"{TEAM_WORDS[i % len(TEAM_WORDS)]}{i // len(TEAM_WORDS) + 1 if rounds > 1 else ''}组" for i in range(count)
    )


def customer_name(index: int) -> str:
    """Return a lead's name as a card would have it: 陈女士."""
    mixed = (index * 2654435761) & 0xFFFFFFFF
    return SURNAMES[mixed % len(SURNAMES)] + COURTESY[(mixed >> 16) & 1]


def customer_phone(index: int) -> str:
    """Return a lead's mobile number. China has given out no 154 numbers, so nobody is called by mistake."""
    return f"154{(index * 48271957 + 20190325) % 100_000_000:08d}"
