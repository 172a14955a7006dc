"""Pages that belong to no room: the front page, how it works, theme, health."""

from collections.abc import Callable, Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as mail_policy
from pathlib import Path

from flask import (
    Blueprint,
    Flask,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response

from matchmaker.errors import SetupError
from matchmaker.web.access import here, member, public, safe_next
from matchmaker.web.assets import YEAR

bp = Blueprint("web", __name__)
THEMES = ("auto", "light", "dark")
LETTERS_SHOWN = 30


def init_app(app: Flask, *, ready: Callable[[], Mapping[str, str]], home: str) -> None:
    """Register the pages.

    Parameters
    ----------
    app
        The site.
    ready
        Says how the parts of the site are; ``SetupError`` when one is missing.
    home
        Endpoint of the page a signed-in person starts from.
    """

    @app.before_request
    def provide_web_settings() -> None:
        g.is_ready = ready
        g.home = home
        g.web_settings = app.config

    app.register_blueprint(bp)
    app.jinja_env.globals["here"] = here

    @app.context_processor
    def theme() -> dict[str, str]:
        chosen = request.cookies.get("theme", "auto")
        return {"theme": chosen if chosen in THEMES else "auto"}


@bp.get("/")
@public
def front() -> str | Response:
    """Say in one screen what this is; members go to their proposals."""
    if current_user.is_authenticated:
        return redirect(url_for("web.home"))
    return render_template("web/front.html")


@bp.get("/home")
@member
def home() -> Response:
    """Go where a signed-in person starts."""
    return redirect(url_for(g.home))


@bp.get("/how-it-works")
@public
def how() -> str:
    """Explain matching, and what happens with one's data."""
    return render_template("web/how.html", days=g.web_settings["INTRODUCTION_DAYS"])


@bp.post("/theme")
@public
def set_theme() -> Response:
    """Choose light, dark, or as the system says."""
    chosen = request.form.get("theme", "auto")
    target = safe_next(request.form.get("next"), url_for("web.front"))
    response = make_response(redirect(target, code=303))
    if chosen in THEMES:
        response.set_cookie(
            "theme",
            chosen,
            max_age=YEAR,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


@bp.get("/letters")
@public
def letters() -> str:
    """Show the letters a demo wrote to its folder; a real site has no such page."""
    if g.web_settings["ENVIRONMENT"] != "demo":
        abort(404)
    folder = Path(g.web_settings["INSTANCE"]) / "letters"
    newest = sorted(folder.glob("*.eml"), reverse=True)[:LETTERS_SHOWN]
    found = [message_from_bytes(p.read_bytes(), policy=mail_policy) for p in newest]
    return render_template(
        "web/letters.html",
        letters=[
            {
                "to": letter["To"],
                "subject": letter["Subject"],
                "text": _plain_text(letter),
            }
            for letter in found
        ],
    )


def _plain_text(letter: EmailMessage) -> str:
    """Return what a mail program without type and colour shows."""
    part = letter.get_body(preferencelist=("plain",))
    return str(part.get_content()) if part is not None else ""


@bp.get("/healthz")
@public
def healthz() -> tuple[dict[str, str], int]:
    """Say that the process lives."""
    return {"status": "ok"}, 200


@bp.get("/readyz")
@public
def readyz() -> tuple[dict[str, str], int]:
    """Say whether database, its version, disk and model are there."""
    try:
        parts = g.is_ready()
    except SetupError:
        return {"status": "not ready"}, 503
    return {"status": "ok", **parts}, 200
