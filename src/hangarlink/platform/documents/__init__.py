"""Files of an account: pictures now, certificates and release papers later.

The row says what the file is; the bytes are in Django's default storage: a directory under the data directory, or an
S3-compatible store by the STORAGES setting. Who may see a document is for the room that refers to it to decide.
"""
