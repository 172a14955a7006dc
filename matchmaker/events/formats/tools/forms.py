"""Answers to forms: Google, Microsoft, Wenjuanxing, Yandex."""

from typing import Final

from matchmaker.events.formats.tools.base import Tool, headers, sign

GOOGLE: Final = Tool(
    "google_forms",
    signs=(
        sign(
            first="timestamp|отметка времени|время отметки|时间戳记|时间戳|時間戳記|"
            "zeitstempel|"
            "horodateur|marca temporal|carimbo de data/hora|informazioni cronologiche|"
            "zaman damgası|sygnatura czasowa|タイムスタンプ|타임스탬프|позначка часу|"
            "уақыт белгісі|طابع زمني|tijdstempel|časové razítko|времева марка|"
            "dấu thời gian|stempel waktu|marcă de timp|χρονική σήμανση|időbélyeg|"
            "tidsstämpel",
            weight=1,
        ),
    ),
    headers=headers(
        account_email="username|имя пользователя|用户名|nom d'utilisateur|nutzername",
    ),
    file_words=(
        "google_form",
        "form responses",
        "ответы на форму",
        "(responses)",
        "(ответы)",
    ),
)
MICROSOFT: Final = Tool(
    "microsoft_forms",
    signs=(
        sign("start time", "completion time", weight=2),
        sign("время начала", "время выполнения", weight=2),
        sign("время начала", "время завершения", weight=2),
        sign("开始时间", "完成时间", weight=2),
        sign("startzeit", "fertigstellungszeit", weight=2),
        sign("heure de début", "heure de fin", weight=2),
        sign("hora de inicio", "hora de finalización", weight=2),
        sign("başlangıç zamanı", "tamamlama zamanı", weight=2),
        sign("ora di inizio", "ora di completamento", weight=2),
        sign("hora de início", "hora de conclusão", weight=2),
        sign("godzina rozpoczęcia", "godzina ukończenia", weight=2),
        sign("開始時刻", "完了時刻", weight=2),
        sign("час початку", "час завершення", weight=2),
    ),
    # "Name" is the account; a question of the form asks for the name itself.
    headers=headers(
        account_name="name|имя|姓名|名称|nom|nombre|nome|ad|nazwa|名前|ім'я",
        account_email="email|e-mail|электронная почта|адрес электронной почты|电子邮件|"
        "correo electrónico|adresse de messagerie|e-posta|email1",
    ),
    file_words=("microsoft_form", "ms_form"),
)
WENJUANXING: Final = Tool(
    "wenjuanxing",
    signs=(
        sign("序号", "提交答卷时间", weight=1),
        sign("提交答卷时间", weight=2),
        sign("来自ip", weight=1),
        sign("所用时间", "来源详情", weight=1),
        sign("答题时长", weight=1),
        sign("no.", "submission time", "time spent", weight=1),
    ),
    headers=headers(
        time="序号|提交答卷时间|所用时间|总分|开始答题时间|答题时长|submission time|"
        "time spent",
        never="来源|来源详情|来自ip|ip省份|ip城市|省份|城市（ip）|用户自定义字段|微信openid",
        nick="微信昵称|昵称",
    ),
    file_words=("wenjuanxing", "问卷星"),
    phone_country="CN",
)
YANDEX: Final = Tool(
    "yandex_forms",
    signs=(
        sign("id", "время создания", weight=1),
        sign("id", "дата создания", weight=1),
        sign("время создания", weight=1),
        sign("id", "время отправки", weight=1),
        sign("id", "created", "электронная почта", weight=1),
        sign("id ответа", weight=2),
        sign("id", "created at", "answer", weight=1),
        sign("answer id", "created", weight=1),
        sign("id", "создано", weight=1),
    ),
    headers=headers(never="ip|uid|yandexuid|логин|login|passport uid|ip-адрес"),
    file_words=("yandex", "яндекс"),
    phone_country="RU",
)
