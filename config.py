"""Every setting of the site, its unit and its default.

Override any of them with an environment variable ``MATCHMAKER_<NAME>``
(``MATCHMAKER_DATABASE_URL=postgresql+psycopg://...``). Secrets have no default:
a production start without them is refused with a sentence that says what to do.
"""

# Where it runs -------------------------------------------------------------
ENVIRONMENT = "production"  # production | demo | test; only production is strict
SECRET_KEY = ""  # at least 32 characters; signs cookies
BASE_URL = ""  # https://network.example.org: every link in a letter starts with it
TRUSTED_HOSTS: list[str] = []  # further Host names answered; BASE_URL's always is
PROXY_COUNT = 0  # reverse proxies in front whose X-Forwarded-* are believed
INSTANCE = "instance"  # folder for the SQLite file, demo letters and model files
DATABASE_URL = ""  # empty: sqlite:///<INSTANCE>/matchmaker.db
REDIS_URL = ""  # shares rate limits between processes; empty: per process
SITE_NAME = "Matchmaker"
LOG_LEVEL = "INFO"
METRICS_TOKEN = ""  # 16 characters or more: opens /metrics; empty: closed to all

# Languages -----------------------------------------------------------------
LANGUAGES = ["en", "ru", "zh"]
BABEL_DEFAULT_LOCALE = "en"
BABEL_DEFAULT_TIMEZONE = "UTC"

# Letters -------------------------------------------------------------------
MAIL_FROM = "Matchmaker <noreply@example.org>"
SMTP_URL = ""  # smtp://user:password@host:587?tls=starttls; empty: a folder (demo)
OUTBOX_LEASE = 120  # seconds a sender may hold a letter
OUTBOX_FIRST_RETRY = 60  # seconds; doubles after each failure
OUTBOX_GIVE_UP = 24 * 3600  # seconds after which a letter is marked failed
PRIVACY_CONTACT = ""  # address for questions about personal data; empty: MAIL_FROM
INVITATIONS_PER_HOUR = 240  # invitations and reminders of all events together
IMPORT_KEPT_DAYS = 14  # days rows left out of an import are kept, to mend them
SEGMENT_LETTERS_PER_DAY = 500  # notices organisers may send for one event
SEGMENT_LETTERS_PER_WEEK = 2  # of them to one person about one event
UNCLAIMED_DAYS = 30  # days a claim link is good, then the person is erased

# Accounts ------------------------------------------------------------------
SESSION_IDLE = 14 * 24 * 3600  # seconds without a request that end a session
SESSION_MAXIMUM = 60 * 24 * 3600  # seconds after which a session ends in any case
CONFIRM_MAX_AGE = 3 * 24 * 3600  # seconds, address confirmation
RESET_MAX_AGE = 3600  # seconds, password reset
CONFIRMED_FOR = 600  # seconds a given password counts, before it is asked again
ADDRESS_UNDO_MAX_AGE = 7 * 24 * 3600  # seconds a change of address can be undone
SECOND_FACTOR = ""  # staff | everyone | optional; empty: staff in production only
SECOND_FACTOR_MAX_AGE = 600  # seconds between password and code at sign-in
SIGN_IN_LIMIT = "10 per 5 minutes"  # failures per account and per address
SECOND_FACTOR_LIMIT = "5 per 5 minutes; 30 per day"  # wrong codes per account
RESET_LIMIT = "5 per day"  # per account
REGISTER_LIMIT = "5 per day"  # per address
CLAIM_LIMIT = "60 per hour"  # answers to invitations, and wrong links, per address
VIEW_LIMIT = "100 per hour; 300 per day"  # profile pages per account
CONTACT_FILE_LIMIT = "60 per hour"  # files of one's contacts per account
CALENDAR_LIMIT = "600 per hour"  # readings of calendars per address
MAX_CONTENT_LENGTH = 6 * 1024 * 1024  # bytes a request may carry
MAX_FORM_MEMORY_SIZE = 1024 * 1024  # bytes of form fields

# Matching ------------------------------------------------------------------
PROPOSALS_PER_PAGE = 10  # proposals a day on the first page
PROPOSALS_KEPT = 60  # proposals stored for each member
FAIRNESS = 0.5  # 0: most introductions; 1: also for members who get few
CAPACITY = 20  # first pages that a member stands on at most after a full run
EXPLORATION_SHARE = 0.1  # share of shown places drawn instead of ranked
INTRODUCTION_DAYS = 7  # days to answer before a request expires
OPEN_REQUESTS = 20  # unanswered requests a member may have out
REVIEW_PAIRS = 20  # pairs drawn a week for blind review
REMATCH_DAYS = 90  # days from the end of a request before the pair meets again
DIRECTORY_PAGE = 20  # profiles on a page of the directory
DIRECTORY_PAGES = 25  # pages of one search that can be opened
REFRESH_EVERY = 24 * 3600  # seconds between two full runs of the worker
ENCODER = ""  # sentence encoder: "bundled", a folder or name; empty: none ([neural])
WORK_PAUSE = 1.0  # seconds the worker sleeps when there is nothing to do

# Trust between people --------------------------------------------------------
NEW_DAYS = 7  # days an account counts as new
FIRST_CONTACTS_NEW = 5  # requests to people one does not know, a day, while new
FIRST_CONTACTS = 20  # requests a day later
TEXT_ALIKE = 0.9  # share of common shingles from which two texts are the same
TEXT_PEOPLE = 5  # people the same text may go to; for the next ones it is held
SENT_KEPT_DAYS = 30  # days over which sent texts are compared, then forgotten
LETTERS_KEPT_DAYS = 30  # days it is kept to whom which letter was sent
IMPRESSIONS_KEPT_DAYS = 730  # days it is kept who saw which proposal, to learn from
CONTACT_VIEWS_KEPT_DAYS = 365  # days one sees who looked at one's contact details
VIEW_BURST = "30 per minute"  # profile pages; more makes a case for moderators
BURST_NOTED = "1 per hour"  # how often one burst is looked up and noted
BURST_TIMES = 10  # times one's usual day that make a case
