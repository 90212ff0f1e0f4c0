"""How systems name their columns, in English and Chinese; the more telling names stand first."""

from __future__ import annotations

from pacemark.web.pipeline.choices import EventKind


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split("|"))


_ID = _names("id | record id | uuid | 编号 | 序号 | 记录id | 记录编号 | 唯一标识 | 流水号")

_OWNER = _names(
    "owner name | owner | agent name | agent | caller | rep | sales rep | salesperson | "
    "consultant | advisor | user name | employee name | employee | assigned to | seller | "
    "operator | 坐席姓名 | 坐席 | 座席 | 销售 | 销售姓名 | 销售人员 | 顾问 | 课程顾问 | 负责人 | "
    "跟进人 | 员工姓名 | 归属人 | 所属销售 | 客服 | 呼叫人 | 主叫人 | 姓名"
)

_EMPLOYEE_NO = _names(
    "employee no | employee number | employee id | agent id | staff id | staff no | user id | "
    "owner id | rep id | 工号 | 员工工号 | 坐席工号 | 销售工号 | 员工编号 | 坐席编号"
)

_LEAD = _names(
    "contactid | contact id | lead id | leadid | customer id | customerid | client id | "
    "contact | customer | card id | contact name | 客户id | 客户编号 | 名片id | 名片编号 | "
    "线索id | 线索编号 | 联系人id | 学员id"
)

_PHONE = _names(
    "phone | phone number | mobile | telephone | tel | called number | callee | customer phone | "
    "number dialled | 手机 | 手机号 | 手机号码 | 电话 | 电话号码 | 客户电话 | 客户号码 | "
    "被叫号码 | 被叫 | 联系电话"
)

_CHANNEL = _names("source | lead source | channel | 来源 | 渠道 | 线索来源 | 客户来源 | 来源渠道 | 推广渠道")

_GRADE = _names("lead grade | grade | customer level | 线索等级 | 客户等级 | 名片等级 | 意向等级 | 客户级别")

_CREATED = _names(
    "created time | created at | created | creation date | create time | created on | "
    "date created | opened at | open date | arrived at | 创建时间 | 创建日期 | 录入时间 | "
    "进线时间 | 分配时间 | 入库时间"
)

_REPORTED = _names("reported at | reported time | qualified at | 提报时间 | 报备时间 | 商机时间 | 意向时间")

_CLOSED = _names(
    "closing date | close date | closed at | closed on | won date | signed on | signing date | "
    "contract date | order date | payment date | paid at | 成交时间 | 成交日期 | 签约时间 | "
    "签单时间 | 签约日期 | 签单日期 | 付款时间 | 支付时间 | 下单时间 | 订单时间 | 关单日期 | "
    "结束时间"
)

_EXPECTED = _names(
    "expected amount | expected revenue | expected value | 预计金额 | 预计成交金额 | 储备金额 | 意向金额 | 预估金额"
)

_AMOUNT = _names(
    "offer total amount | contract value | contract amount | deal value | deal amount | "
    "total amount | amount | order amount | value | revenue | price | 成交金额 | 合同金额 | "
    "签约金额 | 签单金额 | 订单金额 | 业绩 | 金额 | 总金额"
)

_CASH = _names(
    "initial amount paid | amount paid | paid amount | cash | paid | 实付金额 | 到账金额 | "
    "已付金额 | 实收金额 | 回款金额 | 到款金额"
)

_OPPORTUNITY = _names("opportunity id | opportunity | 商机id | 商机编号")

_RECORD: dict[str, tuple[str, ...]] = {
    "id": (
        *_names("deal id | opportunity id | order id | contract id | 商机id | 商机编号 | 订单号 | 订单编号 | 合同编号"),
        *_ID,
    ),
    "opened_at": _CREATED,
    "employee_no": _EMPLOYEE_NO,
    "owner": (
        *_names("deal owner name | deal owner | opportunity owner"),
        *_OWNER,
    ),
    "lead": _LEAD,
    "phone": _PHONE,
    "reported_at": _REPORTED,
    "closed_on": _CLOSED,
    "expected": _EXPECTED,
    "channel": _CHANNEL,
    "grade": _GRADE,
}

