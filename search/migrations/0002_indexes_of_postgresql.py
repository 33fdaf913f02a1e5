"""What PostgreSQL looks words up by. Other databases read the entries.

The extension pg_trgm compares spellings. Where the user of the database may not create it, the search does without.
"""

from django.db import DatabaseError, migrations, transaction

WORDS = """
CREATE INDEX search_entry_words ON search_entry
USING gin (array_to_tsvector(string_to_array(btrim(keys), ' '))) WITH (fastupdate = off)
"""
SPELLINGS = "CREATE INDEX IF NOT EXISTS search_word_spelling ON search_word USING gin (text gin_trgm_ops)"


def make(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(WORDS)
        try:
            # What is refused would end the whole migration.
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute(SPELLINGS)
        except DatabaseError:
            pass


def undo(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS search_entry_words")
        schema_editor.execute("DROP INDEX IF EXISTS search_word_spelling")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_entries_and_words")]

    operations = [migrations.RunPython(make, undo)]
