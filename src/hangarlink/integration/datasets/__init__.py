"""The adapters between canonical records and our rooms: the only part of integration that imports fleet or maintenance.

matching, mapping   pure decisions: which aircraft is which, which counter a log feeds
aircraft, flight_times, counter_totals   an adapter each: a page in, an outcome per record out, fixed query count
actions, queries    what people do with mappings and links, and the matching report
"""
