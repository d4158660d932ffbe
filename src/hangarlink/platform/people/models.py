"""Users sign in once for the installation; what they may do is per account."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from hangarlink.platform.people.permissions import PERMISSIONS, Actor, ActorKind
from hangarlink.platform.tenancy.models import TenantModel, new_id


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = User(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person with a login. Belongs to accounts through memberships."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        db_table = "person"

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)


class Role(TenantModel):
    """A named bundle of permissions. The name means nothing by itself.

    is_administrator  this one role of the account holds every permission, also those that later versions add, so that
                      there is always a role that can give any other; it cannot be changed or deleted
    """

    name = models.CharField(max_length=80)
    permissions = ArrayField(models.CharField(max_length=60), default=list)
    is_administrator = models.BooleanField(default=False)

    class Meta:
        db_table = "role"
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="role_name_once"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(is_administrator=True), name="role_administrator_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def grants(self) -> frozenset[str]:
        """What the role gives today: a permission that this version no longer knows gives nothing."""
        return frozenset(PERMISSIONS) if self.is_administrator else frozenset(self.permissions) & PERMISSIONS.keys()


class Membership(TenantModel):
    """A user in an account. Former members are kept, inactive, so that old records keep their names."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    roles = models.ManyToManyField(Role, through="MembershipRole", related_name="memberships")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    # Into this account. `User.last_login` would tell one account about the other.
    last_sign_in_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["account", "user"], name="membership_once")]

    def __str__(self) -> str:
        return str(self.user)

    def grants(self) -> frozenset[str]:
        """The permissions of all roles together."""
        return frozenset().union(*(role.grants() for role in self.roles.all()))

    def actor(self) -> Actor:
        """This member as the one who acts."""
        return Actor(ActorKind.PERSON, self.user_id, str(self.user), self.grants())


class MembershipRole(TenantModel):
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_constraint=False)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, db_constraint=False)

    class Meta:
        db_table = "membership_role"
        constraints = [models.UniqueConstraint(fields=["membership", "role"], name="membership_role_once")]


class Invitation(TenantModel):
    """An offer to join an account, good once and for a limited time. Only a hash of its token is kept.

    token_hash  null until the link was made; a new link makes the old one worthless
    invited_by  null when the operator invited at the command line
    sent_at     when the mail server took the last message; send_error says why it did not
    """

    email = models.EmailField()
    roles = models.ManyToManyField(Role, through="InvitationRole")
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    send_error = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def is_open(self, now: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at


class InvitationRole(TenantModel):
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, db_constraint=False)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, db_constraint=False)

    class Meta:
        db_table = "invitation_role"
