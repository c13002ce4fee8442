from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("county", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="one_time_password",
            field=models.BooleanField(default=False, verbose_name="密码待本人更换"),
        ),
    ]
