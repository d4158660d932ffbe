"""The fleet's decisions, over plain values: no Django, no clock, no database.

fold      the total of one counter from its events
readings  which typed values are refused
flights   what makes a flight fact unfit, and which flights exclude each other
counters  kinds, units and displays that fit together; what a model expects
recent    the window of recent use
"""
