# ruff: noqa: E501 - the rows of exports are as long as the tools write them
from tests.events.formats.made import (
    assert_people,
    make_csv,
    make_xlsx,
    reading_of,
    reasons_of,
)

# A row of a table stands on one line.
# fmt: off


ZOOM_OLD = """Attendee Report
Report Generated:,"May 3, 2021 9:12 AM"
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered,# Cancelled,Unique Viewers,Total Users,Max Concurrent Views,Enable Registration
"Export, step by step",812 3456 7890,"May 2, 2021 2:58 PM",95,120,2,60,75,40,Yes
Host Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
Yes,Chamber of Commerce,events@example.org,"May 2, 2021 02:58:01 PM","May 2, 2021 04:33:10 PM",96,No,Kazakhstan,
Attendee Details,
Attended,User Name (Original Name),First Name,Last Name,Email,Address,City,Country/Region,Zip/Postal Code,Phone,Industry,Organization,Job Title,Questions & Comments,Registration Time,Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
Yes,Marat,MARAT,SULEIMENOV,m.suleimenov@example.org,Abay 1,Almaty,Kazakhstan,050000,8 701 000 00 31,Agriculture,ТОО «Дала»,Директор,How to export honey to China?,"Apr 30, 2021 10:00:00","approved","May 2, 2021 03:00:00 PM","May 2, 2021 04:00:00 PM",60,Yes,Turkey,
Yes,Marat,MARAT,SULEIMENOV,m.suleimenov@example.org,Abay 1,Almaty,Kazakhstan,050000,8 701 000 00 31,Agriculture,ТОО «Дала»,Директор,How to export honey to China?,"Apr 30, 2021 10:00:00","approved","May 2, 2021 03:30:00 PM","May 2, 2021 04:30:00 PM",60,Yes,Turkey,
No,--,Gulnara,Asanova,gulnara@example.org,,,Kyrgyzstan,,--,,,,--,"Apr 30, 2021 11:00:00","pending approval",--,--,--,--,--,
Yes,Otter.ai,Otter.ai,,bot@otter.example.org,,,,,,,,,,"Apr 30, 2021 11:00:00","approved","May 2, 2021 03:00:00 PM","May 2, 2021 04:00:00 PM",60,Yes,United States,
Other Attended,
User Name,Join Time,Leave Time,Time in Session (minutes),Country/Region Name,
1650****123,"May 2, 2021 03:00:00 PM","May 2, 2021 03:05:00 PM",5,United States,
"""


def test_an_older_zoom_report_counts_two_devices_at_one_time_once() -> None:
    reading = reading_of(ZOOM_OLD, "attendee_81234567890.csv")
    assert reading.format == "zoom_webinar_attendee"
    assert_people(
        reading,
        {"full_name": "Marat Suleimenov", "email": "m.suleimenov@example.org", "country": "KZ", "company": "ТОО «Дала»", "title": "Директор", "phone": "+77010000031", "city": "Almaty", "attended": True, "minutes": 90, "sector_raw": "Agriculture", "question": "How to export honey to China?"},
        {"full_name": "Gulnara Asanova", "attended": False, "status": "pending", "country": "KG"},
        {"full_name": "Chamber of Commerce", "role": "host", "minutes": 96},
    )
    assert reasons_of(reading) == ["bot", "device"]


ZOOM_RU = """Отчет об участниках
Отчет создан:,"24 апр. 2026 г. 18:26"
Тема,Идентификатор вебинара,Фактическое время начала
Цифровые действия,847 0000 0000,"23 апр. 2026 г. 15:00"
Сведения о докладчиках
Присутствовал,Имя пользователя (исходное имя),Электронная почта,Время входа,Время выхода,Время в сеансе (минуты),Гость,Название страны/региона
Да,Лола Каримова,lola@example.org,23.04.2026 14:50:00,23.04.2026 16:00:00,70,Да,Узбекистан
Сведения об участниках
Присутствовал,Имя пользователя (исходное имя),Имя,Фамилия,Электронная почта,Телефон,Время регистрации,Статус одобрения,Время входа,Время выхода,Время в сеансе (минуты),Гость,Название страны/региона
Да,Пётр,Пётр,Иванов,petr@example.org,8 (916) 000-00-41,15.04.2026,одобрено,23.04.2026 15:01:00,23.04.2026 15:40:00,39,Да,Российская Федерация
Нет,Анна,Анна,Ли,anna.li@example.org,--,15.04.2026,отменено пользователем,--,--,--,--,Казахстан
Нет,Ли,Ольга,Ли,olga.li@example.org,--,15.04.2026,одобрено,--,--,--,--,Казахстан
"""


