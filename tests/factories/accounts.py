import factory
from allauth.mfa.models import Authenticator
from factory.django import DjangoModelFactory

from accounts.keys import seal_secret
from accounts.models import StaffProfile, Team, User
from nsvcs.access import Role

PASSWORD = "quiet-meadow-lantern"


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team
        django_get_or_create = ("name",)

    name = "Norfolk"


class UserFactory(DjangoModelFactory):
    """A caseworker of Norfolk with a second factor, unless told otherwise."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        manager = factory.Trait(role=Role.MANAGER)
        administrator = factory.Trait(role=Role.ADMINISTRATOR)
        data_protection = factory.Trait(role=Role.DATA_PROTECTION)
        victim = factory.Trait(role=Role.VICTIM, sign_in_name=factory.Sequence(lambda n: f"amber-kettle-{n}"))

    role = Role.CASEWORKER
    name = factory.Sequence(lambda n: f"Worker Number{n}")
    sign_in_name = factory.Sequence(lambda n: f"worker{n}@nsvcs.example")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def profile(self, create, extracted, **kwargs):
        """`profile__is_on_duty=True`, `profile__team=…` reach the profile."""
        if create and self.role != Role.VICTIM:
            kwargs.setdefault("team", TeamFactory())
            StaffProfile.objects.create(user=self, **kwargs)

    @factory.post_generation
    def factor(self, create, extracted, **kwargs):
        """Staff have a second factor unless `factor=False`."""
        if create and self.role != Role.VICTIM and extracted is not False:
            data = {"secret": seal_secret("NOTUSED2")}
            Authenticator.objects.create(user=self, type=Authenticator.Type.TOTP, data=data)
