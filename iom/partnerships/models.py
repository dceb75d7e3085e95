"""Partnerships, the areas they cover, their agencies and teams, and the people who work in them."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from iom.access.scope import Scope
from iom.partnerships.choices import AgencyKind, Regime, TokenScope


class Partnership(models.Model):
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(unique=True)
    capacity = models.PositiveIntegerField(help_text="How many people the partnership can manage at once")

    def __str__(self) -> str:
        return self.name


class PartnershipQuerySet(models.QuerySet[Any]):
    """Rows that belong to a partnership as a whole: all who act in it see them."""

    def visible_to(self, scope: Scope) -> "PartnershipQuerySet":
        return self.filter(partnership_id=scope.partnership_id)


class Area(models.Model):
    """A community safety partnership, district or ward within the partnership."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="areas")
    name = models.CharField(max_length=120)
    code = models.CharField(
        max_length=16, blank=True, help_text="Office for National Statistics code, where it has one"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "name"], name="area_name_once_in_partnership")]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="agencies")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=AgencyKind.choices)
    regime = models.CharField(max_length=16, choices=Regime.choices)
    statutory = models.BooleanField(help_text="Statutory partner, as against voluntary")
    contact = models.CharField(max_length=200, blank=True, help_text="Whom others ask: a post, telephone, e-mail")
    points = models.BooleanField(
        default=False, help_text="Whether others are told that it holds something of a person they see, and whom to ask"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "name"], name="agency_name_once_in_partnership")]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """Somebody who works in a partnership. What they may do hangs on their memberships, not on them."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    postcode_mark = models.CharField(
        max_length=64,
        blank=True,
        help_text="A keyed mark of the home postcode: looks at who lives there are noticed",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        return self.filter(ended_at__isnull=True, user__is_active=True)

    def visible_to(self, scope: Scope) -> "MembershipQuerySet":
        return self.filter(agency__partnership_id=scope.partnership_id)


class Membership(models.Model):
    """One user's place in one agency, with roles. It ends; it is never removed."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=40), help_text="Slugs of iom.access.roles")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency"],
                condition=models.Q(ended_at__isnull=True),
                name="membership_once_while_active",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="membership_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.agency}"


class SystemTokenQuerySet(models.QuerySet["SystemToken"]):
    def visible_to(self, scope: Scope) -> "SystemTokenQuerySet":
        return self.filter(agency__partnership_id=scope.partnership_id)


class SystemToken(models.Model):
    """What another system proves itself with. It acts for one agency, for what `scopes` list, until its last day.

    The token itself is shown once and kept nowhere: it is random and long, so its plain hash gives nothing away.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=80, help_text="The system that holds it, by name")
    scopes = ArrayField(models.CharField(max_length=20, choices=TokenScope.choices))
    token_hash = models.CharField(max_length=64, unique=True)
    expires_on = models.DateField(help_text="The last day on which it is taken")
    made_by = models.IntegerField()
    made_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_by = models.IntegerField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = SystemTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | models.Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="systemtoken_both_revoked_at_and_revoked_by_set",
            )
        ]

    def __str__(self) -> str:
        return f"Token {self.pk}"
