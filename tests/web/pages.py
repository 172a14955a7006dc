"""What tests of pages look for."""

from werkzeug.test import TestResponse


def is_our_page(answer: TestResponse) -> bool:
    return "</main>" in answer.text and answer.headers["X-Request-ID"] in answer.text


def assert_refused(answer: TestResponse, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.status_code
    assert is_our_page(answer)
    assert "Traceback" not in answer.text
