"""Pages of the hub: the directory, the wizard, every connection; one set of pages for three settings areas."""
