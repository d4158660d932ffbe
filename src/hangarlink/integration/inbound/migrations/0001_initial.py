import django.db.models.deletion
from django.db import migrations, models

import hangarlink.platform.tenancy.models
from hangarlink.platform.tenancy.isolation import IsolateTenants

REFUSALS = [
    ("no_signature", "No signature"),
    ("wrong_signature", "Wrong signature"),
    ("outside_window", "Outside window"),
    ("no_secret", "No secret"),
    ("too_large", "Too large"),
]


def id() -> models.UUIDField:
    return models.UUIDField(
        default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False
    )


def account() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.account"
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [("connections", "0001_initial"), ("tenancy", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Hook",
            fields=[
                ("id", id()),
                ("key", models.CharField(max_length=40, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_received_at", models.DateTimeField(null=True)),
                ("last_refused_at", models.DateTimeField(null=True)),
                ("last_refusal", models.CharField(blank=True, choices=REFUSALS, max_length=20)),
                ("account", account()),
                (
                    "connection",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hook",
                        to="connections.connection",
                    ),
                ),
            ],
            options={"db_table": "inbound_hook"},
        ),
        migrations.CreateModel(
            name="Received",
            fields=[
                ("id", id()),
                ("message_id", models.CharField(max_length=80)),
                ("received_at", models.DateTimeField()),
                ("body", models.BinaryField(null=True)),
                ("repetitions", models.PositiveIntegerField(default=0)),
                ("processed_at", models.DateTimeField(null=True)),
                ("asked_for", models.CharField(blank=True, max_length=200)),
                ("account", account()),
                (
                    "hook",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="inbound.hook",
                    ),
                ),
            ],
            options={
                "db_table": "inbound_message",
                "constraints": [
                    models.UniqueConstraint(fields=("hook", "message_id"), name="inbound_message_once")
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("processed_at", None)),
                        fields=["hook", "received_at"],
                        name="inbound_message_waiting",
                    ),
                    models.Index(fields=["account", "received_at"], name="inbound_message_by_time"),
                ],
            },
        ),
        IsolateTenants(
            "inbound_hook",
            "inbound_message",
            referenced=("inbound_hook",),
            references=(
                ("inbound_hook", "connection_id", "connection"),
                ("inbound_message", "hook_id", "inbound_hook"),
            ),
        ),
    ]
