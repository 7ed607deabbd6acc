"""Two more kinds of parts: pages to read of a file of words, and the film in a picture's file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logs", "0019_captions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rendition",
            name="kind",
            field=models.CharField(
                choices=[
                    ("page", "Page copy"),
                    ("thumbnail", "Small picture"),
                    ("document", "Document's pages"),
                    ("reading", "Pages to read"),
                    ("sheet", "Picture of a page"),
                    ("stills", "Stills"),
                    ("film", "Film in the picture's file"),
                    ("report", "What the file says of itself"),
                    ("text", "Words that can be searched"),
                ],
                max_length=10,
            ),
        ),
    ]
