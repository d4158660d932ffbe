from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "hangarlink.platform.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Both import models, which exist only now.
        from hangarlink.platform.people.second_factors import SecondFactors  # noqa: PLC0415
        from hangarlink.platform.vault.rotation import register  # noqa: PLC0415

        register(SecondFactors())
