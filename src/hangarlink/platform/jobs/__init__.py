"""Work that happens outside the request: jobs, schedules, the worker. Procrastinate on the same PostgreSQL."""
