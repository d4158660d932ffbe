"""Components: what is installed where, since when, and how long each part has run.

    rules      pure: the clock of a component, life-limited parts, back-to-birth
    models     items, serialised items, component types and positions, components, placements, clocks
    actions    create, install, remove, exchange, overhaul, repair; bench time, meter readings, stated totals
    clocks     totals of components' counters at any moment, and the line that their driving counter draws for them
    derived    the port by which rooms above hear that placements or clocks changed
    checks     the port by which rooms above say whether a component may be installed
    queries    lists, trees, lives

How it stays right. A component is somewhere at every moment: `Placement` rows cover its time with us without gap or
overlap, and the database refuses anything else. Its counters hold no total; `clocks` follows from where it was, what
moved there, and what its papers, its bench and its own meter said. So a late flight is in every component's time at
once, also of one that was removed since.
"""
