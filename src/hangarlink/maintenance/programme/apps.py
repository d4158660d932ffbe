from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "hangarlink.maintenance.programme"
    label = "programme"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Usage that moves a counter moves what is due, in the same transaction."""
        from hangarlink.fleet import derived
        from hangarlink.maintenance.programme.usage import on_usage

        derived.register(on_usage)
