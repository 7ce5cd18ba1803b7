"""Overeenkomsten as PDF: what they say, that everyone can read them, and what is refused (A3-A6)."""

from collections import Counter
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, Fit, NameObject, TextStringObject

from agreements.documents import (
    PLACEHOLDERS,
    contract_pdf,
    fill,
    missing_fields,
    privacy_annex_pdf,
    read_uploaded_pdf,
    seal,
)
from journal.acts import Refused
from tests.agreements.contracts import SIGNED_AT, a_contract, a_signed_contract, text_of


def problems_of(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.kind for problem in refusal.value.problems]


# --- What it says ---------------------------------------------------------------------------------------------------


def test_an_offered_contract_says_between_whom_and_that_nobody_signed_it():
    """A3"""
    text = text_of(contract_pdf(a_contract()))

    assert "Stichting De Regenboog (01234) legt mandaten vast voor 2 scholen, voor elke dienst." in text
    assert "Stichting Kennisnet" in text
    assert "Op [dag van ondertekening] getekend door [naam van de tekenbevoegde], [functie van de tek" in text
    assert "Nog niet ondertekend" in text
    assert "Digitaal ondertekend" not in text
    assert "OSR, versie 2, bestuursnummer 01234 Pagina 1 van" in text


def test_a_signed_contract_says_who_signed_when_on_the_clock_of_amsterdam():
    """A3"""
    text = text_of(contract_pdf(a_signed_contract()))

    assert "Op 22 november 2026 getekend door Anna de Vries, Voorzitter college van bestuur." in text
    assert "Digitaal ondertekend Namens Stichting De Regenboog Naam Anna de Vries" in text
    assert "Ondertekend op 22 november 2026 10:30 (Nederlandse tijd)" in text
    assert "Nog niet ondertekend" not in text


def test_a_contract_signed_just_after_midnight_has_the_day_of_amsterdam():
    signed_at = SIGNED_AT.replace(hour=23, minute=30)

    assert "Datum 23 november 2026" in text_of(contract_pdf(a_signed_contract(signed_at=signed_at)))


def test_the_schools_of_a_large_board_continue_over_pages_under_the_same_header():
    """A1: for all its schools."""
    schools = [(f"{number:02}QQ", f"School nummer {number}") for number in range(65)]

    pages = [page.extract_text() for page in PdfReader(BytesIO(contract_pdf(a_contract(schools=schools)))).pages]

    with_schools = [page for page in pages if "QQ School nummer" in page]
    assert len(with_schools) == 2
    assert all("BRIN School" in page for page in with_schools)
    assert all(any(f"{brin} {name}\n" in page + "\n" for page in with_schools) for brin, name in schools)


@pytest.mark.parametrize(
    ("schools", "sentence"),
    [([], "had het bestuur geen scholen"), ([("99QQ", "De Regenboog")], "was dat deze school.")],
)
def test_a_board_of_no_or_one_school_reads_well(schools, sentence):
    assert sentence in text_of(contract_pdf(a_contract(schools=schools)))


def test_the_privacy_annex_is_in_the_contract_and_can_be_read_by_itself():
    """A5"""
    contract = a_contract()
    annex = privacy_annex_pdf(
        title=contract.title,
        kind=contract.kind,
        version=contract.version,
        annex_service=contract.annex_service,
        annex_categories=contract.annex_categories,
    )

    annex_text = "Het register zegt of een systeem een mandaat heeft. Categorieën persoonsgegevens • Naam van de OSR-be"
    assert annex_text in text_of(contract_pdf(contract))
    assert annex_text in text_of(annex)
    assert "Bij: Overeenkomst Onderwijs Serviceregister OSR, versie 2" in text_of(annex)


def test_the_same_contract_is_the_same_file():
    assert contract_pdf(a_contract()) == contract_pdf(a_contract())
    assert contract_pdf(a_signed_contract()) == contract_pdf(a_signed_contract())


# --- Nothing is taken for markup ------------------------------------------------------------------------------------

