"""What people of support fill in about themselves."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse

from accounts import sessions
from accounts.models import User

_NOT_THE_SAME = "Dit is niet hetzelfde wachtwoord. Typ het opnieuw."


class SignInForm(allauth_forms.LoginForm):
    """User name and password."""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Go on to the second factor, or to setting one up."""
        response = super().login(request, redirect_url)
        # allauth has just given the session an end of its own.
        sessions.limit(request)
        return response


class PasswordForm(forms.Form):
    """A first password, twice."""

    password1 = forms.CharField(strip=False, widget=forms.PasswordInput)
    password2 = forms.CharField(strip=False, widget=forms.PasswordInput)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Both the same, and good enough."""
        password, again = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if password:
            try:
                validate_password(password, self.user)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        if password and again and password != again:
            self.add_error("password2", _NOT_THE_SAME)
        return self.cleaned_data


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """The present password, and another one twice."""

    def clean(self) -> dict[str, Any] | None:
        """As allauth does it; it says something else when they differ."""
        gave_both = bool(self.cleaned_data.get("password1") and self.cleaned_data.get("password2"))
        cleaned = super().clean()
        if gave_both and "password2" in self.errors:
            self.errors["password2"] = self.error_class([_NOT_THE_SAME])
        return cleaned
