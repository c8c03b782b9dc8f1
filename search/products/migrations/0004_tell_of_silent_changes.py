"""On PostgreSQL: a change of a product, packing, listing or price that no action made (bulk SQL, a cascade, a repair by
hand) writes the outbox event itself. Elsewhere `check_search` finds such changes.

The trigger runs at commit and looks whether the same transaction has already told of the product; only then it is
silent. An event of another transaction does not count: its drainer may have loaded the state before this commit."""

from django.db import migrations

TABLES = {
    "products_product": "{row}.id",
    "products_variant": "{row}.product_id",
    "products_channellisting": "{row}.product_id",
    "pricing_price": "(SELECT product_id FROM products_variant WHERE id = {row}.variant_id)",
    "pricing_pricetier": "(SELECT v.product_id FROM pricing_price p JOIN products_variant v ON v.id = p.variant_id"
    " WHERE p.id = {row}.price_id)",
}
TELL = """
CREATE OR REPLACE FUNCTION search_tell_product_changed(product bigint) RETURNS void AS $$
BEGIN
    IF product IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM outbox_outboxevent
        WHERE topic = 'product.changed' AND subject = product::text AND done_at IS NULL AND dead_at IS NULL
          AND xmin = pg_current_xact_id()::xid
    ) THEN
        INSERT INTO outbox_outboxevent (topic, subject, payload, created_at, due_at, attempts, error)
        VALUES ('product.changed', product::text, '{"reason": "sql"}', clock_timestamp(), clock_timestamp(), 0, '');
    END IF;
END $$ LANGUAGE plpgsql
"""
TRIGGER = """
CREATE OR REPLACE FUNCTION search_tell_{table}() RETURNS trigger AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM search_tell_product_changed({old}); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM search_tell_product_changed({new}); END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql
"""
ATTACH = """
CREATE CONSTRAINT TRIGGER search_tell AFTER INSERT OR UPDATE OR DELETE ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION search_tell_{table}()
"""
INDEX = """
CREATE INDEX outbox_product_open ON outbox_outboxevent (subject)
WHERE topic = 'product.changed' AND done_at IS NULL AND dead_at IS NULL
"""


def attach(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    run = schema_editor.execute
    run(INDEX)
    run(TELL)
    for table, product in TABLES.items():
        run(TRIGGER.format(table=table, old=product.format(row="OLD"), new=product.format(row="NEW")))
        run(ATTACH.format(table=table))


def detach(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    run = schema_editor.execute
    for table in TABLES:
        run(f"DROP TRIGGER search_tell ON {table}")
        run(f"DROP FUNCTION search_tell_{table}()")
    run("DROP FUNCTION search_tell_product_changed(bigint)")
    run("DROP INDEX outbox_product_open")


class Migration(migrations.Migration):
    dependencies = [
        ("search_products", "0003_suggestions"),
        ("outbox", "0001_initial"),
        ("products", "0001_initial"),
        ("pricing", "0001_initial"),
    ]
    operations = [migrations.RunPython(attach, detach)]
