"""What a secret looks like inside a text, and by what name it goes. Every pattern is linear in the text's length."""

import re

MASK = "•••"

# Compared with the name in lower case without punctuation: "X-Api-Key", "apiKey" and "api_key" are one.
SENSITIVE_PARTS = (
    "authorization",
    "apikey",
    "token",
    "secret",
    "password",
    "passwort",
    "passwd",
    "passphrase",
    "cookie",
    "privatekey",
    "credential",
    "sessionid",
    "sessionkey",
    "csrf",
    "recoverycode",
    "vaultkey",
)
SENSITIVE_NAMES = frozenset(("otp", "pin", "pwd", "pass", "jwt", "auth", "signature", "sid", "email", "phone"))
_PUNCTUATION = re.compile(r"[^a-z0-9]")

# A name with a sign of assignment behind it, and the value that may follow: api_key=x, "token": "x", (b'cookie', b'x').
# A quote behind any number of backslashes does not end the value: the text may be a repr of a repr.
# Possessive (++), so that a text of nothing but names costs no more than its length.
_NAME = re.compile(r"""(?<![\w.-])([\w.-]++)["']?+\s*+(?::|=>?|,(?=\s*+b?["']))\s*+b?""")
_VALUE = re.compile(r""""(?:[^"\\]|\\++.)*+"?|'(?:[^'\\]|\\++.)*+'?|[^\s,;&"'<>()\[\]{}]++""", re.DOTALL)

# Order matters: whole lines and blocks first, single values after them.
TEXT_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL
        ),
        MASK,
    ),
    (re.compile(r"(?i)(?<![\w-])((?:set-)?cookie2?\s*:\s*)[^\r\n]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)(?<![\w-])((?:proxy-)?authorization\s*:\s*)[^\r\n\"']+"), rf"\1{MASK}"),
    (re.compile(r"(?i)\b(bearer(?:\s|\\[tnr])+)[^\s\"',;)\]}]+"), rf"\1{MASK}"),
    (re.compile(r"\b([Bb]asic\s+)(?=\S*[0-9=+/A-Z])[A-Za-z0-9+/_-]{6,}={0,2}"), rf"\1{MASK}"),
    (re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20}://)[^/\s@\"']+@"), rf"\1{MASK}@"),
    (re.compile(r"(?i)(hooks\.slack\.com/)[^\s\"']+"), rf"\1{MASK}"),
    (re.compile(r"(?i)([?&](?:key|code|sig|signature|auth|otp|pin|state|hash)=)[^&\s\"'#]+"), rf"\1{MASK}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), MASK),
    (re.compile(r"\b(?:hl[st]_|[sr]k_(?:live|test)_|whsec_|xox[a-z]-|gh[pousr]_|hlv1\.)[A-Za-z0-9+/=_.-]{6,}"), MASK),
    (re.compile(r"\b[0-9a-f]{12}:[A-Za-z0-9_-]{43}="), MASK),
    # A long random part of a path: an invitation, a password reset, a webhook address. UUIDs have no capitals.
    (re.compile(r"(?<=/)(?=[\w-]*[0-9])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[A-Za-z0-9_-]{20,}"), MASK),
    (re.compile(r"(?<![\w.%+-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)+"), f"{MASK}@{MASK}"),
)
# An HTTP library logs the addresses it calls; behind the host, an address may be a secret as a whole.
URL_BEHIND_HOST = re.compile(r"(https?://[^/\s\"'?#]+)[/?#][^\s\"']*")


def mask_assigned(text: str) -> str:
    """Mask the values that stand behind a sensitive name."""
    pieces, done = [], 0
    while name := _NAME.search(text, done):
        pieces.append(text[done : name.end()])
        done = name.end()
        if is_sensitive(name[1]) and (value := _VALUE.match(text, done)):
            pieces.append(MASK)
            done = value.end()
    return "".join([*pieces, text[done:]])


def is_sensitive(name: str) -> bool:
    """Whether a value of this name is masked without looking at it."""
    plain = _PUNCTUATION.sub("", name.lower())
    return plain in SENSITIVE_NAMES or any(part in plain for part in SENSITIVE_PARTS)
