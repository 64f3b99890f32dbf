"""The audit log's triggers, and the table of the shared cache."""

from django.core.management import call_command
from django.db import migrations

from moothall.core import triggers


def place(apps, schema_editor):
    triggers.place(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


def cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunPython(place, remove),
        migrations.RunPython(cache_table, migrations.RunPython.noop),
    ]
