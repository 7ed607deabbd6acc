"""Addresses of the accounts' own pages."""

from django.urls import path

from accounts.views import own, signing, slip, staff, start

app_name = "accounts"
urlpatterns = [
    path("before/", signing.before, name="before"),
    path("safer-way/", signing.safer_way, name="safer_way"),
    path("start/", start.start, name="start"),
    path("start/password/", start.start_password, name="start_password"),
    path("password/", start.recover, name="recover"),
    path("password/ask/", start.recover_ask, name="recover_ask"),
    path("password/asked/", start.recover_asked, name="recover_asked"),
    path("account/", own.mine, name="mine"),
    path("account/password/", own.password, name="password"),
    path("account/sign-in-name/", own.sign_in_name, name="sign_in_name"),
    path("account/sign-ins/", own.sign_ins, name="sign_ins"),
    path("account/sign-ins/end/", own.sign_ins_end, name="sign_ins_end"),
    path("account/time/", signing.time_left, name="time_left"),
    path("account/time/extend/", signing.extend, name="extend"),
    path("codes/<uuid:pk>/", slip.slip, name="slip"),
    path("people/", staff.staff, name="staff"),
    path("people/invite/", staff.invite, name="invite"),
    path("people/<uuid:pk>/", staff.staff_member, name="staff_member"),
    path("people/<uuid:pk>/role/", staff.staff_role, name="staff_role"),
    path("people/<uuid:pk>/hours/", staff.staff_hours, name="staff_hours"),
    path("people/<uuid:pk>/leave/", staff.staff_leave, name="staff_leave"),
    path("people/<uuid:pk>/last-day/", staff.staff_last_day, name="staff_last_day"),
    path("people/<uuid:pk>/end/", staff.staff_end, name="staff_end"),
    path("people/<uuid:pk>/steps/", staff.staff_factors, name="staff_factors"),
    path("people/leave/<int:pk>/remove/", staff.leave_remove, name="leave_remove"),
    path("teams/", staff.teams, name="teams"),
    path("teams/new/", staff.team, name="team_new"),
    path("teams/<int:pk>/", staff.team, name="team"),
]
