from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "hangarlink.web"
    label = "web"
