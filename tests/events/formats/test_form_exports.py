# ruff: noqa: E501, Q000 - the rows of exports are as long as the tools write them
import pytest

from tests.events.formats.exports import Export, assert_read, case

# A row of a table stands on one line.
# fmt: off
EXPORTS = (
    case("google ru", Export(
        "google_forms",
"""\
Отметка времени,Адрес электронной почты,"Фамилия, имя, отчество",Название компании,Ваша должность,Страна,Отрасль (можно выбрать несколько),Что вы предлагаете?,Что вы ищете?,Контактный телефон,Согласен(на) на обработку персональных данных
20.04.2026 10:15:03,azamat@example.org,ДЖУМАБАЕВ Азамат Нурланович,ОсОО «Ак-Сай»,Генеральный директор,Киргизия,"Сельское хозяйство, Пищевая промышленность",Сушёные абрикосы,Покупатели в Китае,+996 (555) 12-34-56,Да
20.04.2026 11:15:03,olena@example.org,Савчук Елена,нет,—,РБ,Текстиль,,Нет,8 029 123-45-67,Да
""",
        [
            {'full_name': 'Джумабаев Азамат Нурланович', 'email': 'azamat@example.org', 'country': 'KG', 'company': 'ОсОО «Ак-Сай»', 'title': 'Генеральный директор', 'phone': '+996555123456', 'sectors_raw': ['Сельское хозяйство', 'Пищевая промышленность'], 'offers_text': 'Сушёные абрикосы', 'seeks_text': 'Покупатели в Китае', 'consent': True},
            {'full_name': 'Савчук Елена', 'email': 'olena@example.org', 'country': 'BY', 'phone': '+375291234567', 'sectors_raw': ['Текстиль'], 'consent': True},
        ],
        encoding="utf-8-sig",
    )),
    case("google zh", Export(
        "google_forms",
"""\
时间戳记,电子邮件地址,姓名,公司名称,职位,国家/地区,所属行业,您能提供什么?,您在寻找什么?,微信号,手机号码
2026/4/20 上午10:15:03,lihua@example.org,李华,义乌市好货贸易有限公司,总经理,中国,"电子商务, 物流",小商品,海外仓合作,lihua_yw,138 0000 0123
2026/4/20 下午 3:15:03,kim@example.org,김민수,서울무역,대표,韩国,无,,,无,010-1234-5678
""",
        [
            {'full_name': '李华', 'email': 'lihua@example.org', 'country': 'CN', 'company': '义乌市好货贸易有限公司', 'title': '总经理', 'phone': '+8613800000123', 'sectors_raw': ['电子商务', '物流'], 'offers_text': '小商品', 'seeks_text': '海外仓合作', 'wechat': 'lihua_yw'},
            {'full_name': '김민수', 'email': 'kim@example.org', 'country': 'KR', 'company': '서울무역', 'title': '대표', 'phone': '+821012345678'},
        ],
    )),
    case("google de", Export(
        "google_forms",
"""\
Zeitstempel,E-Mail-Adresse,Vor- und Nachname,Firma / Organisation,Position,Land,Branche,Telefonnummer,Was suchen Sie?
20.04.2026 10:15:03,h.schulz@example.org,Dr. Heike Schulz,Schulz & Söhne GmbH,Geschäftsführerin,Deutschland,Maschinenbau,0171 1234567,Vertriebspartner in Zentralasien
20.04.2026 10:15:03,j.vries@example.org,Jan de Vries,Tulp BV,,Holland,,06 12345678,
""",
        [
            {'full_name': 'Heike Schulz', 'email': 'h.schulz@example.org', 'country': 'DE', 'company': 'Schulz & Söhne GmbH', 'title': 'Geschäftsführerin', 'phone': '+491711234567', 'sector_raw': 'Maschinenbau', 'seeks_text': 'Vertriebspartner in Zentralasien'},
            {'full_name': 'Jan de Vries', 'email': 'j.vries@example.org', 'country': 'NL', 'company': 'Tulp BV', 'phone': '+31612345678'},
        ],
    )),
    case("google semicolon multi", Export(
        "google_forms",
"""\
Timestamp,Username,Full name (SURNAME Given name),Organization,Country of residence,Which sectors? Tick all that apply,Mobile / WhatsApp,Languages you speak
2026/04/20 10:15:03 AM GMT+5,r.islam@example.org,RAHMAN Islam,Dhaka Jute,Bangladesh,Agro;Textiles,01711-123456,"English, Bengali"
2026/04/20 10:16:03 AM GMT+5,smith@example.org,SMITH John,Smith Ltd,Great Britain,Textiles,07400 123456,English
""",
        [
            {'full_name': 'Rahman Islam', 'email': 'r.islam@example.org', 'country': 'BD', 'company': 'Dhaka Jute', 'phone': '+8801711123456', 'sectors_raw': ['Agro', 'Textiles']},
            {'full_name': 'Smith John', 'email': 'smith@example.org', 'country': 'GB', 'company': 'Smith Ltd', 'phone': '+447400123456', 'sectors_raw': ['Textiles']},
        ],
    )),
    case("msforms zh", Export(
        "microsoft_forms",
        {
            'Sheet1': [
                ['ID', '开始时间', '完成时间', '电子邮件', '名称', '您的姓名', '单位名称', '职务', '国家', '手机', '希望对接的行业'],
                [1, '2026-04-20 09:00:00', '2026-04-20 09:03:00', 'anonymous', '', '孙丽', '新疆棉业有限公司', '市场部经理', '中国', 13900000007.0, '纺织;物流;'],
                [2, '2026-04-20 09:00:00', '2026-04-20 09:03:00', 'anonymous', '', 'Bakyt Asanov', 'Asan Cargo', 'директор', '吉尔吉斯斯坦', '0700 123 456', '物流;'],
            ],
        },
        [
            {'full_name': '孙丽', 'country': 'CN', 'company': '新疆棉业有限公司', 'title': '市场部经理', 'phone': '+8613900000007'},
            {'full_name': 'Bakyt Asanov', 'country': 'KG', 'company': 'Asan Cargo', 'title': 'директор', 'phone': '+996700123456'},
        ],
    )),
    case("msforms ru", Export(
        "microsoft_forms",
        {
            'Лист1': [
                ['ИД', 'Время начала', 'Время выполнения', 'Адрес электронной почты', 'Имя', 'ФИО участника', 'Наименование организации', 'Страна', 'Электронная почта для связи', 'Отрасль'],
                [1, '2026-04-20 09:00:00', '2026-04-20 09:03:00', 'anonymous', '', 'Тагиев Эльдар', 'Баку Агро', 'Азербайджан', 'e.tagiev@example.org', 'Сельское хозяйство;'],
                [2, '2026-04-20 09:00:00', '2026-04-20 09:03:00', 'anonymous', '', 'Мелконян Лусине', 'Арарат Вино', 'Армения', 'lusine@example.org;', 'Напитки;Туризм;'],
            ],
        },
        [
            {'full_name': 'Тагиев Эльдар', 'email': 'e.tagiev@example.org', 'country': 'AZ', 'company': 'Баку Агро', 'sectors_raw': ['Сельское хозяйство']},
            {'full_name': 'Мелконян Лусине', 'email': 'lusine@example.org', 'country': 'AM', 'company': 'Арарат Вино', 'sectors_raw': ['Напитки', 'Туризм']},
        ],
    )),
    case("msforms en csv", Export(
        "microsoft_forms",
"""\
ID,Start time,Completion time,Email,Name,Last modified time,First name,Family name,Company name,Position,Country of registration,Phone number,Questions for speakers
1,4/20/26 9:00:00,4/20/26 9:03:00,anonymous,,,Tserenpil,Dorj,Altan LLC,CEO,Mongolia,+976-9911-2233,Is there a fund?
2,4/20/26 9:00:00,4/20/26 9:03:00,anonymous,,,Aye,Aye Khin,Mandalay Foods,Owner,Burma,09 420 123 456,
""",
        [
            {'full_name': 'Tserenpil Dorj', 'country': 'MN', 'company': 'Altan LLC', 'title': 'CEO', 'phone': '+97699112233', 'question': 'Is there a fund?'},
            {'full_name': 'Aye Aye Khin', 'country': 'MM', 'company': 'Mandalay Foods', 'title': 'Owner', 'phone': '+959420123456'},
        ],
        encoding="utf-8-sig",
    )),
    case("wjx text", Export(
        "wenjuanxing",
"""\
序号,提交答卷时间,所用时间,来源,来源详情,来自IP,总分,1、姓名：,2、性别,3、手机,4、邮箱,5、单位,6、职务,7、国家,8、您关注的领域(跨境电商),8、您关注的领域(物流),8、您关注的领域(其他)
1,2026/4/20 12:00:00,95秒,微信,N/A,203.0.113.5(上海-上海),,周杰,男,13700000021,zhoujie@example.org,成都丝路科技,经理,中国,跨境电商,物流,
2,2026/4/20 12:01:00,35秒,链接,直接访问,203.0.113.6(新疆-乌鲁木齐),,阿依努尔,女,13700000022,(空),(跳过),(空),中国,,物流,(空)
""",
        [
            {'full_name': '周杰', 'email': 'zhoujie@example.org', 'country': 'CN', 'company': '成都丝路科技', 'title': '经理', 'phone': '+8613700000021', 'sectors_raw': ['跨境电商', '物流']},
            {'full_name': '阿依努尔', 'country': 'CN', 'phone': '+8613700000022', 'sectors_raw': ['物流']},
        ],
        encoding="gb18030",
    )),
    case("wjx sequence", Export(
        "wenjuanxing",
        {
            'Sheet1': [
                ['序号', '提交答卷时间', '所用时间', '来源', '来源详情', '来自IP', '1、您的姓名', '2、E-mail', '3、企业全称', '4、所在国家', '5、您的角色', '6、需求描述'],
                [1.0, '2026/4/20 12:00:00', '95秒', '微信', 'N/A', '203.0.113.5(上海-上海)', '吴昊', 'wuhao@example.org', '武汉光谷机电', '中国', '1', '找越南代理商'],
                [2.0, '2026/4/20 12:00:00', '95秒', '微信', 'N/A', '203.0.113.5(上海-上海)', 'Trần Thị Mai', 'mai.tran@example.org', 'Hanoi Craft', '越南', '2', '-3'],
            ],
        },
        [
            {'full_name': '吴昊', 'email': 'wuhao@example.org', 'country': 'CN', 'company': '武汉光谷机电', 'seeks_text': '找越南代理商'},
            {'full_name': 'Trần Thị Mai', 'email': 'mai.tran@example.org', 'country': 'VN', 'company': 'Hanoi Craft'},
        ],
    )),
    case("yandex csv", Export(
        "yandex_forms",
"""\
ID;Время создания;Ваше имя и фамилия;Почта;Телефон;Компания и должность;Страна;Откуда вы о нас узнали;Ваш вопрос спикеру
1500000011;2026-04-21 12:00:01;Лейла Мамедова;leyla@example.org;8 (916) 000-00-31;ООО «Каспий», менеджер;Россия;Телеграм;Как найти склад?
1500000012;2026-04-21 12:00:01;Ержан;yerzhan@example.org;87010000032;ТОО Дала;РК;;
""",
        [
            {'full_name': 'Лейла Мамедова', 'email': 'leyla@example.org', 'country': 'RU', 'phone': '+79160000031', 'title_company_raw': 'ООО «Каспий», менеджер', 'question': 'Как найти склад?'},
            {'full_name': 'Ержан', 'email': 'yerzhan@example.org', 'country': 'KZ', 'phone': '+77010000032', 'title_company_raw': 'ТОО Дала'},
        ],
        encoding="cp1251",
    )),
    case("yandex multi", Export(
        "yandex_forms",
        {
            'Ответы': [
                ['ID', 'Время создания', 'Фамилия', 'Имя', 'Отчество', 'Электронная почта', 'Номер телефона', 'Организация', 'Страна', 'Отрасли / Логистика', 'Отрасли / Туризм'],
                [2000000001, '2026-04-21 12:00:01', 'ПЕТРОВА', 'ИРИНА', 'ИВАНОВНА', 'petrova@example.org', 79160000041.0, 'АО "Мост"', 'РФ', 'Логистика', ''],
                [2000000002, '2026-04-21 12:00:01', 'Ли', 'Сергей', '', 'lee@example.org', '+82 10 1234 5678', '-', 'Республика Корея', '', 'Туризм'],
            ],
        },
        [
            {'full_name': 'Петрова Ирина Ивановна', 'email': 'petrova@example.org', 'country': 'RU', 'company': 'АО "Мост"', 'phone': '+79160000041', 'sectors_raw': ['Логистика']},
            {'full_name': 'Ли Сергей', 'email': 'lee@example.org', 'country': 'KR', 'phone': '+821012345678', 'sectors_raw': ['Туризм']},
        ],
    )),
    case("google grid", Export(
        "google_forms",
"""\
Timestamp,Email address,First name,Last name / Surname,Job title & company,Country you represent,I am interested in [Exporting],I am interested in [Importing],I am interested in [Investing],Phone number (with country code),Are you attending in person?,How did you hear about us?
20/04/2026 10:15:03,eli@example.org,Eli,COHEN,"CEO, Negev Wines",Israel,Yes,No,,972 50 123 4567,Yes,Facebook
20/04/2026 10:15:03,eli2@example.org,Dana,Levi,-,Israel,,Yes,Yes,0501234568,No,LinkedIn
""",
        [
            {'full_name': 'Eli Cohen', 'email': 'eli@example.org', 'country': 'IL', 'phone': '+972501234567', 'title_company_raw': 'CEO, Negev Wines'},
            {'full_name': 'Dana Levi', 'email': 'eli2@example.org', 'country': 'IL', 'phone': '+972501234568'},
        ],
    )),
    case("wjx en", Export(
        "wenjuanxing",
"""\
序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1. Full Name 姓名,2. Country 国家,3. Email 邮箱,4. Mobile phone 手机,5. Company 公司,6. Position 职位
1,2026/4/20 12:00:00,95秒,链接,直接访问,203.0.113.5,Nguyen Van A,Vietnam,a.nguyen@example.org,0901 234 567,VN Tea,Manager
""",
        [
            {'full_name': 'Nguyen Van A', 'email': 'a.nguyen@example.org', 'country': 'VN', 'company': 'VN Tea', 'title': 'Manager', 'phone': '+84901234567'},
        ],
        encoding="utf-8-sig",
    )),
)
# fmt: on


@pytest.mark.parametrize("export", EXPORTS)
def test_answers_to_a_form_become_people_in_any_language(export: Export) -> None:
    assert_read(export)