def test_a_russian_zoom_report_in_cp1251_with_semicolons_reads_the_same() -> None:
    content = ZOOM_RU.replace(",", ";")
    reading = reading_of(content, "otchet.csv", encoding="cp1251")
    assert (reading.format, reading.encoding) == ("zoom_webinar_attendee", "cp1251")
    assert_people(
        reading,
        {"full_name": "Пётр Иванов", "phone": "+79160000041", "country": "RU", "minutes": 39, "attended": True},
        {"full_name": "Ольга Ли", "attended": False, "country": "KZ", "minutes": None},
        {"full_name": "Лола Каримова", "role": "panelist", "minutes": 70},
    )
    assert reasons_of(reading) == ["cancelled"]


ZOOM_ZH = """参加者报告
报告生成时间:,2026-04-24 18:26
主题,研讨会 ID,实际开始时间
数字行动,847 0000 0000,2026-04-23 15:00
参加者详情
已参加,用户名（原始名称）,名字,姓氏,电子邮件,电话,组织,职位,注册时间,批准状态,加入时间,离开时间,会话时长（分钟）,为访客,国家/地区名称
是,小王,伟,王,wangwei@example.org,13800000051,杭州贸易有限公司,经理,2026-04-15 11:00:00,已批准,2026-04-23 15:01:00,2026-04-23 16:01:00,60,是,中国
否,--,Anna,Kim,anna.kim@example.org,--,--,--,2026-04-15 11:00:00,已批准,--,--,--,--,韩国
"""


def test_a_chinese_zoom_report_puts_the_family_name_first_in_chinese_only() -> None:
    reading = reading_of(ZOOM_ZH, "x.csv", encoding="gb18030")
    assert (reading.format, reading.encoding) == ("zoom_webinar_attendee", "gb18030")
    assert_people(
        reading,
        {"full_name": "王伟", "phone": "+8613800000051", "company": "杭州贸易有限公司", "title": "经理", "minutes": 60, "country": "CN"},
        {"full_name": "Anna Kim", "country": "KR", "attended": False, "phone": None},
    )


ZOOM_MEETING = """Topic,Meeting ID,Host,User Email,Start Time,End Time,Duration (Minutes),Participants
Weekly,812 0000 0000,Lin Host,host@example.org,04/23/2026 03:00:00 PM,04/23/2026 05:00:00 PM,120,4

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room
Lin Host (Host),host@example.org,04/23/2026 02:59:00 PM,04/23/2026 05:00:00 PM,121,No,,No
Farhod Nazarov,farhod@example.org,04/23/2026 02:50:00 PM,04/23/2026 03:00:00 PM,10,Yes,,Yes
Farhod Nazarov,farhod@example.org,04/23/2026 03:00:00 PM,04/23/2026 03:30:00 PM,30,Yes,,No
Farhod Nazarov,,04/23/2026 03:40:00 PM,04/23/2026 04:00:00 PM,20,Yes,,No
Anna's iPhone,anna@example.org,04/23/2026 03:40:00 PM,04/23/2026 04:00:00 PM,20,Yes,,No
Galaxy S21 Ultra,,04/23/2026 03:40:00 PM,04/23/2026 04:00:00 PM,20,Yes,,No
fireflies.ai Notetaker Timur,,04/23/2026 03:40:00 PM,04/23/2026 04:00:00 PM,20,Yes,,No
Мария Орлова,,04/23/2026 03:40:00 PM,04/23/2026 04:00:00 PM,20,Yes,,No
"""


def test_a_zoom_meeting_with_every_join_on_its_row_sums_them() -> None:
    reading = reading_of(ZOOM_MEETING, "participants_812.csv")
    assert reading.format == "zoom_meeting_participants"
    assert_people(
        reading,
        {"full_name": "Lin Host", "email": "host@example.org", "minutes": 121},
        {"full_name": "Farhod Nazarov", "email": "farhod@example.org", "minutes": 50},
        {"full_name": "Anna", "email": "anna@example.org", "minutes": 20},
    )
    assert reasons_of(reading) == ["waiting_room", "device", "bot", "no_email"]


