"""The OAuth API, version 1: the published surface for other systems.

gate.py       token, scope and rate limit, before anything else is looked at
payload.py    the JSON body, read exactly
endpoint.py   one call from end to end: wall, Idempotency-Key, the work, the log, the answer
errors.py     how the API says no, always as {error, error_description}
paging.py     lists
v1/           what can be asked
openapi.py, documentation.py   the same, for machines and for people
"""
