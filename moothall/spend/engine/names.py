"""What does a supplier's name, as published, say about who was paid?

A name is not an identity. Here a name is only taken apart: legal form, trading name, notes of a
ledger clerk, and the kind of payee it looks like. Whether two names are one supplier is the
question of `matching`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from sys import intern

from attrs import field, frozen
from rapidfuzz.distance import OSA

from moothall.values.rules import Rule


class NameKind(StrEnum):
    """The kind of payee that a name looks like."""

    COMPANY = "company"
    PUBLIC_BODY = "public_body"
    INDIVIDUAL = "individual"
    SOLE_TRADER = "sole_trader"
    CARD_MERCHANT = "card_merchant"
    REDACTED = "redacted"
    UNKNOWN = "unknown"


# ---- folding: one spelling of the same letters -----------------------------------------------

_APOSTROPHES = re.compile("['`´’‘ʼ\ufffd]")
_WORD = re.compile(r"[A-Z0-9]+")


def plain_upper(text: str) -> str:
    """Upper case without accents: `Café` is `CAFE`."""
    if text.isascii():
        return text.upper()
    bare = unicodedata.normalize("NFKD", text.replace("´", "'"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter)).upper()


def _raw_words(upper: str) -> list[str]:
    spaced = _APOSTROPHES.sub("", upper).replace("&", " AND ").replace("@", " AT ")
    return _WORD.findall(spaced)


def _initials_joined(words: Sequence[str]) -> list[str]:
    """Run letters standing alone together: B T PLC is BT PLC, so that spacing is no difference."""
    joined: list[str] = []
    run = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            joined.append(run)
            run = ""
        joined.append(word)
    if run:
        joined.append(run)
    return joined


def folded(text: str) -> str:
    """The words of a name in one spelling: upper case, & as AND, @ as AT, no punctuation."""
    return " ".join(_initials_joined(_raw_words(plain_upper(text))))


# ---- redaction marks -------------------------------------------------------------------------

_FILLERS = frozenset(
    [
        "A",
        "ACT",
        "AN",
        "AND",
        "ANON",
        "ANONYMISED",
        "AS",
        "BUDGET",
        "BUDGETS",
        "BY",
        "CARER",
        "CARERS",
        "CHILD",
        "CHILDMINDER",
        "CLIENT",
        "COMMERCIAL",
        "COMMERCIALLY",
        "CONFIDENTIAL",
        "CONFIDENTIALITY",
        "DATA",
        "DETAIL",
        "DETAILS",
        "DIRECT",
        "DP",
        "DPA",
        "DUE",
        "EMPLOYEE",
        "FOI",
        "FOR",
        "FOSTER",
        "FROM",
        "GDPR",
        "IN",
        "INDIVIDUAL",
        "INDIVIDUALS",
        "INFO",
        "INFORMATION",
        "IS",
        "LANDLORD",
        "NAME",
        "NAMES",
        "NOT",
        "OF",
        "ON",
        "OR",
        "PARTY",
        "PAYEE",
        "PAYMENT",
        "PAYMENTS",
        "PERSON",
        "PERSONAL",
        "PRIVACY",
        "PRIVATE",
        "PROTECT",
        "PROTECTED",
        "PROTECTION",
        "PUBLISHED",
        "REASON",
        "REASONS",
        "RECIPIENT",
        "REMOVED",
        "SECTION",
        "SENSITIVE",
        "SERVICE",
        "STAFF",
        "SUPPLIER",
        "SUPPLIERS",
        "SUPPRESSED",
        "TENANT",
        "THE",
        "THIRD",
        "TO",
        "UNDER",
        "USER",
        "VENDOR",
        "VULNERABLE",
        "WITHELD",
        "WITHHELD",
        "X",
        "XX",
    ]
)
_HIDING = frozenset({"ANON", "ANONYMISED", "WITHHELD", "WITHELD", "SUPPRESSED", "REMOVED"})
_HIDING_PHRASES = (
    "PERSONAL DATA",
    "PERSONAL DETAILS",
    "PERSONAL INFORMATION",
    "PERSONAL INFO",
    "THIRD PARTY SUPPLIER",
    "PRIVATE INDIVIDUAL",
    "NOT PUBLISHED",
    "DATA PROTECTION ACT",
    "COMMERCIALLY SENSITIVE",
    "COMMERCIAL CONFIDENTIALITY",
)
_HIDING_ALONE = frozenset({"CONFIDENTIAL", "INDIVIDUAL", "INDIVIDUALS", "GDPR", "PRIVACY"})
_REAL_WORDS = frozenset({"REACTED", "REDUCED", "REPACTED", "REENACTED", "REFLECTED", "REDIRECTED"})
_WORTH_READING = re.compile(
    r"R\W*E?\W*[DA]\W*[AECT]|WITH?HELD|ANON|CONFIDEN|PERSONAL|SUPPRES|REMOVED|THIRD|PRIVA|PUBLISHED"
    r"|INDIVIDUAL|GDPR|PROTECT|SENSITIVE|^[\W_X]+$"
)


@lru_cache(maxsize=50_000)
def _redaction_word(word: str) -> str:
    """Return 'sure' for REDACTED and its misspellings, 'weak' for its cousins, or ''."""
    if word[:1] != "R" or not 6 <= len(word) <= 11:
        return ""
    if word in _REAL_WORDS:
        return "weak" if word == "REACTED" else ""
    if word == "REDACT" or word.startswith("REDACTION"):
        return "weak"
    if OSA.distance(word, "REDACTED", score_cutoff=2) <= 1:
        return "sure"
    is_participle = word.startswith(("RED", "RAD")) and word.endswith(("ED", "TD", "DE"))
    return "weak" if is_participle and OSA.distance(word, "REDACTED") == 2 else ""


@lru_cache(maxsize=65536)
def is_redaction_mark(text: str | None) -> bool:
    """Whether a published text stands in place of a name that the publisher hid.

    Misspellings count (REDCATED, REDACED). Companies whose name only resembles the word do not:
    Redactive Publishing, Redacta Ltd, Privacy & Data Protection Ltd.
    """
    if not text:
        return False
    upper = plain_upper(text)
    if not _WORTH_READING.search(upper):
        return False
    words = _initials_joined(_raw_words(upper))
    if not words:
        return bool(re.search(r"[*_#]{3,}", upper))
    marks = [_redaction_word(word) for word in words]
    if "sure" in marks:
        return True
    if re.search(r"REDACTED\b", upper):  # a name run together with the mark, no space between
        return True
    rest = [word for word, mark in zip(words, marks, strict=True) if not mark]
    if not all(word in _FILLERS or word.isdigit() or set(word) == {"X"} for word in rest):
        return False
    if "weak" in marks:
        return bool(rest) or "REACTED" not in words
    phrase = " ".join(words)
    return (
        any(word in _HIDING for word in words)
        or any(words_hiding in phrase for words_hiding in _HIDING_PHRASES)
        or (
            len(words) == 1 and (words[0] in _HIDING_ALONE or bool(re.fullmatch("X{4,}", words[0])))
        )
    )


# ---- the words by which names are understood -------------------------------------------------


@frozen
class Phrases:
    """A set of phrases to look for in a folded name."""

    first_words: frozenset[str]
    pattern: re.Pattern[str] = field(repr=False)

    @classmethod
    def of(cls, phrases: Iterable[str]) -> "Phrases":
        spelt = sorted({folded(phrase) for phrase in phrases}, key=len, reverse=True)
        pattern = r"(?<![A-Z0-9])(?:" + "|".join(map(re.escape, spelt)) + r")(?![A-Z0-9])"
        return cls(frozenset(phrase.split()[0] for phrase in spelt), re.compile(pattern))

    def first_in(self, words: Sequence[str]) -> re.Match[str] | None:
        """The first phrase found in words; a look at the first words spares most searches."""
        if self.first_words.isdisjoint(words):
            return None
        return self.pattern.search(" ".join(words))


@frozen
class NameWords:
    """The rules `name_words` in force on a day, made ready for reading names."""

    legal_forms: Mapping[str, str]
    legal_phrases: Mapping[str, str]
    short_forms: Mapping[str, str]
    titles: frozenset[str]
    forenames: frozenset[str]
    business: frozenset[str]
    collective: frozenset[str]
    ledger_notes: frozenset[str]
    insolvency: Phrases
    factors: Phrases
    premises: Phrases
    public_body: Phrases
    not_public_body: Phrases
    card_marks: re.Pattern[str] = field(repr=False)

    @classmethod
    def in_force(cls, rules: Mapping[str, Rule], day: date) -> "NameWords":
        """Read the rules of the document `name_words` as they stand on `day`."""

        def value(key: str) -> list[str]:
            return list(rules[key].on(day).value)

        return cls(
            legal_forms=dict(rules["legal_forms"].on(day).value),
            legal_phrases=dict(rules["legal_phrases"].on(day).value),
            short_forms=dict(rules["short_forms"].on(day).value),
            titles=frozenset(value("titles")),
            forenames=frozenset(value("forenames")),
            business=frozenset(value("business_words")),
            collective=frozenset(value("collective_words")),
            ledger_notes=frozenset(map(folded, value("ledger_notes"))),
            insolvency=Phrases.of(value("insolvency_notes")),
            factors=Phrases.of(value("factor_words")),
            premises=Phrases.of(value("premises_words")),
            public_body=Phrases.of(value("public_body_words")),
            not_public_body=Phrases.of(value("not_public_body_words")),
            card_marks=re.compile("|".join(f"(?:{mark})" for mark in value("card_merchant_marks"))),
        )


@frozen(slots=True)
class ParsedName:
    """A supplier's name, taken apart.

    words        all words, folded, the trading name included
    core         words of the registered name: up to the legal form, or all when none is given
    legal_form   LTD, PLC, LLP... or None
    tail         words after the legal form: a branch, a division, a home
    skeleton     the core run together, and after a stroke the tail; no THE, no clerk's notes
    registered   the core run together; equal to `skeleton` when there is no tail
    trading      words of the name after T/A, empty when there is none
    factored     skeleton of the supplier for whom a factor is paid, or ""
    unbracketed  skeleton without a bracketed ending, or "" where there is no bracket
    """

    text: str
    kind: NameKind
    words: tuple[str, ...]
    core: tuple[str, ...]
    legal_form: str | None
    tail: tuple[str, ...]
    skeleton: str
    registered: str
    trading: tuple[str, ...]
    factored: str
    unbracketed: str
    is_premises: bool

    @property
    def trading_skeleton(self) -> str:
        """The trading name run together, "" when there is none."""
        return "".join(self.trading)

    @property
    def squashed(self) -> str:
        """Every letter and digit published, in order."""
        return "".join(_raw_words(plain_upper(self.text)))

    @property
    def run_together(self) -> str:
        """All words run together, the trading name included."""
        return "".join(self.words)


_TRADING_AS = re.compile(
    r"[\s,(]*(?:\bT\s?[/\\.]\s?A\b\.?|\bT/AS\b|\bTRADING AS\b|\bTRADES AS\b|\bD/?B/?A\b"
    r"|(?<=\w )\bTA\b(?= \w)|(?<=\w )\bTAS\b(?= \w)|(?<=LTD )\bT A\b|(?<=LIMITED )\bT A\b)[\s:.]*"
)
_LAST_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]?\s*$")
_LAST_DASH = re.compile(r"\s*[-–—]\s*([^-–—]+)$")
_RE = re.compile(r"[\s(]\bRE\b[\s:.]+")
_PLAIN = re.compile(r"[A-Z &'.,/]*")
_DIGITS = re.compile(r"\d{4}")
_STARRED = re.compile(r"[*_]{2,}[^*_]*[*_]{2,}|[*_]{3,}.*$")
_ACCOUNT = re.compile(r"\b(?:A/?C|ACCOUNT|ACCT)(?: NO)?[.:]? ?\d{4,}\b")


def _without_notes(upper: str, words: NameWords) -> str:
    """Cut what a clerk or an insolvency added: (RENT), **DO NOT USE**, - IN ADMINISTRATION."""
    if _PLAIN.fullmatch(upper):
        return upper
    if "**" in upper or "__" in upper or _DIGITS.search(upper):
        bare = _ACCOUNT.sub(" ", _STARRED.sub(" ", upper)).strip()
        upper = bare if len(bare) >= 3 else upper
    for _ in range(3):
        for ending in (_LAST_BRACKET, _LAST_DASH):
            found = ending.search(upper)
            if not found or found.start() < 3:
                continue
            note = " ".join(_initials_joined(_raw_words(found[1])))
            if note in words.ledger_notes or words.insolvency.pattern.fullmatch(note):
                upper = upper[: found.start()]
                break
        else:
            break
    return upper


_LEGAL_PHRASE_MARKS = frozenset({"PUBLIC", "LIABILITY", "INTEREST", "INCORPORATED", "GUARANTEE"})


def _name_words(upper: str, words: NameWords) -> list[str]:
    spelt = _initials_joined(_raw_words(upper))
    spelt = [words.short_forms.get(word, word) for word in spelt]
    if not _LEGAL_PHRASE_MARKS.isdisjoint(spelt):
        phrase = " ".join(spelt)
        for long, short in words.legal_phrases.items():
            phrase = re.sub(rf"\b{long}\b", short, phrase)
        spelt = phrase.split()
    if found := words.insolvency.first_in(spelt):
        phrase = found.string
        if (found.end() == len(phrase) or found.start() == 0) and found[0] != phrase:
            spelt = (phrase[: found.start()] + phrase[found.end() :]).split()
    return spelt


def _without_the(words: Sequence[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 1 and kept[0] == "THE":
        kept.pop(0)
    while len(kept) > 1 and kept[-1] == "THE":
        kept.pop()
    return kept


def parsed_name(text: str, words: NameWords) -> ParsedName:
    """Take a published name apart."""
    upper = plain_upper(text)
    owner, _, trade = _split_trading(upper)
    owner = _without_notes(owner, words)
    owner_words = _name_words(owner, words)
    trading_words = _name_words(_without_notes(trade, words), words) if trade else []
    at = next((i for i, word in enumerate(owner_words) if i and word in words.legal_forms), None)
    if (
        at is not None
        and owner_words[at] == "LIMITED"
        and owner_words[at + 1 : at + 2] == ["EDITION"]
    ):
        at = None
    form = words.legal_forms[owner_words[at]] if at is not None else None
    core = _without_the(owner_words[:at] if at is not None else owner_words)
    tail = [word for word in owner_words[at + 1 :] if word not in words.legal_forms] if at else []
    if tail and " ".join(tail) in words.ledger_notes:
        tail = []
    tail = [word for word in tail if word != "THE"] if tail else tail
    trading = _without_the([word for word in trading_words if word not in words.legal_forms])
    factored = ""
    if "RE" in owner_words and words.factors.first_in(owner_words):
        before, _, after = _partition_re(upper)
        if after and words.factors.first_in(_raw_words(before)):
            supplier = _name_words(_without_notes(after, words), words)
            factored = "".join(_without_the([w for w in supplier if w not in words.legal_forms]))
    skeleton = "".join(core) + ("/" + "".join(tail) if tail else "")
    registered = skeleton if factored or not tail else "".join(core)
    bracket = _LAST_BRACKET.search(owner)
    outside = _name_words(owner[: bracket.start()], words) if bracket else []
    unbracketed = "".join(_without_the([w for w in outside if w not in words.legal_forms]))
    kind = _kind(text, upper, owner_words, form, trading_words, words)
    kept_core = tuple(map(intern, core))  # names share most of their words: hold each word once
    return ParsedName(
        text=text,
        kind=kind,
        words=tuple(map(intern, (*core, *tail, *trading))) if tail or trading else kept_core,
        core=kept_core,
        legal_form=form,
        tail=tuple(tail),
        skeleton=skeleton,
        registered=registered,
        trading=tuple(trading),
        factored=factored,
        unbracketed=unbracketed,
        is_premises=form is None and words.premises.first_in(owner_words) is not None,
    )


def _split_trading(upper: str) -> tuple[str, str, str]:
    found = _TRADING_AS.search(upper)
    if not found or found.start() == 0 or found.end() == len(upper):
        return upper, "", ""
    return upper[: found.start()], found[0], upper[found.end() :].rstrip(" )")


def _partition_re(upper: str) -> tuple[str, str, str]:
    found = _RE.search(upper)
    if not found:
        return upper, "", ""
    return upper[: found.start()], found[0], upper[found.end() :].strip(" ()")


_PLAIN_TITLES = frozenset({"MR", "MRS", "MS", "MISS", "DR"})


# ---- kinds -----------------------------------------------------------------------------------


def name_kind(text: str | None, words: NameWords) -> NameKind:
    """The kind of payee that a published name looks like.

    Doubt falls towards caution: a first name and a surname alone is an individual even where a shop
    is called so, for an individual is never shown or joined without a person's decision.
    """
    if not text or not text.strip():
        return NameKind.UNKNOWN
    return parsed_name(text, words).kind


def _kind(
    text: str,
    upper: str,
    owner: list[str],
    form: str | None,
    trading: list[str],
    words: NameWords,
) -> NameKind:
    if is_redaction_mark(text):
        return NameKind.REDACTED
    if form is None and words.card_marks.search(_without_notes(upper, words).strip()):
        return NameKind.CARD_MERCHANT
    if (
        form is None
        and words.public_body.first_in(owner)
        and not words.not_public_body.first_in(owner)
        and not (owner and owner[0] in words.titles)
    ):
        return NameKind.PUBLIC_BODY
    person = _looks_like_person(_split_trading(upper)[0], owner, words) if form is None else ""
    if person and trading:
        return NameKind.SOLE_TRADER
    if person:
        return NameKind.INDIVIDUAL if person == "person" else NameKind.SOLE_TRADER
    if form is not None or any(word in words.legal_forms for word in trading):
        return NameKind.COMPANY
    if any(word in words.business or word == "COMPANY" for word in (*owner, *trading)):
        return NameKind.COMPANY
    if any(word in ("UK", "GB", "EUROPE") for word in owner):
        return NameKind.COMPANY
    return NameKind.UNKNOWN


def _looks_like_person(upper: str, owner: list[str], words: NameWords) -> str:
    """Return 'person', 'trader' (a person's name with a trade) or ''."""
    spelt = _raw_words(upper)
    if not spelt or any(word.isdigit() for word in spelt):
        return ""
    trades = [word for word in owner if word in words.business]
    if spelt[0] == "THE":
        return ""
    if any(word in words.collective for word in owner):
        return "trader" if spelt[0] in _PLAIN_TITLES and len(spelt) > 2 else ""
    titled = spelt[0] in words.titles or (len(spelt) > 2 and spelt[-1] in words.titles)
    if titled and len(spelt) >= 2:
        return "trader" if trades else ("person" if len(spelt) <= 7 else "")
    names = [word for word in spelt if word not in words.business and word != "AND"]
    initials = [word for word in names if len(word) == 1]
    surnames = [word for word in names if len(word) > 1]
    has_forename = any(word in words.forenames for word in surnames)
    if trades:
        by_first_name = names[:1] and names[0] in words.forenames and len(names) in (2, 3)
        by_surname_first = len(names) in (2, 3) and names[-1] in words.forenames
        with_initials = len(surnames) == 1 and len(initials) in (1, 2, 3) and len(surnames[0]) > 2
        ordered = bool(initials) and (names[0] == initials[0] or names[-1] == initials[-1])
        if by_first_name or by_surname_first or (with_initials and ordered):
            return "trader"
        return ""
    if initials and len(surnames) == 1 and len(initials) <= 3 and len(surnames[0]) > 2:
        return "person"
    if initials and has_forename and len(names) <= 4:
        return "person"
    if len(surnames) == 2 and len(surnames[0]) == 2 and _no_vowel(surnames[0]):
        return "person" if len(surnames[1]) > 3 else ""
    if has_forename and 2 <= len(names) <= (5 if "AND" in spelt else 3):
        return "person"
    return ""


def _no_vowel(word: str) -> bool:
    return not set(word) & set("AEIOUY")


# ---- display ---------------------------------------------------------------------------------


def canonical_name(
    names: Sequence[str], words: NameWords, weights: Sequence[int] | None = None
) -> str:
    """The published spelling that best stands for a supplier known under all of `names`.

    weights : (name,)  whole pence or counts; the more it weighs, the more a spelling is trusted

    The commonest skeleton wins; within it a spelling with its legal form, without a clerk's notes,
    not cut short, and in mixed case where there is one.
    """
    if not names:
        raise ValueError("A supplier needs a name: give at least one spelling.")
    heavy = list(weights) if weights is not None else [1] * len(names)
    if len(set(names)) == 1:
        return " ".join(names[0].split())
    parsed = [parsed_name(name, words) for name in names]
    weight_of: Counter[str] = Counter()
    for name, weight in zip(parsed, heavy, strict=True):
        weight_of[name.registered or name.skeleton] += max(weight, 0) + 1

    def worth(place: int) -> tuple[int, int, int, int, int, int, str]:
        name = parsed[place]
        return (
            int(not name.trading and not name.tail and not name.factored),
            weight_of[name.registered or name.skeleton],
            int(name.legal_form is not None),
            int(not name.text.isupper()),
            max(heavy[place], 0),
            len(name.text),
            name.text,
        )

    best = max(range(len(names)), key=worth)
    return " ".join(names[best].split())