def test_a_meeting_without_any_address_keeps_people_by_name() -> None:
    reading = reading_of(
        make_csv(
            [
                ["Name (Original Name)", "User Email", "Total Duration (Minutes)", "Guest"],
                ["Ольга Ким", "", 65, "Yes"],
                ["Wei", "", 12, "Yes"],
                ["iPad", "", 12, "Yes"],
            ]
        )
    )
    assert_people(
        reading,
        {"full_name": "Ольга Ким", "email": None, "minutes": 65},
        {"full_name": "Wei", "email": None, "minutes": 12},
    )
    assert "no_addresses" in reading.warnings


TEAMS_RU = """1. Сводка
Название собрания\tЦифровые действия
Участники\t3
Время начала\t23.04.26, 15:00:11

2. Участники
Имя\tПервое присоединение\tПоследний выход\tДлительность участия в собрании\tЭлектронная почта\tИдентификатор участника (UPN)\tРоль
Асель Бекова\t23.04.26, 15:02:11\t23.04.26, 16:30:02\t1 ч 27 мин 51 с\tasel@example.org\tasel@example.org\tУчастник
Беков, Тимур (Гость)\t23.04.26, 15:05:00\t23.04.26, 15:25:00\t20 мин 0 с\t\ttimur@example.org\tВыступающий
Read.ai meeting notes\t23.04.26, 15:05:00\t23.04.26, 15:25:00\t20 мин\tnotes@example.org\t\tУчастник

3. Действия на собрании
Имя\tВремя входа\tВремя выхода\tДлительность\tЭлектронная почта\tРоль
Асель Бекова\t23.04.26, 15:02:11\t23.04.26, 16:30:02\t1 ч 27 мин 51 с\tasel@example.org\tУчастник
"""


def test_a_russian_teams_report_takes_the_account_for_a_missing_address() -> None:
    reading = reading_of(TEAMS_RU, "report.csv", encoding="utf-16")
    assert (reading.format, reading.encoding) == ("teams_attendance", "utf-16")
    assert_people(
        reading,
        {"full_name": "Асель Бекова", "minutes": 88, "role": None},
        {"full_name": "Тимур Беков", "email": "timur@example.org", "minutes": 20, "role": "presenter"},
    )
    assert reasons_of(reading) == ["bot"]


TEAMS_OLD = """Meeting Summary
Total Number of Participants\t2
Meeting Title\tDigital
Meeting Start Time\t4/23/2021, 2:55:10 PM
Meeting End Time\t4/23/2021, 4:30:00 PM

Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)
Lin Host\t4/23/2021, 2:55:10 PM\t4/23/2021, 4:30:00 PM\t1h 34m\tlin@example.org\tOrganizer\tlin@example.org
Zhang Wei\t4/23/2021, 3:00:00 PM\t4/23/2021, 3:30:00 PM\t30m 0s\twei@example.org\tAttendee\twei@example.org
Zhang Wei\t4/23/2021, 3:20:00 PM\t4/23/2021, 4:00:00 PM\t40m\twei@example.org\tAttendee\twei@example.org
"""


def test_an_old_teams_report_without_a_mark_at_its_start_is_still_utf16() -> None:
    reading = reading_of(TEAMS_OLD, "meetingAttendanceReport.csv", encoding="utf-16-le")
    assert (reading.format, reading.encoding) == ("teams_attendance", "utf-16-le")
    assert_people(
        reading,
        {"full_name": "Lin Host", "role": "organizer", "minutes": 94},
        {"full_name": "Zhang Wei", "email": "wei@example.org", "minutes": 60},
    )


TEAMS_ZH = """1. 摘要
会议标题\t数字行动
已出席参与者\t2

2. 参与者
姓名\t首次加入时间\t最后离开时间\t会议持续时间\t电子邮件\t参与者 ID (UPN)\t角色
王 伟 (来宾)\t2026/4/23 下午3:02:11\t2026/4/23 下午4:02:11\t1 小时 0 分钟 0 秒\twang@example.org\t\t与会者
李娜\t2026/4/23 下午3:02:11\t2026/4/23 下午3:47:11\t45 分钟\tlina@example.org\t\t演示者

3. 会议中活动
姓名\t加入时间\t离开时间\t持续时间\t电子邮件\t角色
李娜\t2026/4/23 下午3:02:11\t2026/4/23 下午3:47:11\t45 分钟\tlina@example.org\t演示者
"""


