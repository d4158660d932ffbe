"""Users sign in once for the installation; what they may do is per account."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from hangarlink.platform.people.permissions import Actor, ActorKind
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
    """A named bundle of permissions. The name means nothing by itself."""

    name = models.CharField(max_length=80)
    permissions = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        db_table = "role"
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="role_name_once")]

    def __str__(self) -> str:
        return self.name


class Membership(TenantModel):
    """A user in an account. Former members are kept, inactive, so that old records keep their names."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    roles = models.ManyToManyField(Role, through="MembershipRole", related_name="memberships")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["account", "user"], name="membership_once")]

    def __str__(self) -> str:
        return str(self.user)

    def actor(self) -> Actor:
        """This member as the one who acts, with the permissions of all roles."""
        granted = {permission for role in self.roles.all() for permission in role.permissions}
        return Actor(ActorKind.PERSON, self.user_id, str(self.user), frozenset(granted))


class MembershipRole(TenantModel):
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_constraint=False)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, db_constraint=False)

    class Meta:
        db_table = "membership_role"
        constraints = [models.UniqueConstraint(fields=["membership", "role"], name="membership_role_once")]


class Invitation(TenantModel):
    """An offer to join an account, good once and for a limited time. Only a hash of its token is kept."""

    email = models.EmailField()
    roles = models.ManyToManyField(Role, through="InvitationRole")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "invitation"


class InvitationRole(TenantModel):
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, db_constraint=False)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, db_constraint=False)

    class Meta:
        db_table = "invitation_role"
