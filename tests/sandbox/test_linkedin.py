"""LinkedIn: dated versions, Rest.li syntax, little text that cuts silently, ids in headers."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketingos.sandbox.linkedin.wire import RESERVED, LinkedInError, little_text, restli
from marketingos.sandbox.world import demo_people
from tests.sandbox.conftest import Sandbox, picture, video

PDF = b"%PDF-1.4\n1 0 obj<</Type /Page /Parent 2 0 R>>endobj\ntrailer<<>>\n%%EOF"


class LinkedIn:
    """A client of the sandbox's LinkedIn, as organisation or member."""

    def __init__(self, sandbox: Sandbox, kind: str) -> None:
        self.sandbox = sandbox
        self.account = sandbox.account("linkedin", kind=kind)
        self.urn = self.account.external_id
        self.headers = {
            "authorization": f"Bearer {self.account.access_token}",
            "linkedin-version": "202609",
            "x-restli-protocol-version": "2.0.0",
        }

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        url = f"{self.sandbox.base}/linkedin{path}"
        return self.sandbox.http.request(method, url, json=body, headers={**self.headers, **headers})

    def body(self, text: str = "Hola", **more: Any) -> dict[str, Any]:
        distribution = {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []}
        return {
            "author": self.urn,
            "commentary": text,
            "visibility": "PUBLIC",
            "distribution": distribution,
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
            **more,
        }

    def post(self, text: str = "Hola", **more: Any) -> httpx.Response:
        return self.call("POST", "/rest/posts", self.body(text, **more))

    def image(self, data: bytes | None = None) -> str:
        made = self.call(
            "POST", "/rest/images?action=initializeUpload", {"initializeUploadRequest": {"owner": self.urn}}
        )
        value = made.json()["value"]
        put = self.sandbox.http.put(value["uploadUrl"], content=data or picture(), headers=self.headers)
        assert put.status_code == 201
        return str(value["image"])


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def company(sandbox: Sandbox) -> LinkedIn:
    return LinkedIn(sandbox, "organization")


@pytest.fixture
def member(sandbox: Sandbox) -> LinkedIn:
    return LinkedIn(sandbox, "member")


def test_a_post_answers_201_with_an_empty_body_and_its_urn_in_a_header(sandbox: Sandbox, company: LinkedIn) -> None:
    """The id is only in x-restli-id; followers see the text without its escapes."""
    made = company.post(r"Factura en 2 minutos \(sin sustos\) #autónomos")
    assert (made.status_code, made.content) == (201, b"")
    [post] = sandbox.ledger(platform="linkedin")
    assert made.headers["x-restli-id"] == post["id"]
    assert post["id"].startswith("urn:li:share:")
    assert post["text"] == "Factura en 2 minutos (sin sustos) #autónomos"


def test_an_unescaped_reserved_character_cuts_the_text_silently(sandbox: Sandbox, company: LinkedIn) -> None:
    """201 as ever, but everything from the parenthesis on is gone."""
    assert company.post("Factura en 2 minutos (sin sustos)").status_code == 201
    assert sandbox.ledger()[0]["text"] == "Factura en 2 minutos"


def test_the_contracts_vector_of_little_text() -> None:
    """The sample of the contract is read back without loss."""
    source = r"Save 20% \(today\) – a\_b \*c\* \~d\~ \<e\> \{f\} \[g\] h\|i j\\k l\@m.com \#tag"
    assert little_text(source) == ("Save 20% (today) – a_b *c* ~d~ <e> {f} [g] h|i j\\k l@m.com #tag", source)


@given(st.text())
def test_escaped_text_survives_whole(text: str) -> None:
    """Whatever is written, escaping each reserved character keeps it all."""
    escaped = "".join(f"\\{c}" if c in RESERVED else c for c in text)
    assert little_text(escaped) == (text, escaped)


@given(st.text())
def test_little_text_never_shows_more_than_was_sent(text: str) -> None:
    """What is kept is a prefix of what was sent."""
    assert text.startswith(little_text(text)[1])


def test_mentions_and_hashtag_templates_are_shown_as_words() -> None:
    """Templates show their word, mentions their name."""
    shown, _ = little_text(r"Con @[ReservasPro](urn:li:organization:89342716) y {hashtag|\#|citas}")
    assert shown == "Con ReservasPro y #citas"


