"""The index of words. What stands here already is found by the job that looks for what nobody has read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0023_counted_by_hour'),
    ]

    operations = [
        migrations.CreateModel(
            name='IndexPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('matters', models.PositiveIntegerField()),
                ('keys', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Unread',
            fields=[
                ('matter', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='matters.matter')),
            ],
        ),
        migrations.CreateModel(
            name='IndexRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.BigIntegerField()),
                ('held', models.PositiveIntegerField()),
                ('body', models.BinaryField()),
                ('part', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='matters.indexpart')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('part', 'first'), name='index_row_once')],
            },
        ),
    ]
