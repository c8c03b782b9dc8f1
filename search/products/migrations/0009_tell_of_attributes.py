"""On PostgreSQL: an attribute or one of its values that means something else to a filter tells search of its category,
whoever changed it; its receiver writes all products below again. What a product itself says of attributes is a column
of it and tells already. Elsewhere `check_search` finds what documents do not say."""

from django.db import migrations

TELL = """
CREATE OR REPLACE FUNCTION search_tell_category(category bigint) RETURNS void AS $$
BEGIN
    IF category IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM outbox_outboxevent
        WHERE topic = 'category.changed' AND subject = category::text AND done_at IS NULL AND dead_at IS NULL
          AND xmin = pg_current_xact_id()::xid
    ) THEN
        INSERT INTO outbox_outboxevent (topic, subject, payload, created_at, due_at, attempts, error)
        VALUES ('category.changed', category::text, '{"reason": "sql"}', clock_timestamp(), clock_timestamp(), 0, '');
    END IF;
END $$ LANGUAGE plpgsql
"""
FUNCTION = """
CREATE OR REPLACE FUNCTION search_tell_{table}() RETURNS trigger AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM search_tell_category({old}); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM search_tell_category({new}); END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql
"""
ATTACH = """
CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION search_tell_{table}()
"""
# Table -> its category, and the columns a document is made of.
TABLES = {
    "products_attribute": ("{row}.category_id", ("category_id", "code", "kind", "steps", "is_facet", "is_retired")),
    "products_attributevalue": (
        "(SELECT category_id FROM products_attribute WHERE id = {row}.attribute_id)",
        ("attribute_id", "code", "is_retired"),
    ),
}


def attach(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    run = schema_editor.execute
    run(TELL)
    for table, (category, columns) in TABLES.items():
        run(FUNCTION.format(table=table, old=category.format(row="OLD"), new=category.format(row="NEW")))
        differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)
        run(ATTACH.format(name="search_tell", event="UPDATE", table=table, condition=differs))
        run(ATTACH.format(name="search_tell_other", event="INSERT OR DELETE", table=table, condition="true"))


def detach(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    run = schema_editor.execute
    for table in TABLES:
        run(f"DROP TRIGGER search_tell ON {table}")
        run(f"DROP TRIGGER search_tell_other ON {table}")
        run(f"DROP FUNCTION search_tell_{table}()")
    run("DROP FUNCTION search_tell_category(bigint)")


class Migration(migrations.Migration):
    dependencies = [
        ("search_products", "0008_concepts_of_the_dictionary"),
        ("products", "0005_attributes"),
    ]
    operations = [migrations.RunPython(attach, detach)]
