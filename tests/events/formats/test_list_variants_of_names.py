# ruff: noqa: E501, Q000 - the rows of exports are as long as the tools write them
import pytest

from tests.events.formats.exports import Export, assert_read, case

# A row of a table stands on one line.
# fmt: off
EXPORTS = (
    case("en family given", Export(
        "generic_table",
"""\
FINAL LIST OF PARTICIPANTS
"Expert Group Meeting, Bangkok, 3-4 June 2026"

No.,Title,Family name,Given name,Gender,Position,Organisation,Country,E-mail,Mobile
1,Mr.,RAHMONOV,Emomali,M,Deputy Head,Chamber of Commerce,Tajikistan,rahmonov@example.org <mailto:rahmonov@example.org>,9.929E+11
2,H.E. Ms.,KIM,Yong Hui,F,Ambassador,Embassy,DPRK,kim.yh@example.org,n/a
3,Dr.,VAN DER BERG,Anna,F,Senior Adviser,CBI,Holland,anna@example.org.,06-12345678
4,Prof.,JOVANOVSKI,Goran,M,Dean,University,Macedonia,goran @example.org,070 123 456
5,Ms.,NOVÁKOVÁ,Eva,F,Analyst,CzechTrade,Czechia,eva@example.org,603 123 456
Total: 5 participants
""",
        [
            {'full_name': 'Emomali Rahmonov', 'email': 'rahmonov@example.org', 'country': 'TJ', 'company': 'Chamber of Commerce', 'title': 'Deputy Head'},
            {'full_name': 'Yong Hui Kim', 'email': 'kim.yh@example.org', 'country': 'KP', 'company': 'Embassy', 'title': 'Ambassador'},
            {'full_name': 'Anna van der Berg', 'email': 'anna@example.org', 'country': 'NL', 'company': 'CBI', 'title': 'Senior Adviser', 'phone': '+31612345678'},
            {'full_name': 'Goran Jovanovski', 'email': 'goran@example.org', 'country': 'MK', 'company': 'University', 'title': 'Dean', 'phone': '+38970123456'},
            {'full_name': 'Eva Nováková', 'email': 'eva@example.org', 'country': 'CZ', 'company': 'CzechTrade', 'title': 'Analyst', 'phone': '+420603123456'},
        ],
        reasons=["total_row"],
    )),
    case("en country sections", Export(
        "generic_table",
        {
            'List': [
                ['Name', 'Position and organization', 'Contact details'],
                ['AFGHANISTAN', '', ''],
                ['Mr. Ahmad Zahir', 'Director, Ministry of Commerce', 'zahir@example.org / +93 70 123 4567'],
                ['BURMA', '', ''],
                ['Ms. Su Su Hlaing', 'Manager, Golden Rice', 'Tel: +95 9 420 000 111; E: susu@example.org'],
                ['REPUBLIC OF KOREA', '', ''],
                ['Mr. PARK Ji-sung', 'CEO, Seoul Auto', 'park@example.org'],
            ],
        },
        [
            {'full_name': 'Ahmad Zahir', 'email': 'zahir@example.org', 'country': 'AF', 'phone': '+93701234567', 'title_company_raw': 'Director, Ministry of Commerce'},
            {'full_name': 'Su Su Hlaing', 'email': 'susu@example.org', 'country': 'MM', 'phone': '+959420000111'},
            {'full_name': 'Park Ji-sung', 'email': 'park@example.org', 'country': 'KR'},
        ],
    )),
    case("ru koi8", Export(
        "generic_table",
"""\
Список слушателей

N п/п;Фамилия;Имя;Отчество;Место работы;Должность;Республика;Тел./WhatsApp;Эл. адрес;Примечание
1;Абдуллаев;Тимур;Рустамович;ИП Абдуллаев;-;Туркмения;8 (365) 12-34-56;timur@example.org;опоздал
2;Пак;Марина;;"ООО ""Лотос\""";гл. бухгалтер;Белоруссия;8-029-111-22-33;"marina@example.org;pak@example.net";
3;Цой;Виктор;;нет;;Южная Корея;;нет;не смог
Всего;3
""",
        [
            {'full_name': 'Абдуллаев Тимур Рустамович', 'email': 'timur@example.org', 'country': 'TM', 'company': 'ИП Абдуллаев'},
            {'full_name': 'Пак Марина', 'email': 'marina@example.org', 'country': 'BY', 'company': 'ООО "Лотос"', 'title': 'гл. бухгалтер', 'phone': '+375291112233'},
            {'full_name': 'Цой Виктор', 'country': 'KR'},
        ],
        reasons=["total_row"], encoding="koi8-r",
    )),
    case("ru iso8859 5 pipe", Export(
        "generic_table",
"""\
ФИО|Организация|Страна|Телефон|Почта
Г-н Иванов Иван|"ОАО ""Рассвет\"""|ОАЭ|050 123 4567|ivanov@example.org
г-жа Сидорова А.В.|ЗАО Восход|КНР|13912345678|sidorova@example.org
""",
        [
            {'full_name': 'Иванов Иван', 'email': 'ivanov@example.org', 'country': 'AE', 'company': 'ОАО "Рассвет"', 'phone': '+971501234567'},
            {'full_name': 'Сидорова А.В.', 'email': 'sidorova@example.org', 'country': 'CN', 'company': 'ЗАО Восход', 'phone': '+8613912345678'},
        ],
        encoding="iso-8859-5",
    )),
    case("zh big5", Export(
        "generic_table",
"""\
參加者名單
編號,姓名,公司,職稱,國家/地區,電話,電子郵件
1,陳大文 先生,香港貿易有限公司,經理,香港,9123 4567,chan@example.org
2,林美玲 女士,台北茶業,總監,台灣,0912-345-678,lin@example.org
合計,2人
""",
        [
            {'full_name': '陳大文', 'email': 'chan@example.org', 'country': 'HK', 'company': '香港貿易有限公司', 'title': '經理', 'phone': '+85291234567'},
            {'full_name': '林美玲', 'email': 'lin@example.org', 'country': 'TW', 'company': '台北茶業', 'title': '總監', 'phone': '+886912345678'},
        ],
        reasons=["total_row"], encoding="big5",
    )),
    case("zh gb two headers", Export(
        "generic_table",
        {
            'Sheet1': [
                ['参会人员名单', '', '', '', '', ''],
                ['基本信息', '', '', '联系方式', '', ''],
                ['姓名', '单位', '职务', '手机', '邮箱', '国别'],
                ['李教授', '北京大学', '教授', 13800001111.0, 'prof.li@example.org', '中国'],
                ['王建国 博士', '丝路研究院', '研究员', '1.3800001112E10', 'wangjg@example.org', '中国'],
                ['金正浩', '平壤贸易', '代表', '', '', '朝鲜'],
            ],
        },
        [
            {'full_name': '李教授', 'email': 'prof.li@example.org', 'country': 'CN', 'company': '北京大学', 'title': '教授', 'phone': '+8613800001111'},
            {'full_name': '王建国', 'email': 'wangjg@example.org', 'country': 'CN', 'company': '丝路研究院', 'title': '研究员', 'phone': '+8613800001112'},
            {'full_name': '金正浩', 'country': 'KP', 'company': '平壤贸易', 'title': '代表'},
        ],
        merged=['A1:F1', 'A2:C2', 'D2:F2'],
    )),
    case("de cp1252", Export(
        "generic_table",
"""\
"sep=;"
Anrede;Nachname;Vorname;Firma;Funktion;Land;Telefon;E-Mail
Herr;Weiß;Jörg;Weiß GmbH & Co. KG;Geschäftsführer;Österreich;0664 1234567;j.weiss@example.org
Frau;Meier-Höfer;Käthe;;;Schweiz;079 123 45 67;k.meier@example.org
""",
        [
            {'full_name': 'Jörg Weiß', 'email': 'j.weiss@example.org', 'country': 'AT', 'company': 'Weiß GmbH & Co. KG', 'title': 'Geschäftsführer', 'phone': '+436641234567'},
            {'full_name': 'Käthe Meier-Höfer', 'email': 'k.meier@example.org', 'country': 'CH', 'phone': '+41791234567'},
        ],
        encoding="cp1252",
    )),
    case("fr", Export(
        "generic_table",
"""\
Liste des participants
Nom;Prénom;Société;Fonction;Pays;Courriel;Téléphone
LEFÈVRE;Chloé;Maison Lefèvre;Gérante;France;chloe@example.org;06 12 34 56 78
TRAORÉ;Moussa;néant;;Burkina Faso;moussa@example.org;70 12 34 56
""",
        [
            {'full_name': 'Chloé Lefèvre', 'email': 'chloe@example.org', 'country': 'FR', 'company': 'Maison Lefèvre', 'title': 'Gérante', 'phone': '+33612345678'},
            {'full_name': 'Moussa Traoré', 'email': 'moussa@example.org', 'country': 'BF', 'phone': '+22670123456'},
        ],
        encoding="utf-8-sig",
    )),
    case("es", Export(
        "generic_table",
"""\
Nº,Nombre y apellidos,Empresa,Cargo,País,Correo electrónico,Teléfono
1,Íñigo Núñez García,Aceites del Sur S.L.,Director comercial,España,inigo@example.org,612 345 678
2,María José Peña,Café Andino,Gerente,Perú,mj@example.org,+51 912 345 678
""",
        [
            {'full_name': 'Íñigo Núñez García', 'email': 'inigo@example.org', 'country': 'ES', 'company': 'Aceites del Sur S.L.', 'title': 'Director comercial', 'phone': '+34612345678'},
            {'full_name': 'María José Peña', 'email': 'mj@example.org', 'country': 'PE', 'company': 'Café Andino', 'title': 'Gerente', 'phone': '+51912345678'},
        ],
        encoding="cp1252",
    )),
    case("tr cp1254", Export(
        "generic_table",
"""\
Sıra;Adı Soyadı;Şirket;Görevi;Ülke;E-posta;Cep Telefonu
1;AYŞE ŞAHİN;Işık Tekstil Ltd. Şti.;Müdür;Türkiye;ayse@example.org;0533 123 45 67
2;Çağrı Öztürk;Doğuş Gıda;;Azerbaycan;cagri@example.org;050 123 45 67
""",
        [
            {'full_name': 'Ayşe Şahin', 'email': 'ayse@example.org', 'country': 'TR', 'company': 'Işık Tekstil Ltd. Şti.', 'title': 'Müdür', 'phone': '+905331234567'},
            {'full_name': 'Çağrı Öztürk', 'email': 'cagri@example.org', 'country': 'AZ', 'company': 'Doğuş Gıda', 'phone': '+994501234567'},
        ],
        encoding="cp1254",
    )),
    case("ar", Export(
        "generic_table",
        {
            'ورقة1': [
                ['الاسم الكامل', 'الشركة', 'المسمى الوظيفي', 'الدولة', 'البريد الإلكتروني', 'رقم الهاتف'],
                ['محمد الأحمد', 'شركة الخليج للتجارة', 'مدير المبيعات', 'الإمارات العربية المتحدة', 'm.ahmad@example.org', '٠٥٠١٢٣٤٥٦٧'],
                ['فاطمة حسن', '', '', 'مصر', 'fatima@example.org', '+20 100 123 4567'],
            ],
        },
        [
            {'full_name': 'محمد الأحمد', 'email': 'm.ahmad@example.org', 'country': 'AE', 'company': 'شركة الخليج للتجارة', 'title': 'مدير المبيعات', 'phone': '+971501234567'},
            {'full_name': 'فاطمة حسن', 'email': 'fatima@example.org', 'country': 'EG', 'phone': '+201001234567'},
        ],
    )),
    case("uz", Export(
        "generic_table",
"""\
T/r,F.I.Sh.,Tashkilot,Lavozimi,Davlat,Telefon raqami,Elektron pochta
1,Qo'chqorov Ulug'bek Alisher o'g'li,Andijon Agro MChJ,Direktor,O'zbekiston,90 123 45 67,ulugbek@example.org
2,Sobirova Nilufar,yo'q,,Kazakhstan,8 701 222 33 44,nilufar@example.org
""",
        [
            {'full_name': "Qo'chqorov Ulug'bek Alisher o'g'li", 'email': 'ulugbek@example.org', 'country': 'UZ', 'company': 'Andijon Agro MChJ', 'title': 'Direktor', 'phone': '+998901234567'},
            {'full_name': 'Sobirova Nilufar', 'email': 'nilufar@example.org', 'country': 'KZ', 'phone': '+77012223344'},
        ],
    )),
    case("kk", Export(
        "generic_table",
"""\
Р/с,Аты-жөні,Ұйым,Лауазымы,Ел,Ұялы телефон,Электрондық пошта
1,Әбілқасымов Нұрлан,«Жетісу» ЖШС,Директор,Қазақстан,8 (702) 333-44-55,nurlan@example.org
2,Өмірбекова Гүлнұр,жоқ,,Қырғызстан,0555 111 222,gulnur@example.org
""",
        [
            {'full_name': 'Әбілқасымов Нұрлан', 'email': 'nurlan@example.org', 'country': 'KZ', 'company': '«Жетісу» ЖШС', 'title': 'Директор', 'phone': '+77023334455'},
            {'full_name': 'Өмірбекова Гүлнұр', 'email': 'gulnur@example.org', 'country': 'KG', 'phone': '+996555111222'},
        ],
    )),
    case("no header", Export(
        "generic_table",
"""\
Aigul Toktogulova,aigul.t@example.org,+996 555 000 111,Kyrgyzstan,Altyn Bee
John Brown,john@example.org,+44 7400 000111,United Kingdom,Brown Ltd
Li Ming,liming@example.org,+86 138 0000 2222,China,Ming Trade Co
""",
        [
            {'full_name': 'Aigul Toktogulova', 'email': 'aigul.t@example.org', 'country': 'KG', 'company': 'Altyn Bee', 'phone': '+996555000111'},
            {'full_name': 'John Brown', 'email': 'john@example.org', 'country': 'GB', 'company': 'Brown Ltd', 'phone': '+447400000111'},
            {'full_name': 'Li Ming', 'email': 'liming@example.org', 'country': 'CN', 'company': 'Ming Trade Co', 'phone': '+8613800002222'},
        ],
    )),
    case("mail list", Export(
        "generic_table",
"""\
"Saida Karimova" <saida@example.org>
Bob Stone <bob.stone@example.org>;
plain@example.org
""",
        [
            {'full_name': 'Saida Karimova', 'email': 'saida@example.org'},
            {'full_name': 'Bob Stone', 'email': 'bob.stone@example.org'},
            {'full_name': None, 'email': 'plain@example.org'},
        ],
    )),
    case("leading blanks", Export(
        "generic_table",
        {
            'Sheet1': [
                [],
                [],
                ["", "", 'Name', 'Email', 'Country', 'Company'],
                ["", "", 'Ravi Shankar', 'ravi@example.org', 'India', 'Sitar Ltd'],
                [],
                ["", "", 'Sita Devi', 'sita@example.org', 'Nepal', 'Yak Wool'],
            ],
        },
        [
            {'full_name': 'Ravi Shankar', 'email': 'ravi@example.org', 'country': 'IN', 'company': 'Sitar Ltd'},
            {'full_name': 'Sita Devi', 'email': 'sita@example.org', 'country': 'NP', 'company': 'Yak Wool'},
        ],
    )),
)
# fmt: on


@pytest.mark.parametrize("export", EXPORTS)
def test_a_list_made_by_hand_is_read_as_a_person_reads_it(export: Export) -> None:
    assert_read(export)
