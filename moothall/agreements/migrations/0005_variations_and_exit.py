

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0004_companies'),
        ('directory', '0002_second_factors_are_sealed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='agreementversion',
            name='splits_period',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='ExitRehearsal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_on', models.DateField()),
                ('answers', models.JSONField()),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exit_rehearsals', to='agreements.agreement')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-held_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ExitStake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=300)),
                ('pence', models.BigIntegerField()),
                ('evidence', models.CharField(blank=True, max_length=500)),
                ('written_off_from', models.DateField(null=True)),
                ('months', models.PositiveSmallIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exit_stakes', to='agreements.agreement')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exit_stakes', to='agreements.member')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='NeedIndicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fact', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='need_indicators', to='agreements.agreement')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='NeedReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('need', models.DecimalField(decimal_places=4, max_digits=18)),
                ('volume', models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='agreements.needindicator')),
            ],
            options={
                'ordering': ['indicator_id', 'starts_on'],
            },
        ),
        migrations.CreateModel(
            name='Variation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('side', models.CharField(choices=[('client', 'client'), ('supplier', 'supplier'), ('law', 'law')], max_length=10)),
                ('what', models.TextField(blank=True)),
                ('why', models.TextField(blank=True)),
                ('risk', models.TextField(blank=True)),
                ('effects', models.JSONField(default=list)),
                ('text', models.TextField(blank=True)),
                ('value_pence', models.BigIntegerField(null=True)),
                ('term_months', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=7)),
                ('scope_is_material', models.BooleanField(null=True)),
                ('favours_supplier', models.BooleanField(null=True)),
                ('ground', models.CharField(blank=True, max_length=40)),
                ('in_force_from', models.DateField()),
                ('splits_period', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('ASKED', 'asked for'), ('ASSESSED', 'priced and tested'), ('APPROVED', 'approved'), ('IN_FORCE', 'in force'), ('REFUSED', 'refused'), ('WITHDRAWN', 'withdrawn')], default='ASKED', max_length=12)),
                ('impact', models.JSONField(null=True)),
                ('not_priced_because', models.TextField(blank=True)),
                ('legal', models.JSONField(null=True)),
                ('relied_on', models.CharField(blank=True, max_length=40)),
                ('small_pence', models.BigIntegerField(default=0)),
                ('solicitor_said', models.TextField(blank=True)),
                ('solicitor', models.CharField(blank=True, max_length=200)),
                ('solicitor_on', models.DateField(null=True)),
                ('closed_because', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('assessed_at', models.DateTimeField(null=True)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='variations', to='agreements.agreement')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='variations_asked', to='directory.organisation')),
                ('version', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='variation', to='agreements.agreementversion')),
            ],
            options={
                'ordering': ['agreement_id', 'number'],
            },
        ),
        migrations.CreateModel(
            name='VariationAssent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, max_length=40)),
                ('decision', models.CharField(blank=True, max_length=200)),
                ('is_on_behalf', models.BooleanField(default=False)),
                ('document_name', models.CharField(blank=True, max_length=200)),
                ('document_digest', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assents', to='agreements.member')),
                ('variation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assents', to='agreements.variation')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ApprovalLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('role', models.CharField(max_length=40)),
                ('up_to_pence', models.BigIntegerField(null=True)),
                ('up_to_share', models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ('asks_decision', models.BooleanField(default=False)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approval_levels', to='directory.organisation')),
            ],
            options={
                'ordering': ['body_id', 'position'],
                'constraints': [models.UniqueConstraint(fields=('body', 'role'), name='one_approval_level_of_a_role')],
            },
        ),
        migrations.CreateModel(
            name='ChangeBasis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(default='goods_services_sub_central', max_length=40)),
                ('is_light_touch', models.BooleanField(default=False)),
                ('vat_rate', models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ('term_months', models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ('reading', models.CharField(blank=True, choices=[('net', 'net'), ('gross', 'gross')], max_length=5)),
                ('advised_by', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('agreement', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='change_basis', to='agreements.agreement')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reading', ''), models.Q(('advised_by', ''), _negated=True), _connector='OR'), name='a_reading_names_who_advised_it')],
            },
        ),
        migrations.CreateModel(
            name='Ending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ends_on', models.DateField()),
                ('why', models.CharField(max_length=500)),
                ('at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('agreement', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='ending', to='agreements.agreement')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('leaver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='endings', to='agreements.member')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='ending_closed_by_and_at_go_together')],
            },
        ),
        migrations.CreateModel(
            name='ExitCostLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=300)),
                ('low_pence', models.BigIntegerField()),
                ('mode_pence', models.BigIntegerField()),
                ('high_pence', models.BigIntegerField()),
                ('written_off_from', models.DateField(null=True)),
                ('months', models.PositiveSmallIntegerField(default=0)),
                ('shares', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exit_cost_lines', to='agreements.agreement')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('low_pence__gte', 0), ('low_pence__lte', models.F('mode_pence')), ('mode_pence__lte', models.F('high_pence'))), name='an_exit_cost_runs_from_least_to_most')],
            },
        ),
        migrations.CreateModel(
            name='ExitItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('staff', 'Staff'), ('assets', 'Assets'), ('data', 'Data'), ('contracts', 'Contracts'), ('licences', 'Licences and know-how'), ('costs', 'Costs of leaving'), ('sharing', 'Sharing of these costs'), ('step_in', 'Step-in')], max_length=20)),
                ('what', models.CharField(max_length=300)),
                ('detail', models.TextField(blank=True)),
                ('days_before', models.SmallIntegerField(default=30)),
                ('done_on', models.DateField(null=True)),
                ('evidence', models.CharField(blank=True, max_length=500)),
                ('set_aside_because', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exit_items', to='agreements.agreement')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='exit_items', to='agreements.member')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('done_on', None), models.Q(models.Q(('evidence', ''), _negated=True), ('set_aside_because', '')), _connector='OR'), name='an_exit_item_is_done_with_evidence_or_set_aside')],
            },
        ),
        migrations.CreateModel(
            name='ExitPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('staff', 'Staff'), ('assets', 'Assets'), ('data', 'Data'), ('contracts', 'Contracts'), ('licences', 'Licences and know-how'), ('costs', 'Costs of leaving'), ('sharing', 'Sharing of these costs'), ('step_in', 'Step-in')], max_length=20)),
                ('none_because', models.CharField(blank=True, max_length=500)),
                ('checked_on', models.DateField(null=True)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exit_parts', to='agreements.agreement')),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('agreement', 'part'), name='one_exit_part_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('checked_by', None), ('checked_on', None)), models.Q(('checked_by__isnull', False), ('checked_on__isnull', False)), _connector='OR'), name='exit_part_checked_on_and_by_go_together')],
            },
        ),
        migrations.AddConstraint(
            model_name='needindicator',
            constraint=models.UniqueConstraint(fields=('agreement', 'fact'), name='one_need_indicator_of_a_volume'),
        ),
        migrations.AddConstraint(
            model_name='needreading',
            constraint=models.UniqueConstraint(fields=('indicator', 'starts_on'), name='need_is_read_once_a_period'),
        ),
        migrations.AddConstraint(
            model_name='variation',
            constraint=models.UniqueConstraint(fields=('agreement', 'number'), name='one_variation_of_a_number'),
        ),
        migrations.AddConstraint(
            model_name='variation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ASSESSED', 'APPROVED', 'IN_FORCE']), _negated=True), ('legal__isnull', False), _connector='OR'), name='what_is_assessed_has_a_legal_test'),
        ),
        migrations.AddConstraint(
            model_name='variation',
            constraint=models.CheckConstraint(condition=models.Q(('solicitor_said', ''), models.Q(('solicitor', ''), _negated=True), _connector='OR'), name='what_a_solicitor_said_names_the_solicitor'),
        ),
        migrations.AddConstraint(
            model_name='variationassent',
            constraint=models.UniqueConstraint(fields=('variation', 'member'), name='a_member_agrees_to_a_variation_once'),
        ),
        migrations.AddConstraint(
            model_name='variationassent',
            constraint=models.CheckConstraint(condition=models.Q(('is_on_behalf', False), models.Q(('document_digest', ''), _negated=True), _connector='OR'), name='a_word_entered_for_another_has_its_document'),
        ),
    ]