NAMES: dict[EventKind, dict[str, tuple[str, ...]]] = {
    EventKind.LEADS: {
        "id": (
            *_names(
                "lead id | contact id | customer id | 客户id | 客户编号 | 名片id | 名片编号 | "
                "线索id | 线索编号 | 联系人id"
            ),
            *_ID,
        ),
        "employee_no": _EMPLOYEE_NO,
        "owner": (
            *_names("contact owner name | contact owner | lead owner"),
            *_OWNER[:-1],
        ),
        "arrived_at": _CREATED,
        "phone": _PHONE,
        "name": _names(
            "contact name | customer name | full name | name | 客户姓名 | 客户名称 | 学员姓名 | 联系人 | 姓名"
        ),
        "channel": _CHANNEL,
        "grade": _GRADE,
        "note": _names("note | notes | remark | remarks | 备注 | 跟进备注"),
    },
    EventKind.CALLS: {
        "id": (
            *_names(
                "call id | callid | call uuid | session id | 通话id | 通话编号 | 通话记录id | "
                "呼叫id | 话单号 | 话单id | 录音id"
            ),
            *_ID,
        ),
        "at": (
            *_names(
                "call start time | start time | call time | called at | started at | call date | "
                "date time | datetime | timestamp | date | at | when | 呼叫时间 | 通话时间 | 开始时间 | "
                "通话开始时间 | 拨打时间 | 外呼时间 | 呼叫开始时间 | 拨号时间 | 日期"
            ),
            *_CREATED,
        ),
        "time": _names("time | time of day | 时间 | 时刻"),
        "employee_no": _EMPLOYEE_NO,
        "owner": (
            *_names("call owner name | call owner"),
            *_OWNER,
        ),
        "duration": _names(
            "call duration in seconds | talk time | talk seconds | talk duration | "
            "call duration | billsec | duration seconds | duration | seconds | call length | "
            "通话时长 | 通话时长秒 | 通时 | 时长 | 通话秒数 | 计费时长 | 通话时长分钟"
        ),
        "lead": _LEAD,
        "phone": _PHONE,
    },
    EventKind.OPPORTUNITIES: _RECORD,
    EventKind.DEALS: {
        **_RECORD,
        "amount": _AMOUNT,
        "cash": _CASH,
        "opportunity": _OPPORTUNITY,
    },
    EventKind.REFUNDS: {
        "id": (
            *_names("refund id | 退费编号 | 退款编号 | 退费单号 | 退款单号"),
            *_ID,
        ),
        "deal": _names("deal id | order id | contract id | deal | order | 订单号 | 订单编号 | 合同编号 | 成交编号"),
        "refunded_on": _names(
            "refunded on | refund date | refund time | refunded at | 退费时间 | 退费日期 | "
            "退款时间 | 退款日期 | date | 日期"
        ),
        "amount": _names("refund amount | refunded amount | 退费金额 | 退款金额 | amount | 金额"),
    },
}

# What tells a kind from the others: each of these fields found in a table speaks for it.
SIGNS: dict[EventKind, dict[str, int]] = {
    EventKind.CALLS: {"duration": 4, "at": 1},
    EventKind.DEALS: {"amount": 3, "cash": 2, "closed_on": 2},
    EventKind.OPPORTUNITIES: {"expected": 3, "reported_at": 3, "opened_at": 1},
    EventKind.REFUNDS: {"refunded_on": 3},
    EventKind.LEADS: {"phone": 1, "name": 1, "arrived_at": 1},
}

FILE_WORDS: dict[EventKind, tuple[str, ...]] = {
    EventKind.CALLS: _names("call | cdr | 通话 | 外呼 | 呼叫 | 话单"),
    EventKind.DEALS: _names("deal | order | contract | sale | 成交 | 订单 | 签约 | 签单 | 业绩 | 合同"),
    EventKind.OPPORTUNITIES: _names("opportunit | opps | 商机 | 意向 | 储备"),
    EventKind.REFUNDS: _names("refund | 退费 | 退款"),
    EventKind.LEADS: _names("lead | contact | customer | 名片 | 线索 | 客户 | 联系人"),
}

STATUS_COLUMNS = _names(
    "call status | status | call result | result | disposition | 通话状态 | 接通状态 | 状态 | "
    "呼叫结果 | 是否接通 | 接听状态 | 通话结果"
)

DIRECTION_COLUMNS = _names(
    "call type | direction | type | call direction | 呼叫类型 | 呼叫方向 | 通话类型 | 类型 | 方向"
)

STAGE_COLUMNS = _names("stage | deal stage | state | status | 阶段 | 商机阶段 | 状态 | 成交状态 | 订单状态")

QUALITY_COLUMNS = _names("quality | qualified | intention | 意向 | 意向度 | 是否商机")

ANSWERED_WORDS = _names(
    "attended dialled | attended | answered | received | connected | completed | success | ok | "
    "talked | 已接通 | 接通 | 已接听 | 接听 | 成功 | 通话成功 | 是"
)

OUTBOUND_WORDS = _names("outbound | outgoing | out | dialled | dialed | 呼出 | 外呼 | 去电 | 主叫")

INBOUND_WORDS = _names("inbound | incoming | in | received | 呼入 | 来电 | 被叫")

MISSED_WORDS = _names("missed | missed call | 未接 | 未接来电 | 漏接")

WON_WORDS = _names(
    "payment done | won | closed won | paid | signed | success | 成交 | 已成交 | 赢单 | 已签约 | "
    "已付款 | 已支付 | 签单 | 已签单"
)

LOST_WORDS = _names("lost | closed lost | rejected | 失败 | 输单 | 已流失 | 流失 | 无效 | 丢单 | 战败")
