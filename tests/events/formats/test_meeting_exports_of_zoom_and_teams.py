# ruff: noqa: E501, Q000 - the rows of exports are as long as the tools write them
import pytest

from tests.events.formats.exports import Export, assert_read, case

# A row of a table stands on one line.
# fmt: off
EXPORTS = (
    case("webinar other attended", Export(
        "zoom_webinar_attendee",
"""\
Attendee Report
Report Generated:,04/24/2026 06:26:11 PM
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered,# Cancelled,Unique Viewers,Total Users,Max Concurrent Views
Export readiness,912 3456 7890,04/23/2026 03:00:00 PM,95,3,0,2,5,2
Host Details
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name
Yes,ESCAP Webinar Team,webinar-team@example.org,04/23/2026 02:40:00 PM,04/23/2026 04:40:00 PM,120,No,Thailand
Attendee Details
Attended,User Name (Original Name),First Name,Last Name,Email,Country/Region,Phone,Organization,Job Title,Registration Time,Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name
Yes,Nomin,Nomin,Batbayar,nomin@example.org,Mongolia,99112233,Gobi Felt LLC,Sales manager,04/15/2026 11:23:29 AM,approved,04/23/2026 03:01:00 PM,04/23/2026 03:31:00 PM,30,Yes,Mongolia
Yes,Nomin,Nomin,Batbayar,nomin@example.org,Mongolia,99112233,Gobi Felt LLC,Sales manager,04/15/2026 11:23:29 AM,approved,04/23/2026 03:20:00 PM,04/23/2026 04:00:00 PM,40,Yes,Mongolia
No,Than Htut,Than,Htut,than.htut@example.org,Burma,--,n/a,-,04/15/2026 12:23:29 PM,approved,--,--,--,--,--
Yes,Ana M.,Ana,Makharadze,ana.m@example.org,Georgia,555 12 34 56,Tea House,,04/15/2026 12:23:29 PM,approved,04/23/2026 03:01:00 PM,04/23/2026 04:35:00 PM,94,Yes,Georgia
Other Attended
User Name,Join Time,Leave Time,Time in Session (minutes),Country/Region Name
8613800000000,04/23/2026 03:01:00 PM,04/23/2026 03:11:00 PM,10,China
""",
        [
            {'full_name': 'Nomin Batbayar', 'email': 'nomin@example.org', 'country': 'MN', 'company': 'Gobi Felt LLC', 'title': 'Sales manager', 'phone': '+97699112233', 'attended': True, 'minutes': 59},
            {'full_name': 'Than Htut', 'email': 'than.htut@example.org', 'country': 'MM', 'attended': False},
            {'full_name': 'Ana Makharadze', 'email': 'ana.m@example.org', 'country': 'GE', 'company': 'Tea House', 'phone': '+995555123456', 'attended': True, 'minutes': 94},
            {'full_name': 'ESCAP Webinar Team', 'email': 'webinar-team@example.org', 'country': 'TH', 'attended': True, 'minutes': 120, 'role': 'host'},
        ],
        reasons=["device"],
    )),
    case("registration custom questions", Export(
        "zoom_webinar_registration",
"""\
Registration Report
Report Generated:,"Apr 23, 2026 09:00:11"
Topic,Webinar ID,Scheduled Time,Duration (minutes),# Registered,# Cancelled,# Approved,# Denied
"Selling to China, 2026",912 3456 7890,"Apr 23, 2026 15:00:00",90,4,1,2,1
Attendee Details
First Name,Last Name,Email,City,Country/Region,Phone,Organization,Job Title,What sector do you work in?,What products or services do you offer?,What are you looking for?,Do you have any questions for the speakers?,Registration Time,Approval Status,Source Name
Meerim,ABDYLDAEVA,meerim@example.org,Bishkek,Kyrgyz Republic,0555123456,Felt & Co,Founder,Crafts,Felt slippers,Distributors in China,How to get a trademark?,"Apr 10, 2026 10:00:00",approved,Facebook
Sokha,Chan,Sokha.Chan@Example.org ,Phnom Penh,Cambodia,012 345 678,"Mekong Pepper Co., Ltd",Managing director,Agriculture,Kampot pepper,Importers,N/A,"Apr 10, 2026 10:00:00",approved,LinkedIn
Test,Test,test@example.org,,,,,,,,,,"Apr 10, 2026 10:00:00",cancelled by self,
Piotr,K,piotr@example.org,,Poland,,,,,,,,"Apr 11, 2026 10:00:00",pending approval,
""",
        [
            {'full_name': 'Meerim Abdyldaeva', 'email': 'meerim@example.org', 'country': 'KG', 'company': 'Felt & Co', 'title': 'Founder', 'phone': '+996555123456', 'city': 'Bishkek', 'sector_raw': 'Crafts', 'offers_text': 'Felt slippers', 'seeks_text': 'Distributors in China', 'question': 'How to get a trademark?'},
            {'full_name': 'Sokha Chan', 'email': 'sokha.chan@example.org', 'country': 'KH', 'company': 'Mekong Pepper Co., Ltd', 'title': 'Managing director', 'phone': '+85512345678', 'city': 'Phnom Penh', 'sector_raw': 'Agriculture', 'offers_text': 'Kampot pepper', 'seeks_text': 'Importers'},
            {'full_name': 'Piotr K', 'email': 'piotr@example.org', 'country': 'PL', 'status': 'pending'},
        ],
        reasons=["cancelled"],
    )),
    case("meeting old", Export(
        "zoom_meeting_participants",
"""\
Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,
812 0000 1111,B2B hour,04/23/2026 03:00:00 PM,04/23/2026 04:05:00 PM,host@example.org,65,5,

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room
Lin Host,host@example.org,04/23/2026 03:00:00 PM,04/23/2026 04:05:00 PM,65,No,,No
Rustam T (Rustam Tursunov),rustam@example.org,04/23/2026 03:01:00 PM,04/23/2026 03:05:00 PM,4,Yes,Y,Yes
Rustam T (Rustam Tursunov),rustam@example.org,04/23/2026 03:05:00 PM,04/23/2026 04:05:00 PM,60,Yes,Y,No
Otter.ai,,04/23/2026 03:05:00 PM,04/23/2026 04:05:00 PM,60,Yes,,No
Fred (Fireflies.ai Notetaker),fred@fireflies.ai,04/23/2026 03:05:00 PM,04/23/2026 04:05:00 PM,60,Yes,,No
Galaxy A52,,04/23/2026 03:05:00 PM,04/23/2026 04:05:00 PM,60,Yes,,No
Conference Room 3,,04/23/2026 03:05:00 PM,04/23/2026 04:05:00 PM,60,Yes,,No
+998 90 *** ** 11,,04/23/2026 03:05:00 PM,04/23/2026 04:05:00 PM,60,Yes,,No
""",
        [
            {'full_name': 'Lin Host', 'email': 'host@example.org', 'attended': True, 'minutes': 65},
            {'full_name': 'Rustam Tursunov', 'email': 'rustam@example.org', 'attended': True, 'minutes': 60},
        ],
        reasons=["waiting_room", "bot", "bot", "device", "device", "device"],
    )),
    case("meeting new ru", Export(
        "zoom_meeting_participants",
"""\
Тема,Идентификатор,Время начала,Время окончания,Электронная почта пользователя,Длительность (минуты),Участники
Час предпринимателя,812 0000 1111,23.04.2026 15:00,23.04.2026 16:05,host@example.org,65,3

Имя (настоящее имя),Электронная почта пользователя,Общая продолжительность (минуты),Гость
Оля (Ким Ольга),olga@example.org,61,Да
Сергей Ю. (СЕРГЕЙ ЮН),yun@example.org,15,Да
iPhone (Айдана),,5,Да
""",
        [
            {'full_name': 'Ким Ольга', 'email': 'olga@example.org', 'attended': True, 'minutes': 61},
            {'full_name': 'Сергей Юн', 'email': 'yun@example.org', 'attended': True, 'minutes': 15},
        ],
        reasons=["no_email"], encoding="utf-8-sig",
    )),
    case("meeting zh", Export(
        "zoom_meeting_participants",
"""\
名称(原始名称),用户电子邮件,加入时间,离开时间,时长(分钟),访客,国家/地区名称
王芳,wangfang@example.org,2026/04/23 15:00:00,2026/04/23 15:30:00,30,是,中国
王芳,wangfang@example.org,2026/04/23 15:40:00,2026/04/23 16:00:00,20,是,中国
小李(李 强),liqiang@example.org,2026/04/23 15:00:00,2026/04/23 15:30:00,30,是,哈萨克斯坦
""",
        [
            {'full_name': '王芳', 'email': 'wangfang@example.org', 'country': 'CN', 'attended': True, 'minutes': 50},
            {'full_name': '李 强', 'email': 'liqiang@example.org', 'country': 'KZ', 'attended': True, 'minutes': 30},
        ],
        encoding="utf-8-sig",
    )),
    case("teams old flat", Export(
        "teams_attendance",
"""\
Full Name,User Action,Timestamp
Asel Bekova,Joined,"4/23/2026, 3:02:11 PM"
Asel Bekova,Left,"4/23/2026, 3:32:11 PM"
Asel Bekova,Joined before,"4/23/2026, 3:40:11 PM"
Asel Bekova,Left,"4/23/2026, 4:10:11 PM"
"Okonkwo, Chidi",Joined,"4/23/2026, 3:02:11 PM"
"Okonkwo, Chidi",Left,"4/23/2026, 4:02:11 PM"
""",
        [
            {'full_name': 'Asel Bekova', 'attended': True, 'minutes': 60},
            {'full_name': 'Chidi Okonkwo', 'attended': True, 'minutes': 60},
        ],
        encoding="utf-16",
    )),
    case("teams flat 2021", Export(
        "teams_attendance",
"""\
Meeting Summary
Total Number of Participants,3
Meeting Title,B2B hour
Meeting Start Time,"4/23/2026, 3:00:00 PM"
Meeting End Time,"4/23/2026, 4:05:00 PM"

Full Name,Join Time,Leave Time,Duration,Email,Role,Participant ID (UPN)
"Host, Lin","4/23/2026, 3:00:00 PM","4/23/2026, 4:05:00 PM",1h 5m,lin@example.org,Organizer,lin@example.org
Madina Yusupova,"4/23/2026, 3:10:00 PM","4/23/2026, 3:40:00 PM",30m 1s,madina@example.org,Attendee,madina@example.org
Madina Yusupova,"4/23/2026, 3:50:00 PM","4/23/2026, 4:05:00 PM",15m,madina@example.org,Attendee,madina@example.org
read.ai meeting notes,"4/23/2026, 3:50:00 PM","4/23/2026, 4:05:00 PM",15m,,Attendee,
""",
        [
            {'full_name': 'Lin Host', 'email': 'lin@example.org', 'attended': True, 'minutes': 65, 'role': 'organizer'},
            {'full_name': 'Madina Yusupova', 'email': 'madina@example.org', 'attended': True, 'minutes': 45},
        ],
        reasons=["bot"], encoding="utf-16",
    )),
    case("teams de", Export(
        "teams_attendance",
"""\
1. Zusammenfassung
Besprechungstitel,Digitale Maßnahmen
Teilnehmende,2
Startzeit,"23.04.26, 15:00:11"
Endzeit,"23.04.26, 17:01:02"
Besprechungsdauer,2 Std. 0 Min. 51 Sek.
Durchschnittliche Anwesenheitsdauer,1 Std. 10 Min. 2 Sek.

2. Teilnehmende
Name,Erster Beitritt,Letztes Verlassen,Dauer in der Besprechung,E-Mail,Teilnehmer-ID (UPN),Rolle
"Müller, Jürgen","23.04.26, 15:02:11","23.04.26, 16:30:02",1 Std. 27 Min. 51 Sek.,j.mueller@example.org,j.mueller@example.org,Teilnehmer
Petra Groß (Gast),"23.04.26, 15:02:11","23.04.26, 15:12:02",9 Min. 51 Sek.,petra@example.org,,Referent

3. Aktivitäten in der Besprechung
Name,Beitrittszeit,Verlassenszeit,Dauer,E-Mail,Rolle
"Müller, Jürgen","23.04.26, 15:02:11","23.04.26, 16:30:02",1 Std. 27 Min. 51 Sek.,j.mueller@example.org,Teilnehmer
""",
        [
            {'full_name': 'Jürgen Müller', 'email': 'j.mueller@example.org', 'attended': True, 'minutes': 88},
            {'full_name': 'Petra Groß', 'email': 'petra@example.org', 'attended': True, 'minutes': 10, 'role': 'presenter'},
        ],
        encoding="utf-16",
    )),
    case("teams ru", Export(
        "teams_attendance",
"""\
1. Сводка
Название собрания,Цифровой час
"Участники, посетившие собрание",2
Время начала,"23.04.2026, 15:00:11"
Время окончания,"23.04.2026, 17:01:02"

2. Участники
Имя,Первое присоединение,Последний выход,Длительность участия в собрании,Электронная почта,ИД участника (UPN),Роль
Гульнара Исаева,"23.04.2026, 15:02:11","23.04.2026, 16:30:02",1 ч 27 мин 51 с,gulnara@example.org,,Участник
Лин Хост,"23.04.2026, 15:00:11","23.04.2026, 17:01:02",2 ч 0 мин 51 с,lin@example.org,,Организатор
Анвар (Не проверено),"23.04.2026, 15:02:11","23.04.2026, 15:03:02",51 с,,,Участник

3. Действия на собрании
Имя,Время присоединения,Время выхода,Длительность,Электронная почта,Роль
Гульнара Исаева,"23.04.2026, 15:02:11","23.04.2026, 16:30:02",1 ч 27 мин 51 с,gulnara@example.org,Участник
""",
        [
            {'full_name': 'Гульнара Исаева', 'email': 'gulnara@example.org', 'attended': True, 'minutes': 88},
            {'full_name': 'Лин Хост', 'email': 'lin@example.org', 'attended': True, 'minutes': 121, 'role': 'organizer'},
        ],
        reasons=["no_email"], encoding="utf-16",
    )),
    case("teams zh", Export(
        "teams_attendance",
"""\
1. 摘要
会议标题,数字行动
参加的参与者,2
开始时间,2026/4/23 15:00:11
结束时间,2026/4/23 17:01:02

2. 参与者
姓名,首次加入时间,最后离开时间,会议中时长,电子邮件,参与者 ID (UPN),角色
赵敏,2026/4/23 15:02:11,2026/4/23 16:30:02,1 小时 27 分钟 51 秒,zhaomin@example.org,,与会者
陈 刚 (来宾),2026/4/23 15:02:11,2026/4/23 15:22:11,20 分钟,chengang@example.org,,演示者

3. 会议中活动
姓名,加入时间,离开时间,持续时间,电子邮件,角色
赵敏,2026/4/23 15:02:11,2026/4/23 16:30:02,1 小时 27 分钟 51 秒,zhaomin@example.org,与会者
""",
        [
            {'full_name': '赵敏', 'email': 'zhaomin@example.org', 'attended': True, 'minutes': 88},
            {'full_name': '陈 刚', 'email': 'chengang@example.org', 'attended': True, 'minutes': 20, 'role': 'presenter'},
        ],
        encoding="utf-16-le",
    )),
    case("teams webinar", Export(
        "teams_attendance",
"""\
1. Summary
Meeting title,Selling online
Registered participants,3
Attended participants,1
Start time,"4/23/26, 3:00:11 PM"

2. Registration
First Name,Last Name,Registration Email,Registration Time,Registration Status,Job title,Organization,Country/Region,What do you offer?
Zarina,Saidova,zarina@example.org,"4/20/26, 3:00:11 PM",Registered,Owner,Pamir Honey,Tajikistan,Mountain honey
Bob,Lee,bob@example.org,"4/20/26, 3:00:11 PM",Canceled,,,USA,
Hao,Nguyen,hao@example.org,"4/20/26, 3:00:11 PM",Registered,,Rice Viet,Viet Nam,Rice

3. Participants
Name,First Join,Last Leave,In-Meeting Duration,Email,Participant ID (UPN),Role
Zarina S,"4/23/26, 3:02:11 PM","4/23/26, 4:30:02 PM",1h 27m 51s,zarina@example.org,,Attendee

4. In-Meeting Activities
Name,Join Time,Leave Time,Duration,Email,Role
Zarina S,"4/23/26, 3:02:11 PM","4/23/26, 4:30:02 PM",1h 27m 51s,zarina@example.org,Attendee
""",
        [
            {'full_name': 'Zarina Saidova', 'email': 'zarina@example.org', 'country': 'TJ', 'company': 'Pamir Honey', 'title': 'Owner', 'attended': True, 'minutes': 88, 'offers_text': 'Mountain honey'},
            {'full_name': 'Hao Nguyen', 'email': 'hao@example.org', 'country': 'VN', 'company': 'Rice Viet', 'offers_text': 'Rice'},
        ],
        reasons=["cancelled"], encoding="utf-16-be",
    )),
    case("voov en", Export(
        "tencent_meeting",
        {
            'Attendee Overview': [
                ['Meeting topic:', 'Digital Actions'],
                ['Meeting ID:', '123 456 789'],
                ['Meeting creator:', 'Organizer Office'],
                ['Scheduled start time:', '2026-04-23 15:00:00'],
                ['Scheduled end time:', '2026-04-23 17:00:00'],
                ['Total meeting duration:', '2:01:00'],
                ['Total participants:', '3'],
                [],
                ['Username (meeting nickname)', 'First join time', 'Last leave time', 'Number of joins', 'Total duration', 'Identity'],
                ['Zhang San(Shenzhen Lights-Zhang San)', '2026-04-23 15:00:05', '2026-04-23 17:00:00', '2', '1:30:00', 'Attendee'],
                ['Elena Kim(Elena Kim)', '2026-04-23 15:00:05', '2026-04-23 16:00:05', '1', '1:00:00', 'Attendee'],
                ['Organizer Office(Organizer Office)', '2026-04-23 14:40:05', '2026-04-23 17:00:00', '1', '2:20:00', 'Host'],
            ],
        },
        [
            {'full_name': 'Zhang San', 'attended': True, 'minutes': 90},
            {'full_name': 'Elena Kim', 'attended': True, 'minutes': 60},
        ],
        reasons=["host"],
    )),
)
# fmt: on


@pytest.mark.parametrize("export", EXPORTS)
def test_a_report_of_a_meeting_tells_who_was_there_and_how_long(export: Export) -> None:
    assert_read(export)