MARKUP = "#let x = 1 $a^2$ \\ `c` <script> @ref // /* */ [b](c) ~ \"q\" 'q' -- ... _u_ *b* # h"


def test_a_name_that_looks_like_markup_is_shown_as_it_is():
    text = text_of(
        contract_pdf(a_signed_contract(board_name=MARKUP, signatory_name=MARKUP, schools=[("99QQ", MARKUP)]))
    )

    # Party, article, signature twice (signatory and board), article's signatory, school.
    assert text.count(MARKUP) == 6


def test_what_markdown_of_ours_does_not_know_is_shown_as_it_is():
    body = "{bestuur} #pagebreak() $x$ `code` <b>html</b> [link](https://example.nl) &amp; > citaat\n\n| a | b |"

    text = text_of(contract_pdf(a_contract(body=body)))

    assert "#pagebreak() $x$ `code` <b>html</b> [link](https://example.nl) &amp; > citaat | a | b |" in text


def test_a_word_longer_than_the_line_stays_on_the_page():
    pdf = contract_pdf(a_contract(body="{bestuur} " + "x" * 500, board_name="Stichting" + "y" * 300))

    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\u200b", "")
    # On a page 156 mm wide, with letters that are half as wide as they are high.
    assert max(len(line) for line in text.splitlines()) < 110
    assert "x" * 500 in text.replace("\n", "")


@pytest.mark.parametrize("field", ["title", "board_name", "body", "annex_service"])
def test_a_character_without_letters_is_refused_by_name(field):
    """Bad input: nothing is printed with holes in it."""
    with pytest.raises(Refused, match=r"Deze tekens kunnen niet in de PDF staan: 漢, 😀.") as refusal:
        contract_pdf(a_contract(**{field: "漢 en 😀"}))
    assert problems_of(refusal) == ["unprintable"]


def test_names_of_all_of_europe_can_be_printed():
    name = "Łukasz Çağlar-Ångström Ñúñez Ďurišová Ελένη Жуков ĳ é"

    assert "Łukasz Çağlar-Ångström Ñúñez Ďurišová Ελένη Жуков" in text_of(contract_pdf(a_contract(board_name=name)))


# --- For who does not see it: PDF/UA --------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["offered", "sealed"])
def reader(request) -> PdfReader:
    if request.param == "offered":
        return PdfReader(BytesIO(contract_pdf(a_contract())))
    sealed = seal(contract_pdf(a_signed_contract()), name="Anna de Vries", reason="Overeenkomst", at=SIGNED_AT)
    return PdfReader(BytesIO(sealed))


def test_the_pdf_says_that_it_is_accessible_what_it_is_called_and_in_which_language(reader):
    """PDF/UA-1, also after sealing."""
    catalog = reader.root_object

    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "nl-NL"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Overeenkomst Onderwijs Serviceregister – Stichting De Regenboog"
    assert reader.pdf_header == "%PDF-1.7"
    assert "/Version" not in catalog
    metadata = catalog["/Metadata"].get_data().decode()
    assert 'pdfuaid:part="1"' in metadata or "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_headings_lists_and_the_table_are_tagged(reader):
    """PDF/UA-1, also after sealing."""
    tags = Counter(structure(reader.root_object["/StructTreeRoot"]))

    # Partijen, two articles, Ondertekening and two annexes; two headings below the last one.
    assert (tags["/H1"], tags["/H2"]) == (6, 2)
    # The numbered list of the body with one of points in it, and the categories.
    assert (tags["/L"], tags["/LI"]) == (3, 6)
    assert (tags["/Table"], tags["/THead"], tags["/TH"], tags["/TR"], tags["/TD"]) == (1, 1, 2, 3, 4)


