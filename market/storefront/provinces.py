"""Provinces of the domestic address form. The order keeps the Chinese name; a page shows its own language's."""

from typing import Final

from market.common.languages import EN, RU, active_language

_ROWS = """
北京市|Beijing|Пекин
天津市|Tianjin|Тяньцзинь
河北省|Hebei|Хэбэй
山西省|Shanxi|Шаньси
内蒙古自治区|Inner Mongolia|Внутренняя Монголия
辽宁省|Liaoning|Ляонин
吉林省|Jilin|Цзилинь
黑龙江省|Heilongjiang|Хэйлунцзян
上海市|Shanghai|Шанхай
江苏省|Jiangsu|Цзянсу
浙江省|Zhejiang|Чжэцзян
安徽省|Anhui|Аньхой
福建省|Fujian|Фуцзянь
江西省|Jiangxi|Цзянси
山东省|Shandong|Шаньдун
河南省|Henan|Хэнань
湖北省|Hubei|Хубэй
湖南省|Hunan|Хунань
广东省|Guangdong|Гуандун
广西壮族自治区|Guangxi|Гуанси
海南省|Hainan|Хайнань
重庆市|Chongqing|Чунцин
四川省|Sichuan|Сычуань
贵州省|Guizhou|Гуйчжоу
云南省|Yunnan|Юньнань
西藏自治区|Tibet|Тибет
陕西省|Shaanxi|Шэньси
甘肃省|Gansu|Ганьсу
青海省|Qinghai|Цинхай
宁夏回族自治区|Ningxia|Нинся
新疆维吾尔自治区|Xinjiang|Синьцзян
台湾省|Taiwan|Тайвань
香港特别行政区|Hong Kong|Гонконг
澳门特别行政区|Macao|Макао
"""
_NAMES: Final = {zh: {EN: en, RU: ru} for zh, en, ru in (row.split("|") for row in _ROWS.split("\n") if row)}


def province_choices() -> list[tuple[str, str]]:
    """For a select: the stored name, and the name in the language of the page; sorted as that language reads."""
    language = active_language()
    named = [(zh, names.get(language, zh)) for zh, names in _NAMES.items()]
    rows = named if language not in (EN, RU) else sorted(named, key=lambda row: row[1])
    return [("", ""), *rows]


def province_name(zh: str) -> str:
    return _NAMES.get(zh, {}).get(active_language(), zh)
