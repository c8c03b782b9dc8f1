from django.db import migrations, models


class Migration(migrations.Migration):
    """In Python only: the column keeps its name, so that the old code goes on reading it."""

    dependencies = [("payments", "0007_reversals")]

    operations = [
        migrations.AlterField(
            model_name="reversal",
            name="words",
            field=models.CharField(blank=True, db_column="words", help_text="why it was decided so", max_length=500),
        ),
        migrations.RenameField(model_name="reversal", old_name="words", new_name="grounds"),
    ]