def test_versions_are_checked_before_all_else(company: LinkedIn) -> None:
    """None is 400 VERSION_MISSING; dead, never born and future ones are 426 with a two-digit suffix."""
    del company.headers["linkedin-version"]
    assert code(company.post()) == (400, "VERSION_MISSING")
    for version in ("202511", "202512", "202612", "2026"):
        company.headers["linkedin-version"] = version
        assert company.post().json() == {
            "status": 426,
            "code": "NONEXISTENT_VERSION",
            "message": f"Requested version {version}01 is not active",
        }


def test_the_same_content_within_ten_minutes_is_a_duplicate(sandbox: Sandbox, company: LinkedIn) -> None:
    """422 naming the original; ten minutes later it is a new post."""
    first = company.post("Igual").headers["x-restli-id"]
    again = company.post("Igual")
    assert again.status_code == 422
    assert again.json()["errorDetails"]["inputErrors"][0]["code"] == "DUPLICATE_POST"
    assert again.json()["message"].endswith(f"Content is a duplicate of {first}")
    sandbox.clock.forward(601)
    assert company.post("Igual").status_code == 201
    assert len(sandbox.ledger()) == 2


def test_an_image_is_uploaded_watched_and_posted_with_its_alt_text(sandbox: Sandbox, company: LinkedIn) -> None:
    """WAITING_UPLOAD, PROCESSING, AVAILABLE; before that the post is refused."""
    image = company.image()
    content = {"media": {"id": image, "altText": "Una factura"}}
    assert code(company.post(content=content)) == (400, "MEDIA_ASSET_WAITING_UPLOAD")
    path = f"/rest/images/{quote(image, safe='')}"
    assert company.call("GET", path).json()["status"] == "PROCESSING"
    sandbox.clock.forward(2)
    assert company.call("GET", path).json()["status"] == "AVAILABLE"
    assert company.post(content=content).status_code == 201
    assert sandbox.ledger()[0]["media"][0]["alt"] == "Una factura"


def test_upload_of_an_image_wants_the_token(sandbox: Sandbox, company: LinkedIn) -> None:
    """A PUT without Authorization is 401."""
    made = company.call(
        "POST", "/rest/images?action=initializeUpload", {"initializeUploadRequest": {"owner": company.urn}}
    )
    assert sandbox.http.put(made.json()["value"]["uploadUrl"], content=picture()).status_code == 401


def test_webp_fails_in_processing(sandbox: Sandbox, company: LinkedIn) -> None:
    """PROCESSING_FAILED, and a post with it is refused."""
    image = company.image(picture(format="WEBP"))
    sandbox.clock.forward(2)
    assert company.call("GET", f"/rest/images/{quote(image, safe='')}").json()["status"] == "PROCESSING_FAILED"
    assert code(company.post(content={"media": {"id": image}})) == (400, "MEDIA_ASSET_PROCESSING_FAILED")


def test_many_images_are_two_to_twenty(sandbox: Sandbox, company: LinkedIn) -> None:
    """One is refused, two are a ugcPost."""
    images = [company.image(picture(colour=colour)) for colour in ("#aa0000", "#00aa00")]
    sandbox.clock.forward(2)
    one = {"multiImage": {"images": [{"id": images[0]}]}}
    assert code(company.post(content=one)) == (400, "INVALID_VALUE_FOR_FIELD")
    both = {"multiImage": {"images": [{"id": image, "altText": "x"} for image in images]}}
    assert company.post(content=both).headers["x-restli-id"].startswith("urn:li:ugcPost:")


