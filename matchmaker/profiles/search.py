"""The directory's index: which keys lead to a profile."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from matchmaker.profiles.models import Profile, ProfileStatus, SearchEntry
from matchmaker.vocabulary import sectors
from matchmaker.vocabulary.countries import countries_called, country_spellings
from matchmaker.vocabulary.terms import index_terms

FACETS = ("offer", "request", "sector", "country", "market", "language")
LONGEST_KEY = 64  # characters; nobody searches for more
SATURATION = 1.0  # a key counted this often weighs half
OWN_SECTOR = 0.3  # from this weight on a sector key is a term's own, not an ancestor
IN_SECTOR = 0.4  # what a term of a sector weighs when the sector was searched for


def facet_key(facet: str, value: str) -> str:
    """Return the key of a facet's value."""
    return f"f:{facet}:{value}"


def index_profile(session: Session, profile: Profile) -> None:
    """Replace the keys of a profile; a profile that is not listed has none."""
    session.execute(delete(SearchEntry).where(SearchEntry.profile_id == profile.id))
    if profile.status is not ProfileStatus.ACTIVE:
        return
    rows = [
        {"key": key, "profile_id": profile.id, "weight": weight}
        for key, weight in profile_keys(profile).items()
    ]
    session.execute(insert(SearchEntry), rows)


def profile_keys(profile: Profile) -> dict[str, float]:
    """Return every key of a profile with its weight in (0, 1]."""
    texts = [
        profile.full_name,
        profile.latin_name,
        profile.organisation_name,
        profile.job_title,
        profile.city,
        profile.about,
        *(item.text for item in profile.opportunities),
        *country_spellings(profile.country),
    ]
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_short(index_terms(text)))
    keys = {
        key: IN_SECTOR if key.startswith("s:") else count / (count + SATURATION)
        for key, count in counts.items()
    }
    keys.update(dict.fromkeys(_facets(profile), 1.0))
    return keys


def query_keys(query: str) -> dict[str, float]:
    """Return the keys a search looks up, with their weights.

    A term leads to its sector only if it names a whole one: "logistics" also finds
    freight forwarders, but "apricots" does not find every farmer.
    """
    # The index has the usual names; one of this site's own stands for its country.
    named = (facet_key("country", code) for code in countries_called(query))
    keys = dict.fromkeys(named, 1.0)
    for key, weight in _short(index_terms(query)).items():
        if not key.startswith("s:"):
            keys[key] = weight
        elif weight >= OWN_SECTOR and sectors.sector_parent(key[2:]) is None:
            keys[key] = 1.0
    return keys


def _short(keys: Mapping[str, float]) -> dict[str, float]:
    return {key[:LONGEST_KEY]: weight for key, weight in keys.items()}


def _facets(profile: Profile) -> Iterable[str]:
    if profile.country:
        yield facet_key("country", profile.country)
    for code in profile.languages:
        yield facet_key("language", code)
    for code in profile.markets:
        yield facet_key("market", code)
    for item in profile.opportunities:
        if item.collaboration:
            yield facet_key(item.side.value, item.collaboration)
    for code in profile.sectors:
        found = code if sectors.is_sector(code) else sectors.match_label(code)
        while found:
            yield facet_key("sector", found)
            found = sectors.sector_parent(found)
