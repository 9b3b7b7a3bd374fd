"""The wall: what followers would see, for people, plainly marked as the sandbox."""

from html import escape

from tests.sandbox.conftest import Sandbox


def feed(sandbox: Sandbox, message: str, brand: str = "ReservasPro") -> str:
    page = sandbox.account("facebook", brand=brand)
    made = sandbox.http.post(
        f"/meta/v25.0/{page.external_id}/feed?fields=permalink_url",
        json={"message": message},
        headers={"authorization": f"Bearer {page.access_token}"},
    )
    return str(made.json()["permalink_url"])


def test_the_wall_is_marked_and_empty_at_first(sandbox: Sandbox) -> None:
    """It says that these are tests, and that nothing is published yet."""
    page = sandbox.http.get("/wall").text
    assert "Pruebas" in page
    assert page.count("Todavía no hay nada publicado") == 4


def test_texts_are_shown_exactly_and_safely(sandbox: Sandbox) -> None:
    """Line breaks stay, markup in a caption is text."""
    text = "Hola <b>mundo</b> & compañía\n\nDos líneas"
    feed(sandbox, text)
    page = sandbox.http.get("/wall").text
    assert escape(text, quote=False) in page
    assert "<b>mundo" not in page


def test_a_brand_can_be_looked_at_alone(sandbox: Sandbox) -> None:
    """The filter shows one brand's posts."""
    feed(sandbox, "De ReservasPro")
    feed(sandbox, "De PulsoFit", brand="PulsoFit")
    page = sandbox.http.get("/wall", params={"brand": "PulsoFit"}).text
    assert "De PulsoFit" in page
    assert "De ReservasPro" not in page


def test_a_permalink_leads_to_its_post(sandbox: Sandbox) -> None:
    """The product can send a person from a permalink to the post on the wall."""
    permalink = feed(sandbox, "Este")
    page = sandbox.http.get("/wall", params={"permalink": permalink}).text
    assert "location.hash" in page


def test_what_only_the_owner_sees_is_not_on_the_wall(sandbox: Sandbox) -> None:
    """A dark LinkedIn post is in the ledger with its audience, and not on the wall."""
    company = sandbox.account("linkedin", kind="organization")
    body = {
        "author": company.external_id,
        "commentary": "Solo anuncio",
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "NONE"},
        "lifecycleState": "PUBLISHED",
    }
    headers = {
        "authorization": f"Bearer {company.access_token}",
        "linkedin-version": "202609",
        "x-restli-protocol-version": "2.0.0",
    }
    assert sandbox.http.post("/linkedin/rest/posts", json=body, headers=headers).status_code == 201
    assert [post["audience"] for post in sandbox.ledger()] == ["dark"]
    assert "Solo anuncio" not in sandbox.http.get("/wall").text
