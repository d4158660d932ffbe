import django.db.models.deletion
import hangarlink.platform.tenancy.models
from django.db import migrations, models

from hangarlink.platform.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):

    dependencies = [
        ("fleet", "0001_initial"),
        ("programme", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="requirement", name="kept_by", field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="requirementrevision", name="effectivity", field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="dueitem", name="left_out", field=models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="dueitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("left_out", ""), ("closed_at__isnull", False), _connector="OR"),
                name="due_item_left_out_is_closed",
            ),
        ),
        migrations.CreateModel(
            name="Modification",
            fields=[
                ("id", models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=60)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("embodied_on", models.DateField()),
                ("approval", models.CharField(blank=True, max_length=120)),
                ("removed_on", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("recorded_by", models.UUIDField(null=True)),
                ("account", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.account")),
                ("aircraft", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="modifications", to="fleet.aircraft")),
            ],
            options={"db_table": "modification"},
        ),
        migrations.AddIndex(
            model_name="modification",
            index=models.Index(fields=["aircraft", "code"], name="modification_by_aircraft"),
        ),
        migrations.AddConstraint(
            model_name="modification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_on__isnull", True)), fields=("aircraft", "code"), name="modification_embodied_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="modification",
            constraint=models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="modification_code_given"),
        ),
        migrations.AddConstraint(
            model_name="modification",
            constraint=models.CheckConstraint(
                condition=models.Q(("removed_on__isnull", True), ("removed_on__gte", models.F("embodied_on")), _connector="OR"),
                name="modification_removed_after",
            ),
        ),
        IsolateTenants("modification", referenced=(), references=(("modification", "aircraft_id", "aircraft"),)),
    ]