def test_a_video_goes_up_in_parts_whose_etags_come_back(sandbox: Sandbox, company: LinkedIn) -> None:
    """Each part to its own address; finalize wants every ETag verbatim and in order."""
    data = video(1080, 1080, seconds=4, noise=True)
    while len(data) < 4_300_000:
        data += b"\0" * 1_000_000
    request = {"owner": company.urn, "fileSizeBytes": len(data), "uploadCaptions": False, "uploadThumbnail": False}
    value = company.call("POST", "/rest/videos?action=initializeUpload", {"initializeUploadRequest": request}).json()[
        "value"
    ]
    tags = [
        sandbox.http.put(part["uploadUrl"], content=data[part["firstByte"] : part["lastByte"] + 1]).headers["etag"]
        for part in value["uploadInstructions"]
    ]
    assert len(tags) == 2

    def finalize(ids: list[str]) -> httpx.Response:
        body = {"video": value["video"], "uploadToken": value["uploadToken"], "uploadedPartIds": ids}
        return company.call("POST", "/rest/videos?action=finalizeUpload", {"finalizeUploadRequest": body})

    assert finalize(tags[::-1]).status_code == 400
    assert finalize(tags).status_code == 200
    sandbox.clock.forward(2)
    assert company.call("GET", f"/rest/videos/{quote(value['video'], safe='')}").json()["status"] == "AVAILABLE"
    assert company.post(content={"media": {"id": value["video"]}}).headers["x-restli-id"].startswith("urn:li:ugcPost:")


def test_a_document_needs_a_title(sandbox: Sandbox, company: LinkedIn) -> None:
    """A PDF is posted with its title, refused without."""
    body = {"initializeUploadRequest": {"owner": company.urn}}
    value = company.call("POST", "/rest/documents?action=initializeUpload", body).json()["value"]
    sandbox.http.put(value["uploadUrl"], content=PDF, headers=company.headers)
    sandbox.clock.forward(2)
    assert code(company.post(content={"media": {"id": value["document"]}})) == (422, "UNPROCESSABLE_ENTITY")
    assert company.post(content={"media": {"id": value["document"], "title": "Guía"}}).status_code == 201
    assert [(post["kind"], post["title"]) for post in sandbox.ledger()] == [("document", "Guía")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"visibility": "EVERYONE"}, (400, "INVALID_VALUE_FOR_FIELD")),
        ({"lifecycleState": "DRAFT"}, (400, "INVALID_VALUE_FOR_FIELD")),
        ({"text": "hola"}, (403, "ACCESS_DENIED")),
        ({"commentary": "x" * 3_001}, (400, "FIELD_LENGTH_TOO_LONG")),
        ({"author": "urn:li:organization:1"}, (403, "ACCESS_DENIED")),
        ({"author": "ReservasPro"}, (400, "INVALID_URN_TYPE")),
        ({"commentary": ""}, (400, "INVALID_VALUE_BLANK_FIELD")),
        ({"content": {"media": {"id": "urn:li:image:nope"}}}, (400, "INVALID_URN_ID")),
    ],
)
def test_bodies_that_linkedin_refuses(company: LinkedIn, change: dict[str, Any], expected: tuple[int, str]) -> None:
    """Each wrong field with its own code."""
    assert code(company.call("POST", "/rest/posts", company.body() | change)) == expected


def test_missing_fields_and_headers(company: LinkedIn) -> None:
    """A missing field is 422, no protocol header 400, no token 401, a body that is no object 400."""
    body = company.body()
    del body["distribution"]
    assert code(company.call("POST", "/rest/posts", body)) == (422, "UNPROCESSABLE_ENTITY")
    assert code(company.call("POST", "/rest/posts", ["x"])) == (400, "ILLEGAL_ARGUMENT")
    assert code(company.call("POST", "/rest/posts", company.body(), authorization="")) == (401, "EMPTY_ACCESS_TOKEN")
    del company.headers["x-restli-protocol-version"]
    assert code(company.post()) == (400, "ILLEGAL_ARGUMENT")


def test_the_finder_lists_an_organisations_posts(sandbox: Sandbox, company: LinkedIn) -> None:
    """q=author with an encoded URN; a raw URN is a syntax error, as are encoded List brackets."""
    for text in ("uno", "dos"):
        company.post(text)
        sandbox.clock.forward(1)
    path = f"/rest/posts?q=author&author={quote(company.urn, safe='')}&count=10&sortBy=CREATED"
    assert [one["commentary"] for one in company.call("GET", path).json()["elements"]] == ["dos", "uno"]
    raw = f"/rest/posts?q=author&author={company.urn}"
    assert code(company.call("GET", raw)) == (400, "ILLEGAL_ARGUMENT")
    urn = sandbox.ledger()[0]["id"]
    encoded = f"/rest/posts?ids=List%28{quote(urn, safe='')}%29"
    assert code(company.call("GET", encoded)) == (400, "ILLEGAL_ARGUMENT")
    batch = company.call("GET", f"/rest/posts?ids=List({quote(urn, safe='')})").json()
    assert list(batch["results"]) == [urn]


