"""The rules that editions of a bundle are laid out by. A row is never changed but for who checked it, and when."""

from django.db import migrations, models

from nsvcs import rls

STAY = """
BEGIN
  IF (OLD.key, OLD.edition, OLD.name, OLD.in_force_on, OLD.version, OLD.source, OLD.numbering, OLD.layout,
      OLD.type_size, OLD.most_pages, OLD.most_bytes, OLD.most_dpi)
    IS DISTINCT FROM
     (NEW.key, NEW.edition, NEW.name, NEW.in_force_on, NEW.version, NEW.source, NEW.numbering, NEW.layout,
      NEW.type_size, NEW.most_pages, NEW.most_bytes, NEW.most_dpi) THEN
    RAISE EXCEPTION 'the rules of a preset are never changed: add a version';
  END IF;
  RETURN NEW;
END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0003_advice_easy_read"),
    ]

    operations = [
        migrations.CreateModel(
            name="Preset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="checked on")),
                ("checked_by", models.CharField(blank=True, max_length=120, verbose_name="checked by")),
                ("changed_by", models.CharField(blank=True, max_length=120, verbose_name="changed by")),
                ("key", models.SlugField()),
                (
                    "edition",
                    models.CharField(
                        choices=[
                            ("own", "The victim’s own copy"),
                            ("police", "Police pack"),
                            ("court", "Prosecution and court edition"),
                            ("family", "Family court edition"),
                            ("safe", "Disclosure-safe edition"),
                            ("short", "Short edition"),
                        ],
                        max_length=10,
                        verbose_name="edition",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("in_force_on", models.DateField(verbose_name="in force on")),
                (
                    "numbering",
                    models.CharField(
                        choices=[
                            ("continuous", "1, 2, 3 from the first page"),
                            ("bates", "A1, B1 and so on, anew for each section"),
                        ],
                        max_length=10,
                        verbose_name="page numbers",
                    ),
                ),
                (
                    "layout",
                    models.CharField(
                        choices=[("columns", "the booklet’s columns"), ("cards", "one block for each entry")],
                        max_length=10,
                        verbose_name="layout",
                    ),
                ),
                (
                    "type_size",
                    models.DecimalField(decimal_places=1, max_digits=4, verbose_name="size of the type, in points"),
                ),
                ("most_pages", models.PositiveIntegerField(blank=True, null=True, verbose_name="pages at most")),
                ("most_bytes", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="bytes at most")),
                ("most_dpi", models.PositiveSmallIntegerField(default=300, verbose_name="dots an inch at most")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="to know before relying on it")),
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
                "verbose_name": "preset",
                "verbose_name_plural": "presets",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_by", ""), ("checked_on__isnull", True)),
                            models.Q(("checked_on__isnull", False), models.Q(("checked_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reference_preset_checked_both_or_neither",
                        violation_error_message="Give both the day it was checked and who checked it, or neither.",
                    ),
                    models.UniqueConstraint(fields=("key", "version"), name="reference_preset_once_per_version"),
                ],
            },
        ),
        rls.Protect("reference_preset", "open", write=False),
        migrations.RunSQL(
            f"CREATE FUNCTION reference_preset_stays() RETURNS trigger LANGUAGE plpgsql AS $body${STAY}$body$",
            "DROP FUNCTION reference_preset_stays()",
        ),
        migrations.RunSQL("REVOKE ALL ON FUNCTION reference_preset_stays() FROM PUBLIC", migrations.RunSQL.noop),
        migrations.RunSQL(
            "CREATE TRIGGER rules_stay BEFORE UPDATE ON reference_preset "
            "FOR EACH ROW EXECUTE FUNCTION reference_preset_stays()",
            "DROP TRIGGER rules_stay ON reference_preset",
        ),
    ]
