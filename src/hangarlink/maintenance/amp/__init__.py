"""Aircraft maintenance programmes (AMP): documents with revisions, out of which requirements come.

    rules      pure: the life of a revision, the difference between two, "not weaker than the minimum", limits as text
    models     programmes, revisions and their tasks, what a programme is assigned to, annual reviews
    actions    draft, edit, submit, approve, activate a revision; assign a programme; record an annual review
    report     what a revision would move, told by activating it and undoing that (`programme.impact`)

A task of a revision is a proposal. When the revision is activated, each task becomes a revision of its requirement
(`programme.enforcing`), and what is due follows; nothing else changes what a programme demands.
"""
