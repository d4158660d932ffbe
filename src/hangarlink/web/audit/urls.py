"""Address of the audit trail."""

from django.urls import path

from hangarlink.web.audit import trail

app_name = "audit"
urlpatterns = [path("audit/", trail.trail, name="list")]
