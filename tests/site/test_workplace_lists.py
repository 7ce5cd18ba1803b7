"""Every list of the workplace, as page and as file, over the demo: nothing fails, and long lists take no more time."""

import csv
import io

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journal.clock import today
from mandates.register_file import as_yaml, load
from osr import demo, demo_agreements
from tests import factories as make
from tests.register import make_support, sign_in_support

pytestmark = pytest.mark.django_db

# Of a page: who asks, the filters, the count and the rows. More, and something is asked for each row.
MOST_QUERIES = 20
LISTS = {f"/beheer/{each._meta.app_label}/{each._meta.model_name}/": each for each in admin.site._registry}


@pytest.fixture
def lead(client) -> Client:
    """A browser in which a lead of support is signed in, with the demo in the register."""
    load({"demo.yaml": as_yaml(demo.demo_register(today())).encode()})
    demo_agreements.make_demo_agreements()
    make.BoardFactory.create_batch(30)
    for number in range(15):
        make_support(f"Collega {number}", role="reader")
    sign_in_support(client, make_support("Loes Lead", role="lead"))
    return client


def test_every_list_is_shown_and_downloaded_with_as_many_queries_for_many_rows(lead):
    """screens.md, Everyone: every list that can grow can be downloaded as CSV and Excel."""
    for path, model in LISTS.items():
        for address in (path, f"{path}lijst.csv", f"{path}lijst.xlsx"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                response = lead.get(address)
            assert response.status_code == 200, address
            assert len(queries) <= MOST_QUERIES, (address, [query["sql"][:200] for query in queries])
        text = lead.get(f"{path}lijst.csv").content.decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(text), delimiter=";"))) == min(model.objects.count(), 10_000) + 1, path


def test_a_list_is_downloaded_as_it_is_filtered(lead):
    text = lead.get("/beheer/schools/board/lijst.csv?q=99004").content.decode("utf-8-sig")

    assert text.splitlines() == ["Nummer;Naam;Scholen;Geldige mandaten", "99004;Stichting Vrije School De Kastanje;1;3"]


def test_a_file_of_another_kind_does_not_exist(lead):
    assert lead.get("/beheer/schools/board/lijst.pdf").status_code == 404


def test_yes_and_no_are_words_in_a_file(lead):
    text = lead.get("/beheer/accounts/supportaccount/lijst.csv?q=Loes").content.decode("utf-8-sig")

    assert text.splitlines()[1].endswith(";ja")
