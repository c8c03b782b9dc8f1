from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0003_certificates'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='rating_count',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='reviews that are shown'),
        ),
        migrations.AddField(
            model_name='product',
            name='rating_sum',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='their stars; by actions.set_rating'),
        ),
    ]
