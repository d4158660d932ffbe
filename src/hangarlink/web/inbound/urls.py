"""The address of a connection's webhooks."""

from django.urls import path

from hangarlink.web.inbound.receiving import receive_webhook

app_name = "inbound"
urlpatterns = [path("hooks/<str:key>", receive_webhook, name="receive")]
