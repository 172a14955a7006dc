# ruff: noqa: E501, Q000 - the rows of exports are as long as the tools write them
import pytest

from tests.events.formats.exports import Export, assert_read, case

# A row of a table stands on one line.
# fmt: off
EXPORTS = (
    case("tencent signup", Export(
        "tencent_meeting",
        {
            '报名信息': [
                ['会议主题:', '企业对接会'],
                ['会议号:', '987 654 321'],
                [],
                ['报名时间', '姓名', '手机号', '邮箱', '公司', '职位', '所在国家', '审批状态'],
                ['2026-04-20 10:00:00', '郑爽', '+86 13600000031', 'zhengs@example.org', '杭州云仓', '运营总监', '中国', '已批准'],
                ['2026-04-20 10:00:00', '钱多', '13600000032', 'qian@example.org', '宁波港务', '', '中国', '已拒绝'],
            ],
        },
        [
            {'full_name': '郑爽', 'email': 'zhengs@example.org', 'country': 'CN', 'company': '杭州云仓', 'title': '运营总监', 'phone': '+8613600000031'},
        ],
        reasons=["denied"],
    )),
    case("tencent csv details", Export(
        "tencent_meeting",
"""\
会议主题,数字行动
会议号,123456789
会议创建者,主办方

成员名称,手机号,入会时间,退会时间,参会时长,企业,部门,身份,设备类型
冯琳,136****0033,2026-04-23 15:00:00,2026-04-23 15:30:00,00:30:00,中亚通,,成员,iOS
冯琳,136****0033,2026-04-23 15:35:00,2026-04-23 16:00:00,00:25:00,中亚通,,成员,iOS
主办方,,2026-04-23 15:00:00,2026-04-23 16:00:00,01:00:00,,,主持人,Windows
""",
        [
            {'full_name': '冯琳', 'company': '中亚通', 'attended': True, 'minutes': 55},
        ],
        reasons=["host"], encoding="utf-8-sig",
    )),
    case("zoom webinar ru", Export(
        "zoom_webinar_attendee",
"""\
Отчет об участниках
Отчет создан:,24 апр. 2026 18:26
Тема,Идентификатор вебинара,Фактическое время начала,Фактическая продолжительность (мин),Зарегистрировано,Отменено,Уникальные зрители,Всего пользователей
Экспорт для МСП,847 0000 0000,23 апр. 2026 15:00,121,6,1,4,9
Сведения об организаторе
Посетил(а),Имя пользователя (исходное имя),Электронная почта,Время входа,Время выхода,Время в сеансе (минут),Гость,Название страны/региона
Да,Лин Хост,host@example.org,23 апр. 2026 14:45:10,23 апр. 2026 17:02:00,137,Нет,Китай
Сведения об участниках
Посетил(а),Имя пользователя (исходное имя),Имя,Фамилия,Электронная почта,Время регистрации,Состояние утверждения,Время входа,Время выхода,Время в сеансе (минут),Гость,Название страны/региона
Да,Айжан,Айжан,Сейткали,aizhan@example.org,15 апр. 2026 11:23:29,утверждено,23 апр. 2026 15:01:00,23 апр. 2026 15:40:00,39,Да,Казахстан
Нет,Бек,Бек,Нуров,bek@example.org,15 апр. 2026 11:23:29,утверждено,--,--,--,--,--
Нет,Отказ,Отказ,Отказов,otkaz@example.org,15 апр. 2026 11:23:29,отклонено,--,--,--,--,--
""",
        [
            {'full_name': 'Айжан Сейткали', 'email': 'aizhan@example.org', 'country': 'KZ', 'attended': True, 'minutes': 39},
            {'full_name': 'Бек Нуров', 'email': 'bek@example.org', 'attended': False},
            {'full_name': 'Лин Хост', 'email': 'host@example.org', 'country': 'CN', 'attended': True, 'minutes': 137, 'role': 'host'},
        ],
        reasons=["denied"], encoding="utf-8-sig",
    )),
    case("zoom webinar zh", Export(
        "zoom_webinar_attendee",
"""\
参会者报告
报告生成时间:,2026/04/24 18:26
主题,研讨会 ID,实际开始时间,实际持续时间（分钟）,# 已注册,# 已取消,唯一观众,用户总数
数字行动,847 0000,2026/04/23 15:00,121,6,1,4,9
参会者详细信息
已参加,用户名（原始名称）,名,姓,电子邮件,注册时间,批准状态,加入时间,离开时间,会话时长（分钟）,是否为访客,国家/地区名称
是,小赵,伟,赵,zhaowei@example.org,2026/04/20 10:00,已批准,2026/04/23 15:00:00,2026/04/23 15:30:00,30,是,中国
否,何琳,琳,何,helin@example.org,2026/04/20 10:00,已批准,--,--,--,--,--
""",
        [
            {'full_name': '赵伟', 'email': 'zhaowei@example.org', 'country': 'CN', 'attended': True, 'minutes': 30},
            {'full_name': '何琳', 'email': 'helin@example.org', 'attended': False},
        ],
    )),
    case("zoom poll source", Export(
        "zoom_webinar_attendee",
"""\
Attendee Report,
Topic,Webinar ID
X,1
Attendee Details
Attended,User Name (Original Name),First Name,Last Name,Email,Registration Time,Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,Source Name,Country/Region Name,Company name,Which country is your business registered in?
Yes,A,Alim,Qadir,alim@example.org,04/15/2026 11:23,approved,04/23/2026 15:00,04/23/2026 15:20,20,Yes,,Germany,Qadir Dates,Pakistan
Yes,A,Alim,Qadir,alim@example.org,04/15/2026 11:23,approved,04/23/2026 15:10,04/23/2026 15:40,30,Yes,,Germany,Qadir Dates,Pakistan
""",
        [
            {'full_name': 'Alim Qadir', 'email': 'alim@example.org', 'country': 'PK', 'company': 'Qadir Dates', 'attended': True, 'minutes': 40},
        ],
    )),
    case("teams new quoted commas", Export(
        "teams_attendance",
"""\
1. Summary
Meeting title,Digital Actions
Attended participants,2
Start time,"4/23/26, 3:00:11 PM"
End time,"4/23/26, 5:01:02 PM"
Meeting duration,2h 0m 51s

2. Participants
Name,First Join,Last Leave,In-Meeting Duration,Email,Participant ID (UPN),Role
"Lee, Ann (External)","4/23/26, 3:02:11 PM","4/23/26, 4:30:02 PM",1h 27m 51s,,ann_example.com#EXT#@tenant.onmicrosoft.com,Attendee
Bob Ray,"4/23/26, 3:02:11 PM","4/23/26, 3:30:02 PM",27m 51s,bob@example.org,bob@example.org,Organizer

3. In-Meeting Activities
Name,Join Time,Leave Time,Duration,Email,Role
Bob Ray,"4/23/26, 3:02:11 PM","4/23/26, 3:30:02 PM",27m 51s,bob@example.org,Organizer
""",
        [
            {'full_name': 'Bob Ray', 'email': 'bob@example.org', 'attended': True, 'minutes': 28, 'role': 'organizer'},
        ],
        reasons=["no_email"],
    )),
    case("teams ru flat", Export(
        "teams_attendance",
"""\
Полное имя,Действие пользователя,Метка времени
Асель Бекова,Присоединение,"23.04.2026, 15:02:11"
Асель Бекова,Выход,"23.04.2026, 15:32:11"
""",
        [
            {'full_name': 'Асель Бекова', 'attended': True, 'minutes': 30},
        ],
        encoding="utf-16",
    )),
    case("tencent en csv", Export(
        "tencent_meeting",
"""\
Meeting topic,Digital Actions
Meeting ID,123456789

Name,Join time,Leave time,Duration,Role,Phone number,Email
Zhang San,2026-04-23 15:00:00,2026-04-23 15:30:00,00:30:00,Member,,
Zhang San,2026-04-23 15:20:00,2026-04-23 16:00:00,00:40:00,Member,,
Host Office,2026-04-23 15:00:00,2026-04-23 16:00:00,01:00:00,Host,,
""",
        [
            {'full_name': 'Zhang San', 'attended': True, 'minutes': 60},
        ],
        reasons=["host"],
    )),
)
# fmt: on


@pytest.mark.parametrize("export", EXPORTS)
def test_a_report_of_a_meeting_tells_who_was_there_and_how_long(export: Export) -> None:
    assert_read(export)
