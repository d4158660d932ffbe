import django.db.models.deletion
import hangarlink.platform.tenancy.models
from django.db import migrations, models

from hangarlink.platform.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('components', '0001_initial'),
        ('fleet', '0001_initial'),
        ('programme', '0001_initial'),
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Directive',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('ad', 'Airworthiness directive'), ('sb', 'Service bulletin'), ('sl', 'Service letter')], max_length=2)),
                ('issuer', models.CharField(max_length=60)),
                ('number', models.CharField(max_length=50)),
                ('mandatory_class', models.CharField(choices=[('airworthiness_directive', 'Airworthiness directive'), ('airworthiness_limitation', 'Airworthiness limitation'), ('certification_maintenance', 'Certification maintenance'), ('life_limit', 'Life limit'), ('programme', 'Programme'), ('recommended', 'Recommended'), ('operator', 'Operator')], max_length=30)),
                ('current', models.PositiveIntegerField(default=1)),
                ('carried', models.PositiveIntegerField(default=1)),
                ('superseded_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('is_example', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('superseded_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='supersedes', to='compliance.directive')),
            ],
            options={
                'db_table': 'directive',
            },
        ),
        migrations.CreateModel(
            name='Credit',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('given', models.UUIDField(unique=True)),
                ('earlier', models.UUIDField(null=True)),
                ('source', models.CharField(max_length=200)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('recorded_by', models.UUIDField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('directive', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='credits', to='compliance.directive')),
            ],
            options={
                'db_table': 'directive_credit',
            },
        ),
        migrations.CreateModel(
            name='Amoc',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('component_id', models.UUIDField(null=True)),
                ('reference', models.CharField(max_length=60)),
                ('approved_by', models.CharField(max_length=120)),
                ('approved_on', models.DateField()),
                ('valid_until', models.DateField(null=True)),
                ('paragraphs', models.JSONField(default=list)),
                ('scope', models.TextField()),
                ('compensation', models.TextField(blank=True)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('recorded_by', models.UUIDField(null=True)),
                ('recorded_by_label', models.CharField(max_length=200)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_because', models.CharField(blank=True, max_length=300)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('aircraft', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='fleet.aircraft')),
                ('requirement', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programme.requirement')),
                ('directive', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='amocs', to='compliance.directive')),
            ],
            options={
                'db_table': 'directive_amoc',
            },
        ),
        migrations.CreateModel(
            name='DirectiveParagraph',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(blank=True, max_length=20)),
                ('title', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('action', 'Action with limits'), ('terminating', 'Terminating action')], max_length=12)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('retired_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('directive', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='paragraphs', to='compliance.directive')),
                ('requirement', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programme.requirement')),
            ],
            options={
                'db_table': 'directive_paragraph',
            },
        ),
        migrations.CreateModel(
            name='DirectiveProduct',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('part_number', models.CharField(blank=True, max_length=60)),
                ('effectivity', models.JSONField(default=dict)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('aircraft_model', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='fleet.aircraftmodel')),
                ('directive', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='products', to='compliance.directive')),
            ],
            options={
                'db_table': 'directive_product',
            },
        ),
        migrations.CreateModel(
            name='DirectiveRevision',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('label', models.CharField(blank=True, max_length=60)),
                ('subject', models.CharField(max_length=200)),
                ('ata', models.CharField(blank=True, max_length=8)),
                ('issued_on', models.DateField(null=True)),
                ('effective_on', models.DateField(null=True)),
                ('applies', models.TextField(blank=True)),
                ('compliance', models.TextField(blank=True)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('note', models.TextField(blank=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('made_by', models.UUIDField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('directive', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='compliance.directive')),
            ],
            options={
                'db_table': 'directive_revision',
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('component_id', models.UUIDField(null=True)),
                ('verdict', models.CharField(choices=[('applicable', 'applicable'), ('not_applicable', 'not_applicable'), ('terminated', 'terminated'), ('superseded', 'superseded')], max_length=14)),
                ('paragraphs', models.JSONField(default=list)),
                ('because', models.CharField(blank=True, choices=[('serial', 'Serial number is outside its range'), ('not_installed', 'The affected part is not installed'), ('modified', 'A modification takes it out'), ('not_this_model', 'It is for another variant'), ('other', 'Another reason')], max_length=14)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('method', models.CharField(blank=True, max_length=300)),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('on', models.DateField(null=True)),
                ('serial_number', models.CharField(blank=True, max_length=60)),
                ('decided_at', models.DateTimeField(auto_now_add=True)),
                ('decided_by', models.UUIDField(null=True)),
                ('decided_by_label', models.CharField(max_length=200)),
                ('superseded_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('aircraft', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='fleet.aircraft')),
                ('directive', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='compliance.directive')),
                ('revision', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.directiverevision')),
            ],
            options={
                'db_table': 'directive_decision',
            },
        ),
        migrations.CreateModel(
            name='SpecialFlightPermit',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=60)),
                ('authority', models.CharField(max_length=60)),
                ('purpose', models.CharField(max_length=300)),
                ('conditions', models.TextField(blank=True)),
                ('issued_on', models.DateField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('recorded_by', models.UUIDField(null=True)),
                ('recorded_by_label', models.CharField(max_length=200)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('revoked_because', models.CharField(blank=True, max_length=300)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('aircraft', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='fleet.aircraft')),
            ],
            options={
                'db_table': 'special_flight_permit',
            },
        ),
        migrations.CreateModel(
            name='PermittedFlight',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('departure', models.CharField(blank=True, max_length=8)),
                ('destination', models.CharField(blank=True, max_length=8)),
                ('used_on', models.DateField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('permit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='flights', to='compliance.specialflightpermit')),
            ],
            options={
                'db_table': 'permitted_flight',
            },
        ),
        migrations.AddConstraint(
            model_name='directive',
            constraint=models.UniqueConstraint(fields=('account', 'kind', 'issuer', 'number'), name='directive_once'),
        ),
        migrations.AddConstraint(
            model_name='directive',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('issuer', ''), _negated=True)), name='directive_named'),
        ),
        migrations.AddConstraint(
            model_name='directive',
            constraint=models.CheckConstraint(condition=models.Q(('carried__gte', 1), ('carried__lte', models.F('current'))), name='directive_carried'),
        ),
        migrations.AddConstraint(
            model_name='directive',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('superseded_at__isnull', True), ('superseded_by__isnull', True)), models.Q(('superseded_at__isnull', False), ('superseded_by__isnull', False)), _connector='OR'), name='directive_superseded_whole'),
        ),
        migrations.AddConstraint(
            model_name='directive',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_by', models.F('id')), _negated=True), name='directive_not_by_itself'),
        ),
        migrations.AddConstraint(
            model_name='directive',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'ad'), _negated=True), ('mandatory_class', 'airworthiness_directive'), _connector='OR'), name='directive_ad_binds'),
        ),
        migrations.AddIndex(
            model_name='credit',
            index=models.Index(fields=['directive'], name='directive_credit_by_directive'),
        ),
        migrations.AddConstraint(
            model_name='credit',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='directive_credit_source_given'),
        ),
        migrations.AddIndex(
            model_name='amoc',
            index=models.Index(fields=['directive', 'aircraft'], name='directive_amoc_by_object'),
        ),
        migrations.AddConstraint(
            model_name='amoc',
            constraint=models.CheckConstraint(condition=models.Q(('aircraft__isnull', True), ('component_id__isnull', True), _connector='XOR'), name='directive_amoc_on_one_object'),
        ),
        migrations.AddConstraint(
            model_name='amoc',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reference', ''), _negated=True), models.Q(('scope', ''), _negated=True), models.Q(('approved_by', ''), _negated=True)), name='directive_amoc_says_what'),
        ),
        migrations.AddConstraint(
            model_name='amoc',
            constraint=models.CheckConstraint(condition=models.Q(('requirement__isnull', True), models.Q(('compensation', ''), _negated=True), _connector='OR'), name='directive_amoc_compensates'),
        ),
        migrations.AddConstraint(
            model_name='directiveparagraph',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('directive', 'code'), name='directive_paragraph_once'),
        ),
        migrations.AddConstraint(
            model_name='directiveparagraph',
            constraint=models.UniqueConstraint(fields=('requirement',), name='directive_paragraph_requirement_once'),
        ),
        migrations.AddConstraint(
            model_name='directiveparagraph',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'action'), ('requirement__isnull', True), _connector='OR'), name='directive_paragraph_limits'),
        ),
        migrations.AddIndex(
            model_name='directiveproduct',
            index=models.Index(condition=models.Q(('aircraft_model__isnull', False)), fields=['aircraft_model'], name='directive_by_model'),
        ),
        migrations.AddIndex(
            model_name='directiveproduct',
            index=models.Index(condition=models.Q(('part_number', ''), _negated=True), fields=['account', 'part_number'], name='directive_by_part'),
        ),
        migrations.AddConstraint(
            model_name='directiveproduct',
            constraint=models.CheckConstraint(condition=models.Q(('aircraft_model__isnull', True), ('part_number', ''), _connector='XOR'), name='directive_product_is_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='directiveproduct',
            constraint=models.UniqueConstraint(fields=('directive', 'aircraft_model', 'part_number'), name='directive_product_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='directiverevision',
            constraint=models.UniqueConstraint(fields=('directive', 'number'), name='directive_revision_once'),
        ),
        migrations.AddConstraint(
            model_name='directiverevision',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='directive_revision_counts'),
        ),
        migrations.AddConstraint(
            model_name='directiverevision',
            constraint=models.CheckConstraint(condition=models.Q(('subject', ''), _negated=True), name='directive_subject_given'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['aircraft', 'directive'], name='directive_decision_by_aircraft'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['component_id', 'directive'], name='directive_decision_by_part'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('aircraft__isnull', True), ('component_id__isnull', True), _connector='XOR'), name='directive_decision_on_one_object'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True), ('aircraft__isnull', False)), fields=('directive', 'aircraft'), name='directive_decision_on_aircraft'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True), ('component_id__isnull', False)), fields=('directive', 'component_id'), name='directive_decision_on_component'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'not_applicable'), _negated=True), models.Q(models.Q(('because', ''), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='directive_not_applicable_says_why'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'terminated'), _negated=True), models.Q(models.Q(('reference', ''), _negated=True), ('on__isnull', False)), _connector='OR'), name='directive_terminated_by'),
        ),
        migrations.AddIndex(
            model_name='specialflightpermit',
            index=models.Index(fields=['aircraft', 'valid_to'], name='special_flight_permit_by_day'),
        ),
        migrations.AddConstraint(
            model_name='specialflightpermit',
            constraint=models.UniqueConstraint(fields=('aircraft', 'reference'), name='special_flight_permit_once'),
        ),
        migrations.AddConstraint(
            model_name='specialflightpermit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reference', ''), _negated=True), models.Q(('authority', ''), _negated=True), models.Q(('purpose', ''), _negated=True)), name='special_flight_permit_says_what'),
        ),
        migrations.AddConstraint(
            model_name='specialflightpermit',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='special_flight_permit_days'),
        ),
        migrations.AddConstraint(
            model_name='permittedflight',
            constraint=models.UniqueConstraint(fields=('permit', 'position'), name='permitted_flight_once'),
        ),
        IsolateTenants(
            "directive",
            "directive_revision",
            "directive_paragraph",
            "directive_product",
            "directive_decision",
            "directive_amoc",
            "directive_credit",
            "special_flight_permit",
            "permitted_flight",
            referenced=("directive", "directive_revision", "directive_amoc", "special_flight_permit"),
            references=(
                ("directive", "superseded_by_id", "directive"),
                ("directive_revision", "directive_id", "directive"),
                ("directive_paragraph", "directive_id", "directive"),
                ("directive_paragraph", "requirement_id", "requirement"),
                ("directive_product", "directive_id", "directive"),
                ("directive_product", "aircraft_model_id", "aircraft_model"),
                ("directive_decision", "directive_id", "directive"),
                ("directive_decision", "revision_id", "directive_revision"),
                ("directive_decision", "aircraft_id", "aircraft"),
                ("directive_decision", "component_id", "component"),
                ("directive_amoc", "directive_id", "directive"),
                ("directive_amoc", "aircraft_id", "aircraft"),
                ("directive_amoc", "component_id", "component"),
                ("directive_amoc", "requirement_id", "requirement"),
                ("directive_credit", "directive_id", "directive"),
                ("special_flight_permit", "aircraft_id", "aircraft"),
                ("permitted_flight", "permit_id", "special_flight_permit"),
            ),
        ),
    ]
