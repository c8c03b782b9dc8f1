"""An enquiry with one part per enterprise, its lines and the events of its life."""

import django.db.models.deletion
import market.common.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('channels', '0002_first_channels'),
        ('compliance', '0006_published_rules_are_final'),
        ('enterprises', '0001_initial'),
        ('products', '0001_initial'),
        ('quotes', '0002_enquiries_by_seller'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('currency', models.CharField(max_length=3)),
                ('cart_id', models.UUIDField(unique=True)),
                ('access_digest', models.CharField(help_text='of the secret that lets a guest see the enquiry', max_length=64)),
                ('language', models.CharField(max_length=10)),
                ('company', models.CharField(max_length=120)),
                ('contact', models.CharField(max_length=80)),
                ('email', models.EmailField(max_length=254)),
                ('country', models.CharField(help_text='destination, ISO 3166-1', max_length=2)),
                ('onward_country', models.CharField(help_text='end destination; the same when goods stay', max_length=2)),
                ('expected_entry', models.DateField(help_text='planned arrival at the destination')),
                ('incoterm', models.CharField(max_length=3)),
                ('incoterm_edition', models.CharField(default='2020', max_length=4)),
                ('named_place', models.CharField(max_length=80)),
                ('message', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('buyer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enquiries', to=settings.AUTH_USER_MODEL)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.channel')),
            ],
            options={
                'verbose_name_plural': 'enquiries',
            },
        ),
        migrations.CreateModel(
            name='EnquiryPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('state', models.CharField(choices=[('open', 'open'), ('answered', 'answered'), ('closed', 'closed')], default='open', max_length=10)),
                ('state_changed_at', models.DateTimeField()),
                ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='quotes.enquiry')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enquiry_parts', to='enterprises.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='EnquiryLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('product_name_zh', models.CharField(max_length=200)),
                ('product_name_en', models.CharField(blank=True, max_length=200)),
                ('product_name_ru', models.CharField(blank=True, max_length=200)),
                ('sku', models.CharField(max_length=40)),
                ('unit', models.CharField(choices=[('KGM', 'kg'), ('TNE', 't'), ('GRM', 'g'), ('H87', 'piece'), ('XBX', 'box'), ('XCT', 'carton'), ('XBG', 'bag'), ('XDR', 'drum'), ('XPX', 'pallet'), ('XBE', 'bale'), ('XCA', 'can')], max_length=3)),
                ('net_kg', market.common.fields.QuantityField(help_text='of one unit')),
                ('quantity', market.common.fields.QuantityField()),
                ('unit_price', market.common.fields.AmountField(help_text='of one unit, as listed that day; not binding')),
                ('hs_code', models.CharField(blank=True, max_length=10)),
                ('origin_country', models.CharField(max_length=2)),
                ('origin_subdivision', models.CharField(max_length=6)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.compliancedecision')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.variant')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='quotes.enquirypart')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='EnquiryEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_state', models.CharField(blank=True, max_length=10)),
                ('to_state', models.CharField(choices=[('open', 'open'), ('answered', 'answered'), ('closed', 'closed')], max_length=10)),
                ('by_seller', models.BooleanField(default=False)),
                ('message', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='quotes.enquirypart')),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='enquiry',
            index=models.Index(fields=['buyer', '-created_at'], name='enquiry_of_buyer'),
        ),
        migrations.AddIndex(
            model_name='enquirypart',
            index=models.Index(fields=['enterprise', 'state', '-id'], name='enquiry_part_of_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='enquirypart',
            constraint=models.UniqueConstraint(fields=('enquiry', 'enterprise'), name='enquiry_part_once'),
        ),
        migrations.AddConstraint(
            model_name='enquiryline',
            constraint=models.UniqueConstraint(fields=('part', 'position'), name='enquiry_line_position_once'),
        ),
        migrations.AddConstraint(
            model_name='enquiryline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='enquiry_line_positive'),
        ),
    ]
