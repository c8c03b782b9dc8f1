"""Make room: an enquiry becomes one part per enterprise. Nothing has written these tables yet."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('quotes', '0001_initial'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='enquiryline',
            name='enquiry',
        ),
        migrations.RemoveField(
            model_name='enquiryline',
            name='enterprise',
        ),
        migrations.RemoveField(
            model_name='enquiryline',
            name='variant',
        ),
        migrations.DeleteModel(
            name='Enquiry',
        ),
        migrations.DeleteModel(
            name='EnquiryLine',
        ),
    ]