def test_the_mark_of_the_seal_is_off_the_page_and_has_a_name():
    """PDF/UA-1 7.18: what is not tagged is not on the page."""
    sealed = seal(contract_pdf(a_signed_contract()), name="Anna de Vries", reason="Overeenkomst", at=SIGNED_AT)

    page = PdfReader(BytesIO(sealed)).pages[0]

    [mark] = [annotation.get_object() for annotation in page["/Annots"]]
    assert all(side < 0 for side in mark["/Rect"])
    assert mark["/TU"] == "Digitaal zegel van het Onderwijs Serviceregister"
    assert page["/Tabs"] == "/S"


def structure(node: DictionaryObject) -> list[str]:
    """The tags below `node`, without those of the library's own that stand for others."""
    children = node.get("/K", [])
    tags = [node["/S"]] if "/S" in node else []
    for child in children if isinstance(children, list) else [children]:
        child = child.get_object()
        if isinstance(child, DictionaryObject) and child.get("/Type") != "/MCR":
            tags += structure(child)
    return tags


def test_headings_never_skip_a_level():
    """PDF/UA-1 7.4.2: the body may begin at any level and skip some."""
    pdf = contract_pdf(a_contract(body="### {bestuur}\n\n##### Diep\n\n# Ondiep\n\n## Daaronder"))

    tags = structure(PdfReader(BytesIO(pdf)).root_object["/StructTreeRoot"])

    levels = [int(tag[2]) for tag in tags if tag[:2] == "/H" and tag[2:].isdigit()]
    assert levels[:6] == [1, 1, 2, 1, 2, 1]


# --- The fields of a template ---------------------------------------------------------------------------------------

GOOD = "{bestuur} met nummer {bestuursnummer}"


def test_a_text_with_all_fields_is_in_order():
    assert missing_fields(" ".join(f"{{{name}}}" for name in PLACEHOLDERS)) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", "De tekst is leeg. Schrijf de artikelen van de overeenkomst."),
        (" \n ", "De tekst is leeg. Schrijf de artikelen van de overeenkomst."),
        ("{bestuur}", "In de tekst ontbreekt {bestuursnummer}: het bestuursnummer."),
        (f"{GOOD} {{bestur}}", "Het veld {bestur} bestaat niet. Bedoelt u {bestuur}?"),
        (
            f"{GOOD} {{xyz}}",
            "Het veld {xyz} bestaat niet. "
            "Kies uit: {bestuur}, {bestuursnummer}, {aantal_scholen}, {datum}, {ondertekenaar}, {functie}.",
        ),
        (
            f"{GOOD}\nen {{datum",
            "Regel 2: de accolade { staat alleen. Een veld staat tussen twee accolades. "
            "Bedoelt u de accolade zelf, schrijf dan \\{.",
        ),
        (
            f"{GOOD} }}",
            "Regel 1: de accolade } staat alleen. Een veld staat tussen twee accolades. "
            "Bedoelt u de accolade zelf, schrijf dan \\}.",
        ),
        (f"{GOOD} 😀", "Deze tekens kunnen niet in de PDF staan: 😀. Haal ze weg of schrijf ze anders."),
    ],
)
def test_what_is_wrong_with_a_text_is_said(body, problem):
    """Bad input: a template with a missing field."""
    assert missing_fields(body) == [problem]


def test_all_that_is_wrong_with_a_text_is_said_at_once():
    assert len(missing_fields("{bestur} {xyz} {datum\n} 😀")) == 7


def test_a_brace_after_a_backslash_is_a_brace():
    assert missing_fields(GOOD + r" \{datum\}") == []
    assert "{datum}" in text_of(contract_pdf(a_contract(body=GOOD + r" \{datum\}")))


def test_filling_in_takes_no_value_for_markdown_or_for_a_field():
    filled = fill("{bestuur}, {datum} en { functie }", {"bestuur": "*Stichting*\n# {datum}", "functie": "1. baas"})

    assert filled == r"\*Stichting\* \# \{datum\}, {datum} en 1\. baas"
    assert fill(filled, {"datum": "vandaag"}) == r"\*Stichting\* \# \{datum\}, vandaag en 1\. baas"


# --- Signed on paper: a PDF from outside (A6) -----------------------------------------------------------------------


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("overeenkomst.pdf", content, content_type="application/pdf")


