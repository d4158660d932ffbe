from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "hangarlink.maintenance.programme"
    label = "programme"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Usage that moves a counter moves what is due, in the same transaction."""
        # The tables are known from here on, not before.
        from hangarlink.fleet import derived  # noqa: PLC0415
        from hangarlink.maintenance.components import derived as components  # noqa: PLC0415
        from hangarlink.maintenance.programme.component_items import on_components  # noqa: PLC0415
        from hangarlink.maintenance.programme.grounding import register_grounds  # noqa: PLC0415
        from hangarlink.maintenance.programme.life_grounds import life_grounds  # noqa: PLC0415
        from hangarlink.maintenance.programme.usage import on_aircraft, on_usage  # noqa: PLC0415
        from hangarlink.maintenance.programme.watching import note_aircraft, note_usage  # noqa: PLC0415

        components.register(on_components)
        register_grounds(life_grounds)
        derived.register(on_usage)
        derived.register_aircraft(on_aircraft)
        derived.register(note_usage)
        derived.register_aircraft(note_aircraft)