def test_a_chinese_teams_report_reads_its_durations() -> None:
    reading = reading_of(TEAMS_ZH, "考勤.csv", encoding="utf-16")
    assert reading.format == "teams_attendance"
    assert_people(
        reading,
        {"full_name": "王 伟", "minutes": 60},
        {"full_name": "李娜", "minutes": 45, "role": "presenter"},
    )


def test_an_english_voov_export_skips_its_host() -> None:
    rows = [
        ["Meeting topic:", "Training"],
        ["Meeting ID:", "123 456 789"],
        ["Meeting creator:", "Organiser"],
        [],
        ["User nickname (Nickname used to join)", "First join time", "Last leave time", "Times joined", "Total duration", "Identity"],
        ["Chen Jie(CHEN Jie, Hangzhou)", "2026-04-23 15:00:05", "2026-04-23 17:00:00", "2", "1:30:00", "Member"],
        ["Organiser(Organiser)", "2026-04-23 14:30:00", "2026-04-23 17:01:00", "1", "2:31:00", "Host"],
    ]
    reading = reading_of(
        make_xlsx({"Overview": rows, "Details": [["Nickname"], ["Chen Jie"]]}),
        "voov.xlsx",
    )
    assert reading.format == "tencent_meeting"
    assert_people(
        reading,
        {"full_name": "Chen Jie", "minutes": 90, "display": "CHEN Jie, Hangzhou"},
    )
    assert reasons_of(reading) == ["host"]


def test_a_tencent_detail_sheet_alone_is_summed_from_its_joins() -> None:
    rows = [
        ["会议主题", "培训"],
        ["会议号", "123456789"],
        ["用户昵称（入会昵称）", "手机号", "入会时间", "退会时间", "企业名称"],
        ["张伟(上海-张伟)", "13800000061", "2026-04-23 15:00:00", "2026-04-23 15:30:00", "上海贸易有限公司"],
        ["张伟(上海-张伟)", "13800000061", "2026-04-23 15:40:00", "2026-04-23 16:00:00", "上海贸易有限公司"],
        ["iPhone(iPhone)", "", "2026-04-23 15:40:00", "2026-04-23 16:00:00", ""],
    ]
    reading = reading_of(make_xlsx({"成员参会明细": rows}), "腾讯会议.xlsx")
    assert_people(
        reading,
        {"full_name": "张伟", "minutes": 50, "phone": "+8613800000061", "company": "上海贸易有限公司"},
    )
    assert reasons_of(reading) == ["device"]


def test_a_meeting_tool_that_knows_few_addresses_keeps_the_others_by_name() -> None:
    rows = [
        ["会议主题:", "培训"],
        ["会议号:", "1"],
        ["用户昵称（入会昵称）", "首次入会时间", "最后退会时间", "累计参会时长", "身份", "手机号", "邮箱"],
        ["Anna Li", "2026-04-23 15:00:05", "2026-04-23 17:00:00", "01:59:55", "联席主持人", "", "anna@example.org"],
        ["王五(iPhone)", "2026-04-23 15:00:05", "2026-04-23 17:00:00", "1小时59分", "观众", "138****0001", ""],
        ["手机用户(手机用户)", "2026-04-23 15:00:05", "2026-04-23 15:01:00", "0:00:55", "观众", "", ""],
    ]
    reading = reading_of(make_xlsx({"成员参会概况": rows}), "list.xlsx")
    assert_people(
        reading,
        {"full_name": "Anna Li", "role": "cohost", "minutes": 120},
        {"full_name": "王五", "email": None, "phone": None, "minutes": 119},
    )
    assert reasons_of(reading) == ["device"]


def test_registrations_for_a_meeting_say_nothing_of_who_came() -> None:
    content = make_csv(
        [
            ["First Name", "Last Name", "Email", "Registration time", "Registration status"],
            ["Ann", "Lee", "ann@example.org", "4/20/2026", "Registered"],
            ["Bo", "Li", "bo@example.org", "4/20/2026", "Canceled"],
        ]
    )
    reading = reading_of(content, "teams_registrations.csv")
    assert_people(reading, {"full_name": "Ann Lee", "attended": None})
    assert reasons_of(reading) == ["cancelled"]
