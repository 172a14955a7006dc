"""Where people read how often somebody answers."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from matchmaker.app import Site
from matchmaker.profiles.models import Answers, Profile
from tests.conftest import Visitor

Join = Callable[..., tuple[Visitor, str]]
WORDS = {
    Answers.RARELY: "Rarely answers requests",
    Answers.SOMETIMES: "Sometimes answers requests",
    Answers.USUALLY: "Usually answers requests",
    Answers.ALMOST_ALWAYS: "Almost always answers requests",
    None: "answers requests",
}


@pytest.mark.parametrize("word", [*Answers, None])
def test_the_word_stands_wherever_one_may_ask(
    site: Site, join: Join, word: Answers | None
) -> None:
    visitor, _ = join(requests=(("supply", "Wheat flour"),))
    _, other = join(
        name="Bob", organisation="Bob's Mill", offers=(("supply", "Wheat flour"),)
    )
    with site.sessions.write.begin() as session:
        session.execute(
            update(Profile).where(Profile.public_id == other).values(answers=word)
        )
    paths = ("/proposals", "/directory", f"/people/{other}", f"/people/{other}/ask")
    for path in paths:
        page = visitor.get(path).text
        assert "Bob" in page, path
        assert (WORDS[word] in page) is (word is not None), path