def test_members_posts_cannot_be_read(sandbox: Sandbox, member: LinkedIn) -> None:
    """Creating works, reading back is 403, as is the state of an image."""
    urn = member.post("Soy una persona", visibility="CONNECTIONS").headers["x-restli-id"]
    assert code(member.call("GET", f"/rest/posts/{quote(urn, safe='')}")) == (403, "ACCESS_DENIED")
    finder = f"/rest/posts?q=author&author={quote(member.urn, safe='')}"
    assert code(member.call("GET", finder)) == (403, "ACCESS_DENIED")
    assert code(member.call("GET", f"/rest/images/{quote(member.image(), safe='')}")) == (403, "ACCESS_DENIED")


def test_a_post_is_changed_and_deleted(sandbox: Sandbox, company: LinkedIn) -> None:
    """PARTIAL_UPDATE changes the text; deleting twice is 204 twice."""
    urn = company.post("Antes").headers["x-restli-id"]
    path = f"/rest/posts/{quote(urn, safe='')}"
    patch = {"patch": {"$set": {"commentary": "Después"}}}
    assert company.call("POST", path, patch, **{"x-restli-method": "PARTIAL_UPDATE"}).status_code == 204
    assert sandbox.ledger()[0]["text"] == "Después"
    assert [company.call("DELETE", path).status_code for _ in range(2)] == [204, 204]
    assert sandbox.ledger() == []
    assert code(company.call("GET", path)) == (404, "RESOURCE_NOT_FOUND")


def test_share_statistics_leave_out_what_nobody_saw_and_grow(sandbox: Sandbox, company: LinkedIn) -> None:
    """Absent at first, then counts that never fall; ugcPosts= refuses a share."""
    urn = company.post("Texto").headers["x-restli-id"]
    finder = f"q=organizationalEntity&organizationalEntity={quote(company.urn, safe='')}"
    base = f"/rest/organizationalEntityShareStatistics?{finder}"
    path = f"{base}&shares=List({quote(urn, safe='')})"
    assert company.call("GET", path).json()["elements"] == []
    seen = []
    for seconds in (60, 3_600, 86_400):
        sandbox.clock.forward(seconds)
        [element] = company.call("GET", path).json()["elements"]
        seen.append(element["totalShareStatistics"]["impressionCount"])
    assert seen == sorted(seen)
    assert seen[0] > 0
    assert code(company.call("GET", f"{base}&ugcPosts=List({quote(urn, safe='')})")) == (400, "INVALID_URN_TYPE")
    start, end = 1_000, int(sandbox.clock.now.timestamp() * 1_000)
    daily = f"{base}&timeIntervals=(timeRange:(start:{start},end:{end}),timeGranularityType:DAY)"
    assert company.call("GET", daily).status_code == 200


def test_social_metadata_counts_reactions_and_comments(sandbox: Sandbox, company: LinkedIn) -> None:
    """Reactions by type and comments, single and in a batch."""
    urn = company.post("Texto").headers["x-restli-id"]
    sandbox.clock.forward(86_400 * 5)
    key = quote(urn, safe="")
    one = company.call("GET", f"/rest/socialMetadata/{key}").json()
    assert one["reactionSummaries"]["LIKE"]["count"] > 0
    assert company.call("GET", f"/rest/socialMetadata?ids=List({key})").json()["results"][urn] == one


