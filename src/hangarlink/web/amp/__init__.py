"""Pages of maintenance programmes: documents with revisions, their review, what they are assigned to."""