def written(writer: PdfWriter) -> bytes:
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.fixture
def scan() -> PdfWriter:
    """A PDF of one page, as a scanner makes it; made by another library than the one that reads it."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    return writer


def test_a_scanned_agreement_is_taken_over_unchanged(scan):
    """A6"""
    content = written(scan)

    assert read_uploaded_pdf(upload(content)) == content


def test_a_tagged_pdf_with_links_is_taken_over(scan):
    """What a text processor makes is no worse than a scan; a contract of ours is taken over too."""
    scan.add_annotation(0, Link(rect=(0, 0, 9, 9), url="https://example.nl"))
    scan.add_annotation(0, Link(rect=(0, 0, 9, 9), target_page_index=0, fit=Fit.fit()))

    assert read_uploaded_pdf(upload(written(scan)))
    assert read_uploaded_pdf(upload(contract_pdf(a_contract())))


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0 JFIF",
        b"%PDF-1.7",
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF",
        b"<html>%PDF-1.7</html>",
        b"%PDF-1.7\n" + b"[" * 50_000,
    ],
)
def test_a_file_that_is_no_pdf_is_refused(content):
    """Bad input: a PDF that is no PDF, also when it begins like one."""
    with pytest.raises(Refused, match=r"geen PDF of het is beschadigd. Scan de overeenkomst opnieuw") as refusal:
        read_uploaded_pdf(upload(content))
    assert problems_of(refusal) == ["not_a_pdf"]


def test_half_a_pdf_is_refused(scan):
    content = written(scan)

    with pytest.raises(Refused, match="beschadigd"):
        read_uploaded_pdf(upload(content[: len(content) // 2]))


@pytest.mark.parametrize("content", [b"", b" \n"])
def test_an_empty_file_is_refused(content):
    with pytest.raises(Refused, match=r"Het bestand is leeg. Kies het bestand"):
        read_uploaded_pdf(upload(content))


def test_a_file_that_is_too_large_is_refused_before_it_is_read(settings, monkeypatch):
    """Bad input: 50 MB."""
    settings.OSR_UPLOAD_MEGABYTES = 10
    monkeypatch.setattr(TemporaryUploadedFile, "read", None)
    large = TemporaryUploadedFile("overeenkomst.pdf", "application/pdf", 50_000_001, None)

    with pytest.raises(Refused, match=r"Het bestand is 51 MB. Het mag hoogstens 10 MB zijn.") as refusal:
        read_uploaded_pdf(large)
    assert problems_of(refusal) == ["too_large"]


def test_a_file_with_a_password_is_refused(scan):
    scan.encrypt("geheim", algorithm="RC4-128")

    with pytest.raises(Refused, match="beveiligd met een wachtwoord") as refusal:
        read_uploaded_pdf(upload(written(scan)))
    assert problems_of(refusal) == ["encrypted"]


def test_a_file_without_pages_is_refused():
    with pytest.raises(Refused) as refusal:
        read_uploaded_pdf(upload(written(PdfWriter())))
    assert problems_of(refusal) == ["no_pages"]


def act_on_opening(scan: PdfWriter) -> None:
    scan.add_open_action(JavaScript("app.alert(1)"))


def launch_when_clicked(scan: PdfWriter) -> None:
    scan.add_annotation(0, Link(rect=(0, 0, 9, 9), url="https://example.nl"))
    action = scan.pages[0]["/Annots"][0].get_object()["/A"]
    action.update({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})


def carry_a_file(scan: PdfWriter) -> None:
    scan.add_attachment("virus.exe", b"MZ")


@pytest.mark.parametrize("make_active", [act_on_opening, launch_when_clicked, carry_a_file])
def test_a_file_that_acts_or_carries_others_is_refused(scan, make_active):
    make_active(scan)

    with pytest.raises(Refused, match="een programma of een ander bestand") as refusal:
        read_uploaded_pdf(upload(written(scan)))
    assert problems_of(refusal) == ["active_content"]
