"""Errors a visitor can cause. Anything else is a bug and becomes a 500."""


class DomainError(Exception):
    """A rule of the domain refused the request.

    Parameters
    ----------
    code
        Stable name of the rule; the text people read is looked up from it in
        ``matchmaker.web.texts``.
    status
        HTTP status of the answer when no form shows the error itself.
    """

    def __init__(self, code: str, *, status: int = 409) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


class SetupError(Exception):
    """The site cannot start or a command cannot run; the text says what to do."""
