"""Counters as they stand and as they are expected to go on, as SQL: the same answers as `rules.pace` and `rules.plan`.

A **gauge** is a counter: its total, whether that is stale, and its pace as two whole numbers (`pace` of its unit in
`days` days). Where flights are planned or the aircraft will stand, a gauge also has a plan: three arrays, one entry for
each run of days that are alike.

    plan_first  days from today on which the run begins, increasing; the first run begins today
    plan_used   what is used before it, in the pace's fraction of the unit (amount times `days`)
    plan_use    what each of its days uses, in the same fraction

So the first day on which a limit is exceeded is one binary search (`width_bucket`) and one division. A gauge without a
plan has null there and is reckoned in closed form: what is not planned costs nothing.
"""

# The days of a span, both included, on which the aircraft of `k` (a row of `parked`, or nulls) stands.
_PARKED_DAYS = """
CASE WHEN k.days IS NULL OR {last} IS NULL THEN 0 ELSE (
  SELECT coalesce(sum(upper(d) - lower(d)), 0)::int
  FROM unnest(k.days * datemultirange(daterange({first}, {last}, '[]'))) d) END
"""


def stale(total_at: str, today: str = "%(today)s") -> str:
    """Whether usage up to `total_at` is too old on a day. Days on which the aircraft stands make nothing stale.

    Speaks of the aircraft as `a` and of its row of `parked` as `k`.
    """
    used_on = f"({total_at} AT TIME ZONE %(zone)s)::date"
    idle = _PARKED_DAYS.format(first=f"{used_on} + 1", last=f"{today}::date")
    return f"""(a.status = 'in_service' AND CASE
      WHEN {total_at} IS NULL THEN true
      WHEN {total_at} >= %(fresh_since)s THEN false
      WHEN k.days IS NULL THEN true
      ELSE {today}::date - {used_on} - {idle} > %(stale_days)s END)"""


PARKED = """
parked AS MATERIALIZED (
  SELECT p.aircraft_id, range_agg(daterange(p.starts_on, p.ends_on, '[]')) AS days
  FROM parking p GROUP BY p.aircraft_id
)
"""

_WINDOW = _PARKED_DAYS.format(first="c.recent_as_of - c.recent_days", last="c.recent_as_of - 1")
_THEIR_WINDOW = _PARKED_DAYS.format(first="f.recent_as_of - f.recent_days", last="f.recent_as_of - 1")

# {where} narrows the counters (alias c). A set rate, else the average of the days it did not stand, else the ratio to
# another counter's own pace, else none: rules.pace.pace_of.
_PACE = f"""
pace AS MATERIALIZED (
  SELECT c.id, c.aircraft_id, c.total, c.total_at, {stale("c.total_at")} AS stale,
         (CASE WHEN c.daily_rate IS NOT NULL THEN c.daily_rate
               WHEN w.own > 0 AND (c.recent_amount > 0 OR r.id IS NULL) THEN c.recent_amount
               WHEN r.id IS NULL THEN 0
               WHEN f.daily_rate IS NOT NULL THEN f.daily_rate::bigint * r.use
               WHEN w.theirs > 0 THEN f.recent_amount * r.use
               ELSE 0 END)::bigint AS pace,
         (CASE WHEN c.daily_rate IS NOT NULL THEN 1
               WHEN w.own > 0 AND (c.recent_amount > 0 OR r.id IS NULL) THEN w.own
               WHEN r.id IS NULL THEN 1
               WHEN f.daily_rate IS NOT NULL THEN r.per
               WHEN w.theirs > 0 THEN w.theirs::bigint * r.per
               ELSE 1 END)::bigint AS days
  FROM counter c JOIN aircraft a ON a.id = c.aircraft_id
  LEFT JOIN parked k ON k.aircraft_id = c.aircraft_id
  LEFT JOIN use_ratio r ON r.counter_id = c.id
  LEFT JOIN counter f ON f.id = r.follows_id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN c.recent_days > 0 THEN c.recent_days - {_WINDOW} ELSE 0 END AS own,
           CASE WHEN f.recent_days > 0 THEN f.recent_days - {_THEIR_WINDOW} ELSE 0 END AS theirs OFFSET 0) w
  {{where}}
)
"""  # noqa: S608 - constants only

