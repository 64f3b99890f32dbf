"""Does a published cell say that a name was withheld?

Redaction is a matter of the whole cell: a company called Redactive, or a firm that sells data
protection, keeps its name.
"""

import re
from functools import lru_cache

# A quick sieve for whole columns; only what passes it is looked at closely.
MIGHT_BE_REDACTED = (
    r"(?i)reda|redc|reac|rede|redt|withheld|personal|individual|third party supplier|xxxx|\*\*\*"
)

_MARK = (
    r"(?:redact(?:ed|ion|ions|d|e|s|ted|eted|tion)?|redacted\w?|redcat(?:ed|ion)|redac(?:ed|d|ted|ated)"
    r"|redat(?:ed|ced|cted)|readact(?:ed|ion)|reacted|redected|redaceted|rdacted|redtacted|redactd)"
)
_FILLER = (
    r"(?:personal|person|persons|data|name|names|detail|details|information|info|under|dp|dpa|act|the|due|to|gdpr"
    r"|for|of|by|as|is|privacy|protection|private|individual|individuals|commercial|commercially|confidential"
    r"|confidentiality|sensitive|sensitivity|in|confidence|supplier|payee|recipient|client|clients|reason|reasons"
    r"|purpose|purposes|foi|section|s40|40|exempt|exemption|1998|2018|foster|carer|carers|adoption|allowance|and"
    r"|or|on|item|payment|payments|service|user|users|staff|employee|tenant|pupil|student|beneficiary|this)"
)
_WHOLE = re.compile(rf"(?:{_FILLER} )*{_MARK}(?: (?:{_FILLER}|{_MARK}))*")
_WITHHELD = re.compile(
    r"(?:name|names|detail|details|information|personal data|personal information|personal details)"
    r"(?: of individual| of individuals)? withheld(?: .*)?|withheld"
    r"|personal (?:data|information|details)"
    r"|private individual|named? individual|individual|third party supplier|x{4,}"
)
_PARTLY = re.compile(
    rf"(?:{_FILLER} )*{_MARK}\b.*\b"
    r"(?:personal data|personal information|dp act|data protection|t a|trading as)\b.*"
)


@lru_cache(maxsize=65536)
def is_redaction_mark(text: str) -> bool:
    """Return whether a supplier cell is a mark of redaction, whole or in part, and not a name."""
    plain = re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()
    if not plain:
        return text.count("*") >= 3
    return any(pattern.fullmatch(plain) for pattern in (_WHOLE, _WITHHELD, _PARTLY))
