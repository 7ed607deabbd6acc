import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Advice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("checked_by", models.CharField(blank=True, max_length=120, verbose_name="checked by")),
                ("changed_by", models.CharField(blank=True, max_length=120, verbose_name="changed by")),
                ("slug", models.SlugField()),
                ("language", models.CharField(default="en", max_length=12, verbose_name="language")),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("start", "Before you start"),
                            ("stalking", "What stalking is"),
                            ("what-to-do", "What you can do"),
                            ("orders", "Court orders"),
                            ("online", "Staying safe online"),
                            ("help", "Getting help"),
                        ],
                        max_length=20,
                        verbose_name="topic",
                    ),
                ),
                ("topic_position", models.PositiveSmallIntegerField(verbose_name="place of the topic")),
                ("position", models.PositiveSmallIntegerField(verbose_name="place in the topic")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("body", models.TextField(verbose_name="text")),
                (
                    "organisation_tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), blank=True, default=list, size=None
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("portal", "portal"), ("staff", "staff")],
                        default="portal",
                        max_length=10,
                        verbose_name="for",
                    ),
                ),
                ("written_on", models.DateField(verbose_name="written on")),
            ],
            options={
                "verbose_name": "advice page",
                "verbose_name_plural": "advice pages",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_by", ""), ("checked_on__isnull", True)),
                            models.Q(("checked_on__isnull", False), models.Q(("checked_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reference_advice_checked_both_or_neither",
                        violation_error_message="Give both the day it was checked and who checked it, or neither.",
                    ),
                    models.UniqueConstraint(
                        fields=("slug", "language", "audience"), name="reference_advice_once_per_language"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankHoliday",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("checked_by", models.CharField(blank=True, max_length=120, verbose_name="checked by")),
                ("changed_by", models.CharField(blank=True, max_length=120, verbose_name="changed by")),
                ("day", models.DateField(verbose_name="day")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "division",
                    models.CharField(
                        choices=[("england-and-wales", "England and Wales")],
                        default="england-and-wales",
                        max_length=20,
                        verbose_name="division",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank holiday",
                "verbose_name_plural": "bank holidays",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_by", ""), ("checked_on__isnull", True)),
                            models.Q(("checked_on__isnull", False), models.Q(("checked_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reference_bankholiday_checked_both_or_neither",
                        violation_error_message="Give both the day it was checked and who checked it, or neither.",
                    ),
                    models.UniqueConstraint(fields=("division", "day"), name="reference_bankholiday_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("checked_by", models.CharField(blank=True, max_length=120, verbose_name="checked by")),
                ("changed_by", models.CharField(blank=True, max_length=120, verbose_name="changed by")),
                ("key", models.SlugField(unique=True)),
                ("label", models.CharField(max_length=200, verbose_name="what it limits")),
                ("value", models.PositiveBigIntegerField(verbose_name="value")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("working days", "working days"),
                            ("days", "days"),
                            ("months", "months"),
                            ("years", "years"),
                            ("hours", "hours"),
                            ("minutes", "minutes"),
                            ("times", "times"),
                            ("percent", "percent"),
                            ("bytes", "bytes"),
                            ("characters", "characters"),
                        ],
                        max_length=20,
                        verbose_name="unit",
                    ),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("V", "read in the named source"),
                            ("V~", "read in a secondary, old or local source"),
                            ("G", "general knowledge of the field"),
                            ("G?", "to be checked by the service"),
                        ],
                        max_length=2,
                        verbose_name="confidence",
                    ),
                ),
            ],
            options={
                "verbose_name": "limit",
                "verbose_name_plural": "limits",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_by", ""), ("checked_on__isnull", True)),
                            models.Q(("checked_on__isnull", False), models.Q(("checked_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reference_limit_checked_both_or_neither",
                        violation_error_message="Give both the day it was checked and who checked it, or neither.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("checked_by", models.CharField(blank=True, max_length=120, verbose_name="checked by")),
                ("changed_by", models.CharField(blank=True, max_length=120, verbose_name="changed by")),
                ("slug", models.SlugField(unique=True)),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="place in the list")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("what_for", models.CharField(max_length=300, verbose_name="what it helps with")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("text_number", models.CharField(blank=True, max_length=20, verbose_name="text number")),
                ("text_keyword", models.CharField(blank=True, max_length=20, verbose_name="word to text")),
                ("domain", models.CharField(blank=True, max_length=120, verbose_name="web address")),
                ("hours", models.CharField(blank=True, max_length=200, verbose_name="hours")),
                (
                    "remit_tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), blank=True, default=list, size=None
                    ),
                ),
                (
                    "area",
                    models.CharField(
                        choices=[
                            ("national", "England and Wales"),
                            ("norfolk", "Norfolk"),
                            ("suffolk", "Suffolk"),
                            ("norfolk-suffolk", "Norfolk and Suffolk"),
                        ],
                        default="national",
                        max_length=20,
                        verbose_name="area",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), blank=True, default=list, size=None
                    ),
                ),
                (
                    "phone_on_bill",
                    models.CharField(blank=True, max_length=200, verbose_name="does a call show on a bill"),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("V", "read in the named source"),
                            ("V~", "read in a secondary, old or local source"),
                            ("G", "general knowledge of the field"),
                            ("G?", "to be checked by the service"),
                        ],
                        max_length=2,
                        verbose_name="confidence",
                    ),
                ),
                (
                    "unconfirmed_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_by", ""), ("checked_on__isnull", True)),
                            models.Q(("checked_on__isnull", False), models.Q(("checked_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reference_organisation_checked_both_or_neither",
                        violation_error_message="Give both the day it was checked and who checked it, or neither.",
                    )
                ],
            },
        ),
    ]