def test_a_first_comment_is_seen_below_the_post(sandbox: Sandbox, company: LinkedIn) -> None:
    """Comments carry their own URN; the text has 1250 characters at most."""
    urn = company.post("Texto").headers["x-restli-id"]
    path, body = f"/rest/socialActions/{quote(urn, safe='')}/comments", {"actor": company.urn, "object": urn}
    made = company.call("POST", path, {**body, "message": {"text": "Enlace: facturaclara.es"}})
    assert made.status_code == 201
    assert made.json()["commentUrn"].startswith("urn:li:comment:(urn:li:activity:")
    assert code(company.call("POST", path, {**body, "message": {"text": "x" * 1_251}})) == (
        400,
        "FIELD_LENGTH_TOO_LONG",
    )
    assert [comment["text"] for comment in sandbox.ledger()[0]["comments"]] == ["Enlace: facturaclara.es"]


def test_roles_names_and_followers(company: LinkedIn) -> None:
    """The token's organisations, their names by number, and their followers."""
    rows = company.call("GET", "/rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED").json()[
        "elements"
    ]
    assert [row["organization"] for row in rows] == [company.urn]
    number = company.urn.rpartition(":")[2]
    assert company.call("GET", f"/rest/organizations/{number}").json()["localizedName"] == company.account.name
    size = f"/rest/networkSizes/{quote(company.urn, safe='')}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
    assert company.call("GET", size).json() == {"firstDegreeSize": company.account.followers}


def test_restli_reads_the_contracts_vector() -> None:
    """The official client's encoding vector is understood."""
    value = restli("(k1:v1,k2:urn%3Ali%3Aapp%3A123,k3:List(1,2),k4:(k41:foobar))")
    assert value == {"k1": "v1", "k2": "urn:li:app:123", "k3": ["1", "2"], "k4": {"k41": "foobar"}}


@pytest.mark.parametrize("text", ["List(a", "(a:b", "(a)", "List(a))", "urn:li:x", "List(a b:c)"])
def test_restli_refuses_what_is_not_its_syntax(text: str) -> None:
    """Unbalanced, raw-colon and nameless forms are errors."""
    with pytest.raises(LinkedInError):
        restli(text)


def test_a_long_query_may_travel_as_a_form(sandbox: Sandbox, company: LinkedIn) -> None:
    """POST with X-HTTP-Method-Override: GET and the query as its body is that GET."""
    company.post("uno")
    query = f"q=author&author={quote(company.urn, safe='')}&count=10"
    headers = {**company.headers, "x-http-method-override": "GET", "content-type": "application/x-www-form-urlencoded"}
    answer = sandbox.http.post("/linkedin/rest/posts", content=query, headers=headers)
    assert [one["commentary"] for one in answer.json()["elements"]] == ["uno"]


def test_member_analytics_change_their_shape_with_the_version(sandbox: Sandbox) -> None:
    """metricType is a one-key object up to 202604 and a plain string from 202605; DAILY has its exceptions."""
    admin = LinkedIn(sandbox, "organization")
    admin.urn = demo_people()[1].external_id
    urn = admin.post("Como persona").headers["x-restli-id"]
    sandbox.clock.forward(3_600)
    path = f"/rest/memberCreatorPostAnalytics?q=entity&entity=(share:{quote(urn, safe='')})&queryType=IMPRESSION"
    new = admin.call("GET", f"{path}&aggregation=TOTAL").json()["elements"][0]
    assert new["metricType"] == "IMPRESSION"
    assert new["count"] > 0
    admin.headers["linkedin-version"] = "202604"
    [old] = admin.call("GET", f"{path}&aggregation=TOTAL").json()["elements"][0]["metricType"].values()
    assert old == "IMPRESSION"
    daily = path.replace("IMPRESSION", "MEMBERS_REACHED") + "&aggregation=DAILY"
    assert code(admin.call("GET", daily)) == (400, "ILLEGAL_ARGUMENT")


def test_articles_bring_their_own_title(sandbox: Sandbox, company: LinkedIn) -> None:
    """LinkedIn does not scrape: without a title it is refused, a thumbnail must be an uploaded image."""
    article = {"source": "https://facturaclara.es/verifactu", "title": "Verifactu sin sustos", "description": "Guía"}
    assert code(company.post(content={"article": {"source": article["source"]}})) == (422, "UNPROCESSABLE_ENTITY")
    assert company.post(content={"article": article}).status_code == 201
    assert [(post["kind"], post["title"]) for post in sandbox.ledger()] == [("article", "Verifactu sin sustos")]
