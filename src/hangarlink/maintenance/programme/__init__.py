"""The maintenance programme: what must be done when, what was done, and therefore what is due.

    rules      pure: schedules, terms, status, forecast, explanation, airworthiness
    models     requirements and their revisions, due items and terms, accomplishments, baselines
    actions    add, revise, apply, withdraw, retire a requirement; record, correct, withdraw an accomplishment; set a
               baseline; settle a discrepancy
    queries    due list, board, counts, one item with its explanation
    usage      what the fleet calls when usage, aircraft or counters change

How it stays right. A due term holds an absolute limit, which follows from the records alone (`records`, `terms`);
present totals and today's date come in when somebody asks (`queries.scores`). So a flight rewrites no due row. It asks
by index whether a line lies between old and new totals, and whether a value derived from usage lies behind it
(`usage`); only then are items worked out anew from their records (`recompute`), and what is no longer what it was
becomes a new version (`versions`). Names of counters in limits are bound to an aircraft's counters once per item.
"""
