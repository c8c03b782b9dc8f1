"""Headings and statuses as carriers write them in a table, in three languages. The first three of each line are the
English, Chinese and Russian word of the sample file."""

from collections.abc import Mapping
from typing import Final

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "waybill": ("waybill", "运单号", "накладная", "номер накладной", "waybill number", "tracking number", "快递单号"),
    "status": ("status", "状态", "статус", "состояние"),
    "time": ("time", "时间", "время", "дата и время", "date and time", "日期时间"),
    "place": ("place", "地点", "место"),
    "note": ("note", "备注", "примечание", "说明", "комментарий"),
    "weight": ("weight", "重量", "вес", "weight, kg", "weight (kg)", "重量(公斤)", "重量(kg)", "вес, кг", "вес (кг)"),
    "temperature": (
        "temperature",
        "温度",
        "температура",
        "temperature, °c",
        "temperature (°c)",
        "温度(℃)",
        "温度(°c)",
        "температура, °c",
        "температура (°c)",
    ),
    "sensor": ("sensor", "记录仪", "датчик", "logger", "传感器", "термограф"),
    "receiver": ("received by", "签收人", "кто принял", "收货人", "получатель", "signed by"),
}
OPTIONAL: Final = frozenset({"place", "note", "weight", "temperature", "sensor", "receiver"})


# Status, substatus and flags of the native format.
Meaning = tuple[str, str, tuple[str, ...]]
_WORDS: Final[Mapping[Meaning, tuple[str, ...]]] = {
    ("pre_transit", "", ()): ("announced", "已下单", "оформлено", "pre_transit", "待揽收", "принят заказ"),
    ("picked_up", "", ()): (
        "picked up",
        "已揽收",
        "забрано",
        "已提货",
        "揽收",
        "提货",
        "забран",
        "принято",
    ),
    ("in_transit", "", ()): ("in transit", "运输中", "в пути", "在途"),
    ("in_transit", "arrived_at_facility", ()): ("arrived", "已到达", "прибыло", "到达", "прибыл", "прибытие"),
    ("in_transit", "departed_facility", ()): ("departed", "已发出", "убыло", "离开", "发出", "убыл", "отправлено"),
    ("customs", "", ()): ("at customs", "清关中", "на таможне", "customs", "海关"),
    ("customs", "customs_released", ()): ("customs released", "已清关", "выпущено таможней", "清关放行"),
    ("out_for_delivery", "", ()): ("out for delivery", "派送中", "доставляется", "派件中", "正在派送", "у курьера"),
    ("delivery_attempted", "", ()): ("delivery attempted", "派送失败", "не вручено", "未妥投", "попытка вручения"),
    ("delivery_attempted", "not_home", ()): ("nobody there", "无人收货", "никого нет", "收件人不在"),
    ("delivery_attempted", "refused_pending", ()): ("refused", "拒收", "отказ"),
    ("delivery_attempted", "address_issue", ("address_issue",)): (
        "address not found",
        "找不到地址",
        "адрес не найден",
        "地址错误",
    ),
    ("available_for_pickup", "", ()): ("ready for pickup", "待自提", "ожидает получения", "available_for_pickup"),
    ("delivered", "to_recipient", ()): ("delivered", "已签收", "доставлено", "签收", "已送达", "вручено", "доставлен"),
    ("returning", "", ()): ("returning", "退回中", "возвращается"),
    ("returned", "", ()): ("returned", "已退回", "возвращено"),
    ("failed", "lost", ()): ("lost", "丢失", "утеряно", "failed"),
    ("cancelled", "", ()): ("cancelled", "已取消", "отменено", "canceled"),
    ("", "", ("damaged",)): ("damaged", "破损", "повреждено"),
    ("", "", ("delayed",)): ("delayed", "延误", "задержка"),
    ("", "", ("contact_carrier",)): ("problem", "异常", "проблема"),
}


def same_word(word: str) -> str:
    """Case, blanks and hyphens do not count, nor the points of ё."""
    return "".join(word.casefold().replace("ё", "е").replace("_", " ").replace("-", " ").split())


STATUSES: Final[Mapping[str, Meaning]] = {
    same_word(word): meaning for meaning, words in _WORDS.items() for word in words
}


def statuses() -> list[tuple[str, ...]]:
    """The English, Chinese and Russian word of each, to be shown."""
    return [words[:3] for words in _WORDS.values()]


def word_for(status: str, substatus: str, language: int) -> str:
    """`language` 0 English, 1 Chinese, 2 Russian: for the sample file."""
    return next(words[language] for (one, two, _flags), words in _WORDS.items() if (one, two) == (status, substatus))
