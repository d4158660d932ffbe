"""Pages of components: what there is, where it sits, and how it has lived."""
