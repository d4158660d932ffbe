"""The engine: what must be right once, for every partner. Runs, pages, checkpoints, retries, plans, schedules.

actions   request_run, retry_records, stop_run
engine    drain: carries out what is requested for one connection, in order
paging    one page into one transaction
tasks     the jobs

A page's effects, its log records and its checkpoint commit together, so a crash at any instant resumes with nothing
lost and nothing doubled. The network is never called inside a transaction.
"""
