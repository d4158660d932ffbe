"""Pages of compliance: the assessment queue, directives, what was decided of them, the status report, permits."""
