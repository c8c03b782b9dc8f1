"""On PostgreSQL: a transaction that tells of every product it touches by itself says so (`catalog.products.events`), and
the triggers of 0004 do not look after each of its rows. An import of five hundred rows writes three thousand."""

from django.db import migrations

TABLES = ("products_product", "products_variant", "products_channellisting", "pricing_price", "pricing_pricetier")
ATTACH = """
CREATE CONSTRAINT TRIGGER search_tell AFTER INSERT OR UPDATE OR DELETE ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {condition} EXECUTE FUNCTION search_tell_{table}()
"""
# The condition of a deferred trigger is looked at when the row is written.
WATCHED = "WHEN (coalesce(current_setting('search.told', true), '') <> 'on')"


def attach(apps, schema_editor, condition=WATCHED):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER search_tell ON {table}")
        schema_editor.execute(ATTACH.format(table=table, condition=condition))


def detach(apps, schema_editor):
    attach(apps, schema_editor, "")


class Migration(migrations.Migration):
    dependencies = [("search_products", "0010_tell_of_names_of_attributes")]
    operations = [migrations.RunPython(attach, detach)]
