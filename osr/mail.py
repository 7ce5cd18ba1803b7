"""Where mail goes: the address of a mail server, or of a folder, as Django's `MAILERS` wants it."""

from urllib.parse import unquote, urlsplit

_BACKENDS = "django.core.mail.backends"
# Of each scheme the usual port, and how the connection is kept secret.
_SCHEMES = {
    "smtp": (25, {}),
    "submission": (587, {"use_tls": True}),
    "smtps": (465, {"use_ssl": True}),
}
# How many seconds a mail server may take for each step.
_PATIENCE = 30


def mailer(url: str) -> dict[str, object]:
    """The mailer that an address stands for; raises `ValueError` when it is none.

    `smtp://HOST` (not secret), `submission://USER:PASSWORD@HOST` (STARTTLS) or `smtps://USER:PASSWORD@HOST` (TLS), each
    with `:PORT` if it is another than usual; or `file:///FOLDER`, to which every message is written as a file.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return {"BACKEND": f"{_BACKENDS}.filebased.EmailBackend", "OPTIONS": {"file_path": unquote(parts.path)}}
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError("not the address of a mail server")
    port, secrecy = _SCHEMES[parts.scheme]
    options = {"host": parts.hostname, "port": parts.port or port, "timeout": _PATIENCE, **secrecy}
    if parts.username:
        options |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    return {"BACKEND": f"{_BACKENDS}.smtp.EmailBackend", "OPTIONS": options}
