from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0002_web_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='PostedBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True)),
                ('digest', models.CharField(help_text='SHA-256 of the request', max_length=64)),
                ('answer', models.JSONField()),
                ('created_at', models.DateTimeField(db_index=True)),
            ],
        ),
    ]
