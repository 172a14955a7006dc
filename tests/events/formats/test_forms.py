# ruff: noqa: E501 - the rows of exports are as long as the tools write them
from tests.events.formats.made import (
    assert_people,
    make_csv,
    make_ods,
    make_xlsx,
    reading_of,
    reasons_of,
)

# A row of a table stands on one line.
# fmt: off



def test_russian_google_forms_with_a_messenger_column() -> None:
    rows = [
        ["Отметка времени", "Адрес электронной почты", "Ваши ФИО", "Название компании", "Страна, город", "Сфера деятельности (можно выбрать несколько)", "Что вы предлагаете?", "Кого вы ищете?", "Telegram / WhatsApp", "Ваш вопрос спикеру", "Согласие на обработку персональных данных"],
        ["20.04.2026 10:15:03", "  Dana@Example.org ", "г-жа АХМЕТОВА Дана", "ТОО «Жибек»", "Казахстан, г. Алматы", "Текстиль, одежда, Логистика", "Пряжа", "Покупатели в России", "@dana_kz / +7 701 000 00 71", "Нет вопросов", "Согласен"],
        ["20.04.2026 10:16:03", "timur@example.org,", "доктор Беков Тимур", "ИП Беков", "Бишкек, Кыргызстан", "Логистика", "нет", "-", "wa.me/996700000072", "Как найти партнёра?\nИ сколько это стоит?", "Согласна"],
    ]
    reading = reading_of(
        make_xlsx({"Ответы на форму (1)": rows}), "Регистрация (Ответы).xlsx"
    )
    assert reading.format == "google_forms"
    assert_people(
        reading,
        {"full_name": "Ахметова Дана", "email": "dana@example.org", "company": "ТОО «Жибек»", "country": "KZ", "city": "Алматы", "telegram": "dana_kz", "phone": "+77010000071", "offers_text": "Пряжа", "seeks_text": "Покупатели в России", "question": None, "consent": True},
        {"full_name": "Беков Тимур", "email": "timur@example.org", "country": "KG", "city": "Бишкек", "sectors_raw": ["Логистика"], "offers_text": None, "seeks_text": None, "whatsapp": "+996700000072", "phone": "+996700000072", "question": "Как найти партнёра?\nИ сколько это стоит?"},
    )


def test_chinese_google_forms_in_big5() -> None:
    content = make_csv(
        [
            ["時間戳記", "電子郵件", "姓名", "公司名稱", "國家/地區", "電話"],
            ["2026/4/20 上午 10:15:03", "mei@example.org", "陳美玲 女士", "臺北貿易有限公司", "台灣", "0912 345 678"],
        ]
    )
    reading = reading_of(content, "回覆.csv", encoding="big5")
    assert (reading.format, reading.encoding) == ("google_forms", "big5")
    assert_people(
        reading,
        {"full_name": "陳美玲", "company": "臺北貿易有限公司", "country": "TW", "phone": "+886912345678"},
    )


def test_a_grid_of_ticks_is_one_list_of_sectors() -> None:
    content = make_csv(
        [
            ["Timestamp", "Name", "E-mail", "Sector [Logistics]", "Sector [Food, drinks]", "What are you looking for? (choose all that apply)"],
            ["4/20/2026 10:15:03", "Ann Lee", "ann@example.org", "Yes", "", "Buyers, Distributors"],
            ["4/20/2026 10:16:03", "Bo Li", "bo@example.org", "No", "Yes", "Buyers"],
        ]
    )
    assert_people(
        reading_of(content),
        {"full_name": "Ann Lee", "sectors_raw": ["Logistics"], "seeks_text": "Buyers, Distributors"},
        {"full_name": "Bo Li", "sectors_raw": ["Food, drinks"]},
    )


def test_russian_microsoft_forms_prefer_the_answer_to_the_account() -> None:
    rows = [
        ["ИД", "Время начала", "Время выполнения", "Электронная почта", "Имя", "Ваше полное имя", "Ваша электронная почта", "Компания", "Страна", "Что вы ищете?"],
        [1, 45768.4, 45768.5, "anonymous", "", "Каримова Лола", "lola@example.org", "Ipak", "Узбекистан", "Покупатели;Инвестор;"],
        [2, 45768.4, 45768.5, "petrov@example.org", "Пётр Петров", "", "", "ООО «Ветер»", "РФ", ""],
    ]
    reading = reading_of(make_xlsx({"Sheet1": rows}), "Форма.xlsx")
    assert reading.format == "microsoft_forms"
    assert_people(
        reading,
        {"full_name": "Каримова Лола", "email": "lola@example.org", "country": "UZ", "seeks_raw": ["Покупатели", "Инвестор"]},
        {"full_name": "Пётр Петров", "email": "petrov@example.org", "country": "RU"},
    )


