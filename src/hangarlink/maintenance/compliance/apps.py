from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "hangarlink.maintenance.compliance"
    label = "compliance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is not assessed makes an aircraft unknown and refuses an installation; permits show beside dispatch."""
        # The tables are known from here on, not before.
        from hangarlink.maintenance.compliance.queries.grounds import grounds, permits  # noqa: PLC0415
        from hangarlink.maintenance.compliance.queries.installing import affected  # noqa: PLC0415
        from hangarlink.maintenance.components import checks  # noqa: PLC0415
        from hangarlink.maintenance.programme.grounding import register_grounds, register_permits  # noqa: PLC0415

        register_grounds(grounds)
        register_permits(permits)
        checks.register(affected)
