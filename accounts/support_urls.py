"""Where people of support sign in and arrange what they sign in with. The names are those that allauth asks for.

allauth has more pages (signing up, a forgotten password, e-mail addresses): only what stands here can be reached.
"""

from django.urls import path

from accounts import support_views as views

urlpatterns = [
    path("inloggen/", views.SignIn.as_view(), name="account_login"),
    path("inloggen/tweede-stap/", views.ShowSecondFactor.as_view(), name="mfa_authenticate"),
    path("inloggen/instellen/", views.set_up, name="support_set_up"),
    path("beveiliging/", views.security, name="mfa_index"),
    path("beveiliging/bevestigen/", views.Confirm.as_view(), name="account_reauthenticate"),
    path("beveiliging/wachtwoord/", views.ChangePassword.as_view(), name="support_password"),
    path("beveiliging/app/", views.UseApp.as_view(), name="mfa_activate_totp"),
    path("beveiliging/app/verwijderen/", views.StopUsingApp.as_view(), name="mfa_deactivate_totp"),
    path("beveiliging/passkey/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("beveiliging/passkey/<int:pk>/verwijderen/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("beveiliging/herstelcodes/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path("beveiliging/herstelcodes/bestand/", views.recovery_codes_file, name="support_recovery_codes_file"),
    path("beveiliging/herstelcodes/bewaard/", views.recovery_codes_kept, name="support_recovery_codes_kept"),
    path("beveiliging/herstelcodes/maken/", views.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
]
