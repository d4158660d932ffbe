"""Worked examples of due logic, run through the real thing: files of cases that anybody may write.

    reading     a YAML file as plain data; nothing is guessed and nothing is rounded
    problems    what is wrong with a file, with the line, the case and the field
    format      what a case may say (docs/integrator/due-cases.md)
    steps       what can happen in a case, and what can be expected
    amounts     hours and counts as people write them, in the units the engine counts in
    clock       the day on which a case is played
    stage       plays the steps with the actions of the product, on the real database
    answers     what the pure rules and the list in SQL say
    comparing   the differences from what is expected
    running     files to results; every case in an account of its own that is rolled back

It stands above the other rooms of maintenance, because cases use all of them, and nothing may use it.
"""
