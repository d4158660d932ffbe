"""A picture is a document of the same account, or none."""

from django.db import migrations

from hangarlink.platform.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("fleet", "0001_initial"), ("documents", "0001_initial")]

    operations = [
        IsolateTenants(
            references=(("aircraft", "picture_id", "document"), ("aircraft_model", "picture_id", "document")),
        ),
    ]
