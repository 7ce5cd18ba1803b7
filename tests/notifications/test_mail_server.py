"""Where mail goes: `OSR_MAIL_URL` (docs/settings.md)."""

import pytest
from django.core.mail.handler import MailersHandler

from osr.mail import mailer


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://localhost", {"host": "localhost", "port": 25}),
        ("smtp://mail.internal:2525", {"host": "mail.internal", "port": 2525}),
        (
            "submission://osr:p%40ss%3Aw%2Fd@mail.internal",
            {"host": "mail.internal", "port": 587, "use_tls": True, "username": "osr", "password": "p@ss:w/d"},
        ),
        ("smtps://osr:geheim@mail.internal", {"port": 465, "use_ssl": True, "username": "osr"}),
    ],
)
def test_a_mail_server_is_one_address(url, options):
    assert mailer(url)["OPTIONS"].items() >= options.items()


def test_a_mail_server_that_does_not_answer_is_not_waited_for_long():
    assert mailer("smtp://localhost")["OPTIONS"]["timeout"] == 30


def test_a_folder_is_an_address_too(tmp_path, settings):
    settings.MAILERS = {"default": mailer(f"file://{tmp_path}/met%20spatie")}

    assert MailersHandler().default.file_path == str(tmp_path / "met spatie")


@pytest.mark.parametrize("url", ["", "mail.internal", "https://mail.internal", "smtp://", "file:", "smtp://mail:veel"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ValueError, match=r"not the address|could not be cast"):
        mailer(url)
