"""Names of attributes and of their values are words of documents now: on PostgreSQL their change tells, too."""

from importlib import import_module

from django.db import migrations

before = import_module("search.products.migrations.0009_tell_of_attributes")
NAMES = ("name_zh", "name_en", "name_ru")


def told(schema_editor, extra):
    """The trigger of each table on a change of its columns and these."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, (_category, columns) in before.TABLES.items():
        differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in (*columns, *extra))
        schema_editor.execute(f"DROP TRIGGER search_tell ON {table}")
        schema_editor.execute(
            before.ATTACH.format(name="search_tell", event="UPDATE", table=table, condition=differs)
        )


def attach(apps, schema_editor):
    told(schema_editor, NAMES)


def detach(apps, schema_editor):
    told(schema_editor, ())


class Migration(migrations.Migration):
    dependencies = [("search_products", "0009_tell_of_attributes")]
    operations = [migrations.RunPython(attach, detach)]
