from django.db import migrations

NAME = "fast_typed_in_without_overlap"


def add(apps, schema_editor):
    """Of what is typed in, no two fasts share time. PostgreSQL alone can hold a row against all the
    others, and Django can declare such a constraint only in a model that no other database has; on
    SQLite the check of `FastingPeriod.refuse_conflict` stands alone, in a transaction that keeps
    other writers out."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"ALTER TABLE fasting_fastingperiod ADD CONSTRAINT {NAME} "
            'EXCLUDE USING gist (tstzrange("start", "end") WITH &&) '
            "WHERE (source = 'Manual' AND deleted_at IS NULL)"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE fasting_fastingperiod DROP CONSTRAINT {NAME}")


class Migration(migrations.Migration):

    dependencies = [("fasting", "0001_initial")]

    operations = [migrations.RunPython(add, remove, elidable=False)]
