"""The members who are there already when a journey begins."""

from typing import Any

from sqlalchemy.orm import Session

from matchmaker.profiles.models import Profile
from matchmaker.vocabulary.languages import guess_language
from tests.conftest import add_member

Item = tuple[str, str]  # collaboration type, text


def person(
    name: str, organisation: str, spoken: str, offer: Item, request: Item
) -> dict[str, Any]:
    """Return a row of the table below as keywords for ``add``.

    ``name`` may go on with the Latin one behind a bar; ``spoken`` begins with the
    country.
    """
    full, _bar, latin = name.partition(" | ")
    country, *languages = spoken.split()
    return {
        "name": full,
        "latin_name": latin,
        "organisation": organisation,
        "country": country,
        "city": "",
        "languages": tuple(languages),
        "offers": (offer,),
        "requests": (request,),
    }


COMMUNITY = (
    person(
        "李文静 | Li Wenjing",
        "西安丝路国际货运",
        "CN zh ru",
        ("logistics", "中哈铁路货运代理，西安至阿拉木图，每周三班"),
        ("purchase", "寻找需要从中国运货到哈萨克斯坦的客户"),
    ),
    person(
        "Данияр Ахметов | Daniyar Akhmetov",
        "Kostanay Grain",
        "KZ kk ru",
        ("supply", "Пшеница 3 класса и ячмень из Костаная, до 5000 тонн в месяц"),
        ("logistics", "Железнодорожная перевозка зерна из Казахстана в Китай"),
    ),
    person(
        "Dilnoza Karimova",
        "Fergana Cotton Yarn",
        "UZ uz ru en",
        ("supply", "Cotton yarn Ne 20 to Ne 40 from Fergana, 300 tonnes a month"),
        ("distribution", "Distributors of cotton yarn in China and Turkey"),
    ),
    person(
        "陈浩 | Chen Hao",
        "郑州粮油进出口",
        "CN zh en",
        ("purchase", "采购哈萨克斯坦小麦和面粉，每月2000吨"),
        ("supply", "寻找小麦、大麦供应商"),
    ),
    person(
        "Сергей Волков | Sergey Volkov",
        "Сибирский экспресс",
        "RU ru en",
        ("logistics", "Контейнерные перевозки по железной дороге из Китая и в Китай"),
        ("purchase", "Ищем грузоотправителей зерна и муки"),
    ),
    person(
        "Farida Rahimi",
        "Herat Saffron House",
        "AF fa en",
        ("supply", "Saffron and dried fruit from Herat, organic certificate"),
        ("logistics", "Freight forwarding from Central Asia to China by rail"),
    ),
    person(
        "Mehmet Yılmaz",
        "Anadolu Makina",
        "TR tr en",
        ("supply", "Flour milling machines and grain silos, with installation"),
        ("distribution", "A distributor of milling machines in Kazakhstan"),
    ),
    person(
        "Анна Ким | Anna Kim",
        "Алматы Мука",
        "KZ ru ko",
        ("supply", "Мука высшего сорта из казахстанской пшеницы"),
        ("supply", "Ищем мельничное оборудование и зерновые силосы"),
    ),
    person(
        "王建国 | Wang Jianguo",
        "义乌国际物流",
        "CN zh en",
        ("logistics", "国际物流、仓储和清关，义乌到中亚"),
        ("jointventure", "寻找中亚物流合作伙伴"),
    ),
    person(
        "Priya Nair",
        "Malabar Spice Exports",
        "IN en hi",
        ("supply", "Black pepper, cardamom and tea for food importers"),
        ("logistics", "Customs clearance and freight to Russia"),
    ),
    person(
        "Азиз Рахматов | Aziz Rakhmatov",
        "Душанбе Трейд",
        "TJ tg ru",
        ("purchase", "Покупаем муку и пшеницу для пекарен Душанбе"),
        ("supply", "Поставщики муки и зерна из Казахстана"),
    ),
    person(
        "Batbayar Enkh",
        "Gobi Cashmere Works",
        "MN mn ru en",
        ("supply", "Cashmere yarn and felt"),
        ("logistics", "Rail freight from Ulaanbaatar to China"),
    ),
)


def add(
    session: Session,
    *,
    latin_name: str = "",
    **values: Any,
) -> Profile:
    """Add one member; the language of each text is told by its letters."""
    profile = add_member(session, **values)
    profile.latin_name = latin_name
    for item in profile.opportunities:
        item.lang = guess_language(item.text, "en")
    profile.about_lang = guess_language(profile.about, "en")
    session.flush()
    return profile
