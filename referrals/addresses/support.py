"""Addresses of support and its sessions."""

from django.urls import path

from referrals.views import sessions, support

urlpatterns = [
    path("given/", support.episodes, name="episodes"),
    path("given/new/", support.episode_new, name="episode_new"),
    path("services/", support.services, name="services"),
    path("given/<uuid:pk>/", support.episode, name="episode"),
    path("given/<uuid:pk>/move/", support.episode_move, name="episode_move"),
    path("given/<uuid:pk>/goal/", support.episode_aim, name="episode_aim"),
    path("given/<uuid:pk>/scores/", support.episode_review, name="episode_review"),
    path("given/<uuid:pk>/sessions/new/", sessions.session_new, name="session_new"),
    path("given/<uuid:pk>/sessions/<uuid:session_id>/", sessions.session, name="session"),
    path("given/<uuid:pk>/sessions/<uuid:session_id>/correct/", sessions.session_correct, name="session_correct"),
]
