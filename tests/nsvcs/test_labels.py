from django.db import models
from django.utils.translation import gettext_lazy

from cases.models import Case, Task
from logs.models import Incident
from nsvcs.labels import Labelled


def test_a_code_is_shown_in_its_word():
    assert Incident(police_contacted="not_yet").get_police_contacted_display() == "Not yet"
    assert Task(kind="first_contact").get_kind_display() == models.Model._get_FIELD_display(
        Task(kind="first_contact"), Task._meta.get_field("kind")
    )


def test_an_unknown_code_and_none_are_shown_as_they_are():
    assert Case(status="gone").get_status_display() == "gone"
    assert Incident().get_police_contacted_display() == ""


def test_no_other_word_is_translated(monkeypatch):
    asked = []
    monkeypatch.setattr("django.utils.translation._trans.gettext", lambda text: asked.append(text) or text)
    labels = [("a", gettext_lazy("First")), ("b", gettext_lazy("Second"))]
    field = models.CharField(choices=labels)
    field.set_attributes_from_name("code")
    row = Case()
    row.code = "b"
    assert Labelled._get_FIELD_display(row, field) == "Second"
    assert asked == ["Second"]
