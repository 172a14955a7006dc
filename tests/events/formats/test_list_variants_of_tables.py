# ruff: noqa: E501, Q000 - the rows of exports are as long as the tools write them
import pytest

from tests.events.formats.exports import Export, assert_read, case

# A row of a table stands on one line.
# fmt: off
EXPORTS = (
    case("csv named", Export(
        "generic_table",
"""\
Name,Email,Country
Jean Dupont,jean@example.org,DR Congo
Ana Silva,ana@example.org,East Timor
""",
        [
            {'full_name': 'Jean Dupont', 'email': 'jean@example.org', 'country': 'CD'},
            {'full_name': 'Ana Silva', 'email': 'ana@example.org', 'country': 'TL'},
        ],
    )),
    case("xls dup headers", Export(
        "generic_table",
        {
            'Sheet1': [
                ['Name', 'Email', 'Email', 'Phone', 'Phone', 'Company', 'Country'],
                ['Kamila Sadyk', '', 'kamila@example.org', '', 77051234567.0, 'Sadyk Foods', 'KAZ'],
                ['Timo Aalto', 'timo@example.org', '', '0401234567', '', 'Aalto Oy', 'FIN'],
            ],
        },
        [
            {'full_name': 'Kamila Sadyk', 'email': 'kamila@example.org', 'country': 'KZ', 'company': 'Sadyk Foods', 'phone': '+77051234567'},
            {'full_name': 'Timo Aalto', 'email': 'timo@example.org', 'country': 'FI', 'company': 'Aalto Oy', 'phone': '+358401234567'},
        ],
    )),
    case("multi people cell", Export(
        "generic_table",
"""\
Company,Country,Contact person,Contacts,Products
Osh Textile,Kyrgyzstan,Gulmira Asanova (director),"WeChat: gulmira_osh, WhatsApp +996 700 112233",Cotton
Yiwu Toys,P.R. China,陈晨 Chen Chen,微信 chenchen88 / 13700009999 / chenchen@example.org,Toys
""",
        [
            {'full_name': 'Gulmira Asanova', 'country': 'KG', 'company': 'Osh Textile', 'title': 'director', 'phone': '+996700112233', 'wechat': 'gulmira_osh', 'whatsapp': '+996700112233'},
            {'full_name': '陈晨 Chen Chen', 'email': 'chenchen@example.org', 'country': 'CN', 'company': 'Yiwu Toys', 'phone': '+8613700009999', 'wechat': 'chenchen88'},
        ],
    )),
    case("utf16le nobom", Export(
        "generic_table",
"""\
ФИО;Почта;Страна
Асхат Нурлан;askhat@example.org;Республика Казахстан
Лола Юсуф;lola@example.org;Таджикистан
""",
        [
            {'full_name': 'Асхат Нурлан', 'email': 'askhat@example.org', 'country': 'KZ'},
            {'full_name': 'Лола Юсуф', 'email': 'lola@example.org', 'country': 'TJ'},
        ],
        encoding="utf-16-le",
    )),
    case("utf16be nobom", Export(
        "generic_table",
"""\
Name,Email,Country
Bolormaa,bolor@example.org,Mongolia
Mele Tonga,mele@example.org,Tonga
""",
        [
            {'full_name': 'Bolormaa', 'email': 'bolor@example.org', 'country': 'MN'},
            {'full_name': 'Mele Tonga', 'email': 'mele@example.org', 'country': 'TO'},
        ],
        encoding="utf-16-be",
    )),
    case("trilingual", Export(
        "generic_table",
        {
            'Sheet1': [
                ['Full name / ФИО / 姓名', 'Organization / Организация / 单位', 'Job title / Должность / 职务', 'Country / Страна / 国家', 'E-mail / Эл. почта / 邮箱', 'Mobile / Тел. / 手机', 'Attended / Присутствовал / 出席', 'Minutes'],
                ['Mr Serik Aman', 'Aman LLP', 'CEO', 'Kazakhstan / Казахстан', 'serik@example.org', '8 777 123 45 67', '✓', 35.0],
                ['г-жа Ольга Орлова', 'ООО Орёл', 'менеджер', 'Россия', 'orlova@example.org', '8 903 123-45-67', 'да', '1 ч 5 мин'],
                ['张三先生', '深圳灯具', '经理', '中国', 'zhangsan@example.org', '13812340000', '否', ''],
            ],
        },
        [
            {'full_name': 'Serik Aman', 'email': 'serik@example.org', 'country': 'KZ', 'company': 'Aman LLP', 'title': 'CEO', 'phone': '+77771234567', 'attended': True, 'minutes': 35},
            {'full_name': 'Ольга Орлова', 'email': 'orlova@example.org', 'country': 'RU', 'company': 'ООО Орёл', 'title': 'менеджер', 'phone': '+79031234567', 'attended': True, 'minutes': 65},
            {'full_name': '张三', 'email': 'zhangsan@example.org', 'country': 'CN', 'company': '深圳灯具', 'title': '经理', 'phone': '+8613812340000', 'attended': False},
        ],
    )),
    case("formula marks", Export(
        "generic_table",
"""\
Name,Email,Phone,Country,Company
'=SUM Trade,sum@example.org,'+998901112244,Uzbekistan,'@home LLC
"=""Anna Bell\""","=""anna@example.org\""","=""0401234567\""",Finland,Bell
""",
        [
            {'full_name': '=SUM Trade', 'email': 'sum@example.org', 'country': 'UZ', 'company': '@home LLC', 'phone': '+998901112244'},
            {'full_name': 'Anna Bell', 'email': 'anna@example.org', 'country': 'FI', 'company': 'Bell', 'phone': '+358401234567'},
        ],
    )),
    case("hand two tables", Export(
        "generic_table",
        {
            'Sheet1': [
                ['Speakers'],
                ['Name', 'Email', 'Country'],
                ['Ada Byron', 'ada@example.org', 'UK'],
                [],
                ['Participants'],
                ['Name', 'Email', 'Country'],
                ['Bo Li', 'bo@example.org', 'PRC'],
                ['Cy Young', 'cy@example.org', 'USA'],
            ],
        },
        [
            {'full_name': 'Ada Byron', 'email': 'ada@example.org', 'country': 'GB'},
            {'full_name': 'Bo Li', 'email': 'bo@example.org', 'country': 'CN'},
            {'full_name': 'Cy Young', 'email': 'cy@example.org', 'country': 'US'},
        ],
    )),
    case("hand sheets by country", Export(
        "generic_table",
        {
            'Казахстан': [
                ['ФИО', 'Телефон'],
                ['Нурлан Ахметов', '8 701 111 22 33'],
            ],
            'Узбекистан': [
                ['ФИО', 'Телефон'],
                ['Дилшод Каримов', '90 123 45 67'],
            ],
        },
        [
            {'full_name': 'Нурлан Ахметов', 'country': 'KZ', 'phone': '+77011112233'},
            {'full_name': 'Дилшод Каримов', 'country': 'UZ', 'phone': '+998901234567'},
        ],
    )),
    case("hand merged company", Export(
        "generic_table",
        {
            'S': [
                ['Company', 'Country', 'Name', 'Email'],
                ['Altyn LLC', 'Kyrgyzstan', 'Aida Asan', 'aida@example.org'],
                ['', '', 'Bek Asan', 'bek@example.org'],
                ['Bal LLC', 'Kazakhstan', 'Cholpon', 'cholpon@example.org'],
            ],
        },
        [
            {'full_name': 'Aida Asan', 'email': 'aida@example.org', 'country': 'KG', 'company': 'Altyn LLC'},
            {'full_name': 'Bek Asan', 'email': 'bek@example.org', 'country': 'KG', 'company': 'Altyn LLC'},
            {'full_name': 'Cholpon', 'email': 'cholpon@example.org', 'country': 'KZ', 'company': 'Bal LLC'},
        ],
        merged=['A2:A3', 'B2:B3'],
    )),
    case("hand two mails cell", Export(
        "generic_table",
"""\
Name,E-mail,Phone,Country
Ann Lee,ann@example.org; ann.lee@example.com,+44 7400 123456 / +44 7400 123457,UK
Bob Ray,bob(at)example.org,tel. 020 7946 0958 ext. 12,UK
Cy Fox,mailto:cy@example.org,n.a.,England
Di Poe,"di@example,org",,
Ed Low,ＥＤ＠example.org,,Scotland
""",
        [
            {'full_name': 'Ann Lee', 'email': 'ann@example.org', 'country': 'GB', 'phone': '+447400123456'},
            {'full_name': 'Bob Ray', 'email': 'bob@example.org', 'country': 'GB', 'phone': '+442079460958'},
            {'full_name': 'Cy Fox', 'email': 'cy@example.org', 'country': 'GB'},
            {'full_name': 'Di Poe', 'email': 'di@example.org'},
            {'full_name': 'Ed Low', 'email': 'ed@example.org', 'country': 'GB'},
        ],
    )),
    case("hand rich dates", Export(
        "generic_table",
        {
            'S': [
                ['Registered', 'Full name', 'Email', 'Country', 'Attendance', 'Minutes in webinar'],
                ['2026-04-01 10:00:00', 'Gia Lomi', 'gia@example.org', 'Sakartvelo', '+', '01:05:00'],
                ['2026-04-01 10:00:00', 'Hao Wu', 'hao@example.org', 'China', '-', ""],
            ],
        },
        [
            {'full_name': 'Gia Lomi', 'email': 'gia@example.org', 'country': 'GE', 'attended': True, 'minutes': 65},
            {'full_name': 'Hao Wu', 'email': 'hao@example.org', 'country': 'CN', 'attended': False},
        ],
    )),
    case("hand cp1251 tab no ext", Export(
        "generic_table",
"""\
Фамилия Имя,"Организация, должность",Страна,Контактный тел.,e-mail
Цой Алексей,"ООО ""Юг"", директор",Узбекистан,(+99890) 123-45-67,tsoy@example.org
""",
        [
            {'full_name': 'Цой Алексей', 'email': 'tsoy@example.org', 'country': 'UZ', 'phone': '+998901234567', 'title_company_raw': 'ООО "Юг", директор'},
        ],
        encoding="cp1251",
    )),
    case("hand zh multiline", Export(
        "generic_table",
        {
            '名单': [
                ['2026年跨境电商对接会报名表'],
                ['填表说明：请如实填写'],
                ['序号', '企业名称（中英文）', '参会人姓名', '性别', '职务', '联系方式（手机/微信/邮箱）', '所在国家', '主营产品', '合作需求'],
                [1, '义乌市鑫源贸易有限公司\nYiwu Xinyuan Trading', '刘 芳', '女', '总经理', '手机：13800138000\n微信：liufang_yw\n邮箱：liufang@example.org', '中国', '小商品', '寻找俄罗斯代理'],
                [2, '同上', '张 磊', '男', '业务员', '13900139000', '中国', '', ''],
                ['备注：以上信息仅供内部使用'],
            ],
        },
        [
            {'full_name': '刘 芳', 'email': 'liufang@example.org', 'country': 'CN', 'company': '义乌市鑫源贸易有限公司\nYiwu Xinyuan Trading', 'title': '总经理', 'phone': '+8613800138000', 'wechat': 'liufang_yw', 'offers_text': '小商品', 'seeks_text': '寻找俄罗斯代理'},
            {'full_name': '张 磊', 'country': 'CN', 'company': '义乌市鑫源贸易有限公司\nYiwu Xinyuan Trading', 'title': '业务员', 'phone': '+8613900139000'},
        ],
        reasons=["remark"],
    )),
)
# fmt: on


@pytest.mark.parametrize("export", EXPORTS)
def test_a_list_made_by_hand_is_read_as_a_person_reads_it(export: Export) -> None:
    assert_read(export)
