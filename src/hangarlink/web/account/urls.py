"""Address of the account settings."""

from django.urls import path

from hangarlink.web.account import settings

app_name = "account"
urlpatterns = [path("account/", settings.settings, name="settings")]
