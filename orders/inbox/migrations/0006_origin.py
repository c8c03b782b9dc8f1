from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0005_partner_api'),
    ]

    operations = [
        migrations.AddField(
            model_name='inboxevent',
            name='origin',
            field=models.CharField(choices=[('webhook', 'posted by the partner'), ('poll', 'answer to a question of ours')], db_default='webhook', default='webhook', max_length=8),
        ),
    ]
