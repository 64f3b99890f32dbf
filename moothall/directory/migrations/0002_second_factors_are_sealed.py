from django.db import migrations

from moothall.core.sealing import BEGINS, seal, unseal


def each_secret(apps, changed, *, is_sealed_after):
    def change(held):
        return held if held.startswith(BEGINS) == is_sealed_after else changed(held)

    Authenticator = apps.get_model("mfa", "Authenticator")
    for factor in Authenticator.objects.filter(type__in=("totp", "recovery_codes")):
        for name in {"secret", "seed"} & factor.data.keys():
            factor.data[name] = change(factor.data[name])
        if "migrated_codes" in factor.data:
            factor.data["migrated_codes"] = [change(code) for code in factor.data["migrated_codes"]]
        factor.save(update_fields=["data"])


def seal_each(apps, schema_editor):
    each_secret(apps, seal, is_sealed_after=True)


def unseal_each(apps, schema_editor):
    each_secret(apps, unseal, is_sealed_after=False)


class Migration(migrations.Migration):

    dependencies = [
        ("directory", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal_each, unseal_each)]
