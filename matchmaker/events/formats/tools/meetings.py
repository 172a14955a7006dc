"""Reports of who was in a meeting or a webinar: Zoom, Teams, Tencent Meeting."""

import re
from typing import Final

from matchmaker.events.formats.tools.base import Tool, headers, sign

_ATTENDEES: Final = (
    r"attendee|участник|参加者|参会者|与会者|观众|teilnehmer|participant|asistente"
)

ZOOM_ATTENDEES: Final = Tool(
    "zoom_webinar_attendee",
    signs=(
        sign("attended", "user name (original name)"),
        sign("user name (original name)", "time in session (minutes)", weight=1),
        sign("attended", "time in session (minutes)", weight=1),
        sign("attended", "registration time", "approval status", weight=1),
        sign("attended", "approval status", "join time", weight=1),
        sign(fields="attended joined left minutes", weight=1),
        sign(
            fields="attended email",
            preamble=r"attendee report|отч[её]т об? (?:участник|посетит|слушател)|"
            r"(?:参加者|参会者|与会者|观众)报告|teilnehmerbericht|rapport (?:des|"
            r"sur les) participants|"
            r"informe de (?:los )?asistentes",
        ),
        sign(
            fields="display joined left minutes",
            preamble=r"host details|panelist details",
        ),
    ),
    headers=headers(
        name_original="user name (original name)|用户名（原始名称）|"
        "имя пользователя (исходное имя)"
        "|user name|имя пользователя|用户名",
        attended="attended|已参加|посетил|посетил(а)|присутствовал",
        country_joined="country/region name|название страны/региона|国家/地区名称",
    ),
    file_words=("zoom_webinar_attend", "attendee_report", "zoom webinar attend"),
    attendance=True,
    later_sections=re.compile(
        r"host|panel|организатор|доклад|панел|эксперт|ведущ|主持|嘉宾|主讲|gastgeber|"
        r"diskussion|hôte|panéliste|anfitri|ponente|other attended|другие|其他",
        re.IGNORECASE,
    ),
    section_roles=(
        (
            r"panel|доклад|панел|эксперт|嘉宾|主讲|diskussion|ponente|panéliste",
            "panelist",
        ),
        (r"host|организатор|ведущ|主持|gastgeber|hôte|anfitri", "host"),
    ),
    choices=False,
)
ZOOM_REGISTRATIONS: Final = Tool(
    "zoom_webinar_registration",
    signs=(
        sign("registration time", "approval status"),
        sign(
            fields="email",
            preamble=r"registration report|отч[её]т о регистрац|注册报告|报名报告|"
            r"registrierungsbericht|anmeldebericht|rapport d.inscription|"
            r"informe de registro|"
            r"# approved",
            weight=1,
        ),
        sign("first name", "email", "registration time", "approval status", weight=1),
    ),
    file_words=("zoom_webinar_regist", "zoom_regist", "zoom webinar regist"),
    choices=False,
)
ZOOM_PARTICIPANTS: Final = Tool(
    "zoom_meeting_participants",
    signs=(
        sign(fields="name_original minutes"),
        sign(fields="name_original email"),
        sign(fields="name_original joined left"),
        sign("user email", "total duration (minutes)"),
        sign("user email", "duration (minutes)", "join time"),
        sign("name", "email", "total duration (minutes)", "guest"),
        sign("recording consent", "in waiting room"),
    ),
    file_words=("zoom_meeting", "participants_", "zoom meeting"),
    attendance=True,
    choices=False,
)
TEAMS: Final = Tool(
    "teams_attendance",
    signs=(
        sign(fields="upn", weight=3),
        sign("in-meeting duration", weight=2),
        sign("full name", "user action", "timestamp", weight=1),
        sign(fields="user_action", weight=2),
        sign("full name", "join time", "leave time", "duration", weight=1),
        sign("name", "first join", "last leave", weight=1),
        sign("attended participants", weight=2),
        sign(
            fields="joined left minutes",
            preamble=r"^(?:1|2)\. |meeting summary|сводка по собранию|会议摘要",
        ),
    ),
    headers=headers(
        action_time="timestamp|zeitstempel|метка времени|отметка времени|时间戳|"
        "时间戳记|horodatage|horodateur|marca de tiempo|zaman damgası",
    ),
    file_words=("teams",),
    attendance=True,
    # The last part repeats everybody, join by join, whatever its number is.
    only_sections=re.compile(
        r"^(?!.*(?:activit|aktivit|действ|активност|活动|活動|attività|atividade|etkinlik))"
        r"(?:2\.|.*(?:participants|участник|参与者|参会者|与会者|teilnehm|regist|anmeld|"
        r"регистрац|注册|报名|inscription))",
        re.IGNORECASE,
    ),
    choices=False,
)
TENCENT: Final = Tool(
    "tencent_meeting",
    signs=(
        sign(fields="name_display"),
        sign(fields="name_display joined", weight=1),
        sign("首次入会时间", "最后退会时间"),
        sign("入会时间", "退会时间"),
        sign(fields="joined", preamble=r"会议号|会议主题|会议创建者|腾讯会议|voov"),
        sign(fields="display", preamble=r"会议号|会议创建者|腾讯会议|voov", weight=1),
        sign(fields="name", preamble=r"会议号[:：]?|腾讯会议|voov"),
        sign(
            fields="name joined",
            preamble=r"(?:^|\n)meeting (?:topic|creator)\b",
            weight=1,
        ),
    ),
    headers=headers(
        name_display="用户昵称（入会昵称）|昵称（入会昵称）|昵称|用户昵称|成员|成员昵称|成员名称|nickname|"
        "user nickname|member|user name|用户名称",
        role="身份|成员身份|identity|role|会中身份",
        joined="首次入会时间|入会时间|first join time|time joined|time first joined|"
        "加入时间",
        left="最后退会时间|退会时间|last leave time|time left|time last left|离开时间",
        minutes="累计参会时长|参会时长|在会时长|duration|total duration|"
        "cumulative duration"
        "|累计时长|total meeting duration|attendance duration",
        company="企业|企业名称|所在企业",
        times="入会次数",
    ),
    file_words=("tencent", "voov", "腾讯会议"),
    attendance=True,
    first_sheet=True,
    by_name=True,
    choices=False,
    phone_country="CN",
)
