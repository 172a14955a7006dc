"""How a letter is written: from templates, in the reader's language, by the worker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, render_template, url_for
from flask_babel import force_locale
from jinja2 import Template, TemplateNotFound

from matchmaker.mail import Rendered, Renderer

#: Finds the link that ends such letters in what a letter was queued with.
WayOut = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered letter."""

    subject: str
    text: str
    unsubscribe: str = ""
    unsubscribe_post: bool = False
    html: str = ""


def make_renderer(app: Flask, way_out: WayOut) -> Renderer:
    """Return what renders ``email/<template>.txt``, and ``.html`` beside it if any.

    A template may set ``unsubscribe``, a link, and ``unsubscribe_post``, whether it
    works at once when a mail program posts to it. A letter with a way out, a notice,
    has both by itself; without a text of its own it is the sentence of its code.
    """
    settings = app.config

    def render(template: str, locale: str, context: Mapping[str, Any]) -> Rendered:
        base = settings["BASE_URL"] or "http://localhost:8000"
        with app.test_request_context(base_url=base), force_locale(locale):
            g.locale = locale
            end = way_out(context)
            values = {
                **context,
                "code": template,
                "values": context,
                "end": end,
                "site": settings["SITE_NAME"],
                "link": _link,
            }
            found = _find(app, template, notice=bool(end))
            written = found.make_module(values)
            subject, _, body = str(written).strip().partition("\n")
            foot = render_template("email/_foot.txt", **values) if end else ""
            return Letter(
                subject=subject.strip(),
                text=f"{body.strip()}\n{foot}",
                unsubscribe=getattr(written, "unsubscribe", end),
                unsubscribe_post=bool(getattr(written, "unsubscribe_post", end)),
                html=_page(app, found, {**values, "subject": subject.strip()}),
            )

    return render


def _link(endpoint: str, **values: Any) -> str:  # noqa: ANN401  parts of an address
    return url_for(endpoint, _external=True, **values)


def _find(app: Flask, template: str, *, notice: bool) -> Template:
    """Return the text of a letter; only a notice can do without one of its own."""
    names = [f"email/{template}.txt"] + ["email/notice.txt"] * notice
    return app.jinja_env.select_template(names)


def _page(app: Flask, text: Template, values: Mapping[str, Any]) -> str:
    """Return the letter with type and colour, if there is such a template for it.

    A notice that says more as a text of its own looks like all the others.
    """
    names = [str(text.name).replace(".txt", ".html")]
    try:
        page = app.jinja_env.select_template(
            names + ["email/notice.html"] * bool(values["end"])
        )
    except TemplateNotFound:
        return ""
    return page.render(values)
