from django.db import migrations


def carry_over(apps, schema_editor):
    """What was exempt stays so: who recorded it said it."""
    Exemption = apps.get_model("decisions", "Exemption")
    for decision in apps.get_model("decisions", "Decision").objects.exclude(exempt_under=None):
        Exemption.objects.create(
            decision=decision, paragraph=decision.exempt_under, by=decision.by, at=decision.at
        )


class Migration(migrations.Migration):

    dependencies = [('decisions', '0002_exemptions')]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='decision',
            name='decision_is_exempt_under_a_known_paragraph',
        ),
        migrations.RemoveField(
            model_name='decision',
            name='exempt_under',
        ),
    ]
