import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("fleet", "0005_superseded_usage")]

    operations = [
        migrations.AddField(
            model_name="counter",
            name="formula",
            field=models.JSONField(editable=False, encoder=django.core.serializers.json.DjangoJSONEncoder, null=True),
        ),
        migrations.AddConstraint(
            model_name="counter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("formula__isnull", True), models.Q(("component_id__isnull", True), ("slot", "")), _connector="OR"
                ),
                name="formula_of_an_aircraft",
            ),
        ),
        migrations.AddIndex(
            model_name="counter",
            index=models.Index(
                fields=["aircraft"], condition=models.Q(("formula__isnull", False)), name="counter_derived"
            ),
        ),
    ]
