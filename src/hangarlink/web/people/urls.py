"""Addresses of users and roles."""

from django.urls import path

from hangarlink.web.people import invitations, roles, users

app_name = "people"
urlpatterns = [
    path("people/", users.users, name="users"),
    path("people/invite/", invitations.invite_user, name="invite"),
    path("people/invitations/<uuid:invitation_id>/again/", invitations.invitation_again, name="invitation-again"),
    path(
        "people/invitations/<uuid:invitation_id>/withdraw/", invitations.invitation_withdraw, name="invitation-withdraw"
    ),
    path("people/<uuid:membership_id>/", users.user, name="user"),
    path("people/<uuid:membership_id>/deactivate/", users.user_deactivate, name="deactivate"),
    path("people/<uuid:membership_id>/reactivate/", users.user_reactivate, name="reactivate"),
    path("roles/", roles.roles, name="roles"),
    path("roles/new/", roles.role_new, name="role-new"),
    path("roles/<uuid:role_id>/", roles.role, name="role"),
    path("roles/<uuid:role_id>/delete/", roles.role_delete, name="role-delete"),
]