def test_chinese_microsoft_forms() -> None:
    rows = [
        ["ID", "开始时间", "完成时间", "电子邮件", "名称", "您的姓名", "手机", "公司名称", "您所在的国家/地区", "您能提供什么？", "您需要什么？"],
        [1, 45768.4, 45768.5, "anonymous", "", "王芳", 13800000081.0, "宁波纺织有限公司", "中国浙江", "面料;纱线;", "海外买家"],
    ]
    reading = reading_of(make_xlsx({"Form1": rows}), "报名.xlsx")
    assert reading.format == "microsoft_forms"
    assert_people(
        reading,
        {"full_name": "王芳", "phone": "+8613800000081", "country": "CN", "offers_raw": ["面料", "纱线"], "seeks_text": "海外买家"},
    )


def test_wenjuanxing_with_one_column_per_choice_and_lettered_options() -> None:
    rows = [
        ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "总分", "1、姓名：", "2、手机号码", "3、您的职务", "4、您的行业(电子商务)", "4、您的行业(物流)", "5、您能提供的产品或服务", "6、国家", "7、您想提的问题", "8、您的邮箱"],
        ["1", "2026/4/20 12:00:00", "95秒", "微信", "N/A", "203.0.113.5", "0", "刘洋 先生", "13800000091", "总经理", "1", "1", "A.仓储┋B.运输", "中国", "如何出海？", "liuyang@example.org"],
        ["2", "2026/4/20 12:05:00", "61秒", "微信", "N/A", "203.0.113.6", "0", "赵敏", "(空)", "(跳过)", "0", "1", "(空)", "(空)", "没有", "zhaomin＠example.org"],
    ]
    reading = reading_of(make_xlsx({"Sheet1": rows}), "12345_按文本.xlsx")
    assert reading.format == "wenjuanxing"
    assert_people(
        reading,
        {"full_name": "刘洋", "phone": "+8613800000091", "title": "总经理", "sectors_raw": ["电子商务", "物流"], "offers_raw": ["仓储", "运输"], "question": "如何出海？"},
        {"full_name": "赵敏", "email": "zhaomin@example.org", "phone": None, "sectors_raw": ["物流"], "question": None},
    )
    assert "203.0.113.5" not in str(reading.columns)


def test_wenjuanxing_as_text_in_gb18030() -> None:
    content = make_csv(
        [
            ["序号", "提交答卷时间", "所用时间", "来源", "1、您的姓名", "2、联系方式", "3、单位及职务"],
            ["1", "2026/4/20 12:00:00", "95秒", "链接", "孙丽", "微信：sunli_88，13900000092", "义乌商会 秘书长"],
        ]
    )
    reading = reading_of(content, "答卷.csv", encoding="gb18030")
    assert (reading.format, reading.encoding) == ("wenjuanxing", "gb18030")
    assert_people(
        reading,
        {"full_name": "孙丽", "wechat": "sunli_88", "phone": "+8613900000092", "title_company_raw": "义乌商会 秘书长", "company": None},
    )


def test_yandex_forms_as_an_open_document() -> None:
    rows = [
        ["ID", "Время создания", "Имя", "Фамилия", "Электронная почта", "Телефон", "Компания", "Ваша должность", "Из какой вы страны?", "Вопрос эксперту", "Согласие на обработку ПД"],
        ["150001", "2026-04-21 12:00:01", "Анна", "Смирнова", "smirnova@example.org", "8 (916) 000-00-15", "ООО «ЭкоТара»", "директор", "Российская Федерация", "Где искать покупателей?", "Да"],
        ["150002", "2026-04-21 12:00:01", "Тест", "", "тест", "", "", "", "", "", "Нет"],
    ]
    reading = reading_of(make_ods(rows), "Ответы.ods")
    assert reading.format == "yandex_forms"
    assert_people(
        reading,
        {"full_name": "Анна Смирнова", "phone": "+79160000015", "title": "директор", "country": "RU", "question": "Где искать покупателей?", "consent": True},
    )
    assert reasons_of(reading) == ["bad_email"]


def test_yandex_forms_as_text_in_koi8() -> None:
    content = make_csv(
        [
            ["ID", "Время создания", "ФИО", "Почта", "Город", "Отрасль"],
            ["1", "2026-04-21 12:00", "Юлия Ёлкина", "yulia@example.org", "Казань", "Логистика; Упаковка"],
        ],
        delimiter=";",
    )
    reading = reading_of(content, "answers.csv", encoding="koi8-r")
    assert (reading.format, reading.encoding) == ("yandex_forms", "koi8-r")
    assert_people(
        reading,
        {"full_name": "Юлия Ёлкина", "city": "Казань", "sectors_raw": ["Логистика", "Упаковка"]},
    )
