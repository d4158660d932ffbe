"""How much may be asked of a partner, by everybody here together: its quotas, and the circuit that spares it when down.

rules    pure: how a rate becomes a spacing of calls, when a circuit opens and for how long
quota    the shared count, one row per limit
circuit  one row per partner and place that does not answer
valve    both, as a line uses them
"""
