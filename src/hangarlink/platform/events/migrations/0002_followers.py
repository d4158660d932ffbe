import django.db.models.deletion
from django.db import migrations, models

import hangarlink.platform.tenancy.models
from hangarlink.platform.tenancy.isolation import IsolateTenants

ID = models.UUIDField(
    default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
)


def account() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.account"
    )


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Follower",
            fields=[("id", ID), ("task", models.CharField(max_length=80)), ("account", account())],
            options={
                "db_table": "outbox_follower",
                "constraints": [models.UniqueConstraint(fields=("account", "task"), name="outbox_follower_once")],
            },
        ),
        migrations.CreateModel(
            name="News",
            fields=[
                ("id", ID.clone()),
                ("task", models.CharField(max_length=80)),
                ("event_id", models.UUIDField()),
                ("account", account()),
            ],
            options={
                "db_table": "outbox_news",
                "indexes": [models.Index(fields=["account", "task", "event_id"], name="outbox_news_in_order")],
            },
        ),
        IsolateTenants("outbox_follower", "outbox_news"),
    ]
