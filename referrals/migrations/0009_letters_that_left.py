"""A letter that left is recorded also where it should not have left that way; what stood against it stands beside."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0008_contact_changed")]

    operations = [
        migrations.AddField(
            model_name="lettergiven",
            name="against",
            field=models.CharField(
                blank=True,
                choices=[
                    ("post", "Safe contact does not allow post."),
                    ("consent", "The victim has not agreed to a letter to this recipient, or not for this day."),
                ],
                default="",
                max_length=7,
            ),
            preserve_default=False,
        ),
    ]
