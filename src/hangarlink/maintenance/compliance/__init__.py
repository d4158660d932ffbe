"""Directives: what authorities and manufacturers demand of products, and what was decided of it for each of them.

    rules      pure: how a directive stands on an object, who may do what from there, what a permit covers
    models     directives with revisions, paragraphs and products; decisions, credits, AMOCs; special flight permits
    actions    enter, revise, supersede, cancel; assess, terminate, credit, AMOC; permits
    queries    the assessment queue, the AD status report, grounds and permits for the board, the installation check

How it stays right. Which aircraft and components a directive concerns is asked of its products each time it is read and
stored nowhere, so an aircraft added tomorrow is asked for without anybody's doing: it is not assessed, hence unknown.
The limits of a paragraph are a requirement of the programme like any other: one engine says what is due.
"""
