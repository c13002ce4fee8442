from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('county', models.CharField(max_length=6, verbose_name='县代码')),
                ('what', models.CharField(max_length=60, verbose_name='事项')),
                ('about', models.CharField(max_length=80, verbose_name='对象')),
                ('by', models.CharField(max_length=60, verbose_name='经办')),
                ('commitment', models.CharField(max_length=80, verbose_name='内容承诺值')),
                ('body', models.TextField(verbose_name='正文')),
            ],
            options={
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['about', 'id'], name='ledger_about')],
                'constraints': [models.CheckConstraint(condition=models.Q(('commitment__startswith', 'sha256:')), name='ledger_commitment_is_sha256')],
            },
        ),
    ]