# What planned flights say of counters: of those they name, and of those that follow a named one. A flight is ahead of
# a counter when it begins after the last usage told of that counter.
_PLANNED = """
ahead AS MATERIALIZED (
  SELECT f.id, f.aircraft_id, f.starts_at, (f.starts_at AT TIME ZONE %(zone)s)::date AS day
  FROM planned_flight f WHERE f.starts_at >= %(day_starts)s
), told AS MATERIALIZED (
  SELECT g.id, f.day, u.amount, (f.starts_at > g.total_at) IS NOT FALSE AS counts
  FROM ahead f JOIN planned_use u ON u.flight_id = f.id JOIN pace g ON g.id = u.counter_id
  UNION ALL
  SELECT g.id, f.day, (u.amount * r.use + r.per - 1) / r.per, (f.starts_at > g.total_at) IS NOT FALSE
  FROM ahead f JOIN planned_use u ON u.flight_id = f.id JOIN use_ratio r ON r.follows_id = u.counter_id
  JOIN pace g ON g.id = r.counter_id
  WHERE NOT EXISTS (SELECT FROM planned_use o WHERE o.flight_id = f.id AND o.counter_id = g.id)
), planned AS MATERIALIZED (
  SELECT id, day, sum(amount)::bigint AS amount FROM told WHERE counts GROUP BY id, day
)
"""

# The days from today on in three kinds: with planned flights, without use, and with the usual use.
_PLAN = """
kinds AS MATERIALIZED (
  SELECT g.id, g.pace, coalesce(p.days, '{{}}') AS flown,
         coalesce(k.days, '{{}}') + CASE WHEN s.id IS NULL THEN '{{}}'::datemultirange
                                   ELSE datemultirange(daterange(%(today)s, s.complete_until, '[]')) END AS idle,
         datemultirange(daterange(%(today)s, NULL)) AS future
  FROM pace g
  LEFT JOIN (SELECT id, range_agg(daterange(day, day + 1)) AS days FROM planned GROUP BY id) p ON p.id = g.id
  LEFT JOIN parked k ON k.aircraft_id = g.aircraft_id
  LEFT JOIN flight_schedule s ON s.aircraft_id = g.aircraft_id AND s.complete_until >= %(today)s
    AND (EXISTS (SELECT FROM told t WHERE t.id = g.id AND t.day <= s.complete_until)
         OR NOT EXISTS (SELECT FROM ahead f WHERE f.aircraft_id = g.aircraft_id AND f.day <= s.complete_until))
  WHERE p.id IS NOT NULL OR s.id IS NOT NULL OR k.days && daterange(%(today)s, NULL)
), run AS (
  SELECT id, lower(d) - %(today)s AS first, upper(d) - lower(d) AS length, 0::bigint AS use
  FROM kinds CROSS JOIN LATERAL unnest(idle * future - flown) d
  UNION ALL
  SELECT id, lower(d) - %(today)s, upper(d) - lower(d), pace
  FROM kinds CROSS JOIN LATERAL unnest(future - idle - flown) d
  UNION ALL
  SELECT p.id, p.day - %(today)s, 1, p.amount * g.days FROM planned p JOIN pace g ON g.id = p.id
), plan AS (
  SELECT id, array_agg(first ORDER BY first) AS plan_first, array_agg(used ORDER BY first) AS plan_used,
         array_agg(use ORDER BY first) AS plan_use
  FROM (SELECT id, first, use,
               coalesce(sum(use * length) OVER (PARTITION BY id ORDER BY first
                                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS used
        FROM run) runs
  GROUP BY id
)
"""

# {where} narrows the counters (alias c).
GAUGES = f"""
{PARKED}, {_PACE}, {_PLANNED}, {_PLAN}, gauge AS MATERIALIZED (
  SELECT g.id, g.aircraft_id, g.total, g.stale, g.pace, g.days, p.plan_first, p.plan_used, p.plan_use
  FROM pace g LEFT JOIN plan p ON p.id = g.id
)
"""  # noqa: S608 - constants only

# Days from today to the first day on which the limit of term `t` on gauge `g` is exceeded; more than 0 is left.
_TARGET = "(t.limit_value - g.total) * g.days"
_RUN = f"width_bucket({_TARGET}, g.plan_used)"
PLANNED_DAYS = f"g.plan_first[{_RUN}] + ({_TARGET} - g.plan_used[{_RUN}]) / g.plan_use[{_RUN}]"
PLANNED_NEVER = f"g.plan_use[{_RUN}] = 0"

# The most that may be left on gauge `g` for a limit to be exceeded within %(horizon)s days (0 or more) by its plan.
_LAST_RUN = "width_bucket(%(horizon)s + 1, g.plan_first)"
PLANNED_WITHIN = f"""
greatest(0, (g.plan_used[{_LAST_RUN}] + g.plan_use[{_LAST_RUN}] * (%(horizon)s + 1 - g.plan_first[{_LAST_RUN}]) - 1)
            / g.days)
"""
