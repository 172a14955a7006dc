"""Gives a seat its names, addresses and organisation."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from matchmaker.demo.library import ArchetypeRecord, cultures, legal_forms, places
from matchmaker.demo.model import DemoOrganisation
from matchmaker.demo.seats import Seat
from matchmaker.demo.wording import chosen

# Written without a space between family and given name.
_CLOSE_NAMES = frozenset({"zh", "ja", "ko"})
# Trades that could hardly exist before, and the first year that is plausible.
_YOUNG_TRADES = {"ai": 2014, "it": 2006, "ecommerce": 2012, "agritech": 2008}
_YOUNG_SECTORS = {
    "energy.solar": 2011,
    "energy.storage": 2014,
    "energy.evcharging": 2016,
    "finance.payments": 2012,
    "education.online": 2012,
    "health.digital": 2014,
    # Their texts date a certificate that did not exist earlier.
    "energy.efficiency": 2012,
    "agri.horticulture": 2008,
    "textiles.apparel": 2005,
    "manufacturing.automotive": 2016,
    "mining.metallurgy": 2012,
    "mining.coal": 2005,
    "logistics.tech": 2010,
    "construction.proptech": 2014,
    "environment.carbon": 2010,
    "social.incubators": 2012,
}
_OLDEST_YEAR = 1996
_YOUNGEST_YEAR = 2022
_MIDDLE_TRADES = frozenset({"agri", "food", "chemicals", "energy"})
_LARGE_TRADES = frozenset({"mining", "manufacturing", "construction", "textiles"})
_LETTERS_LOST = str.maketrans(
    {"ı": "i", "ə": "a", "ø": "o", "ł": "l", "'": "", "’": ""}
)


@dataclass(frozen=True, slots=True)
class Name:
    """A full name in its own script and in Latin letters."""

    full: str
    latin: str
    given: str
    latin_given: str


@dataclass(slots=True)
class Register:
    """Remembers what has been given away, so that nothing is given twice."""

    names: set[str] = field(default_factory=set)
    mails: set[str] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)
    counts: Counter[tuple[str, bool]] = field(default_factory=Counter)
    brands: Counter[str] = field(default_factory=Counter)

    def name(self, culture: str, *, female: bool) -> Name:
        """Return a new combination of the culture's names."""
        record = cultures()[culture]
        given_names = record["f"] if female else record["m"]
        turn = self.counts[culture, female]
        self.counts[culture, female] += 1
        rounds = len(given_names) * len(record["s"])
        for step in range(rounds):
            given = given_names[(turn + step // len(record["s"])) % len(given_names)]
            # A new round of given names starts at another family name.
            shift = turn + turn // len(given_names) + step + (3 if female else 0)
            family = record["s"][shift % len(record["s"])]
            name = _compose(culture, given, family, female=female)
            if name.latin not in self.names:
                self.names.add(name.latin)
                return name
        message = f"names.json has too few {culture} names"
        raise ValueError(message)

    def mail(self, latin: str) -> str:
        """Return an unused address at example.org."""
        local = ascii_slug(latin, joint=".")
        address, turn = f"{local}@example.org", 2
        while address in self.mails:
            address, turn = f"{local}{turn}@example.org", turn + 1
        self.mails.add(address)
        return address

    def organisation(self, seat: Seat, rng: Random) -> DemoOrganisation:
        """Return an organisation with a name nobody else has."""
        brands = cultures()[places()[seat.country]["culture"]]["brands"]
        while True:
            turn = self.brands[seat.country]
            self.brands[seat.country] += 1
            brand = brands[turn % len(brands)]
            # Once every brand is in use, the city tells its bearers apart.
            local = turn >= len(brands) * 2
            found = _organisation(seat, brand, local=local, rng=rng)
            if found.key not in self.companies:
                self.companies.add(found.key)
                return found


def ascii_slug(text: str, *, joint: str) -> str:
    """Return lower-case ASCII letters and digits, words linked by `joint`."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS_LOST))
    ascii_only = plain.encode("ascii", "ignore").decode("ascii")
    return joint.join(re.findall(r"[a-z0-9]+", ascii_only))


def _compose(culture: str, given: str, family: str, *, female: bool) -> Name:
    record = cultures()[culture]
    own_given, latin_given = given.split("|")
    forms = family.split("|")
    own_family, latin_family = forms[-2:] if female else forms[:2]
    if record.get("sg"):
        space = "" if record["own"] in _CLOSE_NAMES else " "
        full = f"{own_family}{space}{own_given}"
        return Name(full, f"{latin_family} {latin_given}", own_given, latin_given)
    full, latin = f"{own_given} {own_family}", f"{latin_given} {latin_family}"
    return Name(full, latin, own_given, latin_given)


def _organisation(
    seat: Seat, brand: str, *, local: bool, rng: Random
) -> DemoOrganisation:
    own, latin = brand.split("|")
    word = seat.archetype["word"]
    pattern, form = legal_forms()[seat.country].split("|")
    bare = bool(seat.archetype.get("plain"))
    # A Chinese company name carries its city in any case.
    town = seat.city.en if local and "{c}" not in pattern else ""
    english = f"{latin} {town} {chosen(word, 'en')}"
    english = " ".join(english.split())
    latin_name = english if bare else f"{english} {form}"
    name = latin_name
    if "{c}" in pattern:
        end = "" if bare else "有限公司"
        name = f"{seat.city.zh}{own}{chosen(word, 'zh')}{end}"
        # The city is part of every Chinese company name, so of its Latin line too.
        latin_name = f"{seat.city.en} {latin_name}"
    elif pattern:
        brand_word = f"{own} {seat.city.ru}" if local else own
        text = "{w} «{b}»" if bare else pattern
        name = text.format(b=brand_word, w=chosen(word, "ru"))
    slug = ascii_slug(latin_name.removesuffix(form), joint="-")
    return DemoOrganisation(
        key=slug,
        name=name,
        latin_name=latin_name,
        country=seat.country,
        city=seat.city.en,
        website=f"https://{slug}.example.org",
        founded=rng.randint(_first_year(seat.archetype), _YOUNGEST_YEAR),
        size_band=_size(seat, rng),
    )


def _first_year(archetype: ArchetypeRecord) -> int:
    code = archetype["sectors"][0]
    by_trade = _YOUNG_TRADES.get(code.split(".")[0], _OLDEST_YEAR)
    return _YOUNG_SECTORS.get(code, by_trade)


def _size(seat: Seat, rng: Random) -> str:
    sizes = seat.archetype.get("sizes")
    if sizes:
        return sizes[seat.variant % len(sizes)]
    trade = seat.archetype["sectors"][0].split(".")[0]
    if trade in _LARGE_TRADES:
        return rng.choice(["50-249", "50-249", "250+"])
    if trade in _MIDDLE_TRADES:
        return rng.choice(["10-49", "50-249", "50-249"])
    return rng.choice(["1-9", "10-49", "10-49", "10-49", "50-249"])
