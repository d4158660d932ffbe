"""Secrets of an account: partner keys, tokens, webhook secrets. Written once, used by the engine, shown to nobody.

secret    the type a secret travels in
crypto    sealing and opening, pure
keyring   where the keys come from
models, actions  the table and its verbs; import them from there, this package is imported before Django is ready
"""

from hangarlink.platform.vault.secret import MASK, Secret

__all__ = ["MASK", "Secret"]
