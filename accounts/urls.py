from django.urls import include, path
from django.views.generic import RedirectView

from accounts import views

to_start = RedirectView.as_view(pattern_name="start")

urlpatterns = [
    path("", views.start, name="start"),
    path("uitloggen/", views.sign_out, name="sign_out"),
    path("namens-bestuur/stoppen/", views.stop_acting, name="stop_acting"),
    path("bestuur-kiezen/", views.switch_board, name="switch_board"),
    path("inloggen/<str:provider_id>/login/", views.sign_in_at_provider, name="openid_connect_login"),
    path("inloggen/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("beheer/", include("accounts.support_urls")),
    path("inloggen/", to_start),
    # allauth asks for these by name; each means 'begin again'.
    path("inloggen/afgebroken/", views.sign_in_failed, name="socialaccount_login_cancelled"),
    path("inloggen/aanmelden/", to_start, name="socialaccount_signup"),
]
