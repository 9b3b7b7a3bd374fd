"""Instagram: containers that take a moment, one publish each, a quota, and insights that grow."""

import httpx
import pytest

from tests.sandbox.conftest import Sandbox, picture, video

V = "/meta/v25.0"


@pytest.fixture
def account(sandbox: Sandbox):
    return sandbox.account("instagram")


@pytest.fixture
def graph(sandbox: Sandbox, account):
    """Call Graph with the account's token."""

    def call(method: str, path: str, **params) -> httpx.Response:
        auth = {"authorization": f"Bearer {account.access_token}"}
        sent = {"params": params} if method == "GET" else {"json": params}
        return sandbox.http.request(method, f"{V}/{path}", headers=auth, **sent)

    return call


def subcode(answer: httpx.Response) -> tuple[int, int | None]:
    assert answer.status_code == 400, answer.text
    return answer.json()["error"]["code"], answer.json()["error"].get("error_subcode")


def test_an_image_is_public_only_after_its_container_is_published(sandbox, account, graph, files) -> None:
    """Container, wait, publish: one post with exactly the caption, and a permalink on instagram.com."""
    made = graph(
        "POST",
        f"{account.external_id}/media",
        image_url=files("a.jpg", picture()),
        alt_text="Una barbería",
        caption="Tu silla, siempre llena 💈\n#barbería",
    )
    container = made.json()["id"]
    assert graph("GET", container, fields="status_code").json()["status_code"] == "IN_PROGRESS"
    early = graph("POST", f"{account.external_id}/media_publish", creation_id=container)
    assert subcode(early) == (9007, 2207027)
    assert sandbox.ledger() == []
    sandbox.clock.forward(4)
    assert graph("GET", container, fields="status_code,status").json()["status_code"] == "FINISHED"
    media = graph("POST", f"{account.external_id}/media_publish", creation_id=container).json()["id"]
    shown = graph("GET", media, fields="id,permalink,timestamp,media_type,media_product_type,shortcode,alt_text").json()
    assert (shown["media_type"], shown["media_product_type"], shown["alt_text"]) == ("IMAGE", "FEED", "Una barbería")
    [post] = sandbox.ledger(platform="instagram")
    assert (post["text"], post["permalink"]) == ("Tu silla, siempre llena 💈\n#barbería", shown["permalink"])
    assert graph("GET", container, fields="status_code").json()["status_code"] == "PUBLISHED"


def test_a_container_is_published_once(sandbox, account, graph, files) -> None:
    """A second publish of the same container is refused, and nothing more is seen."""
    container = graph("POST", f"{account.external_id}/media", image_url=files("a.jpg", picture())).json()["id"]
    sandbox.clock.forward(4)
    assert graph("POST", f"{account.external_id}/media_publish", creation_id=container).status_code == 200
    assert graph("POST", f"{account.external_id}/media_publish", creation_id=container).status_code == 400
    assert len(sandbox.ledger()) == 1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture(format="PNG"), (36001, 2207005)),
        (picture(1080, 2000), (36003, 2207009)),
        (picture(2000, 900), (36003, 2207009)),
        (b"x" * (8 * 1024 * 1024 + 1), (36000, 2207004)),
        (b"hola", (36001, 2207005)),
    ],
)
def test_pictures_that_instagram_refuses(account, graph, files, data: bytes, expected: tuple[int, int]) -> None:
    """PNG, too tall, too wide, over 8 MB and unreadable files are refused when the container is made."""
    assert subcode(graph("POST", f"{account.external_id}/media", image_url=files("a", data))) == expected


def test_a_picture_that_cannot_be_fetched_is_9004(account, graph) -> None:
    """Nobody answers at the address: 9004/2207052."""
    gone = graph("POST", f"{account.external_id}/media", image_url="http://127.0.0.1:1/a.jpg")
    assert subcode(gone) == (9004, 2207052)


def test_captions_have_limits(account, graph, files) -> None:
    """2200 characters pass, 2201 do not; 31 hashtags and 21 mentions do not."""
    url, path = files("a.jpg", picture()), f"{account.external_id}/media"
    assert graph("POST", path, image_url=url, caption="x" * 2_200).status_code == 200
    assert subcode(graph("POST", path, image_url=url, caption="x" * 2_201)) == (36004, 2207010)
    assert subcode(graph("POST", path, image_url=url, caption=" ".join(f"#t{i}" for i in range(31))))[0] == 100
    assert subcode(graph("POST", path, image_url=url, caption=" ".join(f"@t{i}" for i in range(21)))) == (100, 2207040)


def test_a_container_expires_after_a_day(sandbox, account, graph, files) -> None:
    """Unpublished for 24 hours: EXPIRED, and publishing it is refused."""
    container = graph("POST", f"{account.external_id}/media", image_url=files("a.jpg", picture())).json()["id"]
    sandbox.clock.forward(86_400)
    assert graph("GET", container, fields="status_code").json()["status_code"] == "EXPIRED"
    late = graph("POST", f"{account.external_id}/media_publish", creation_id=container)
    assert subcode(late) == (-2, 2207020)


def test_the_quota_is_kept_and_told(sandbox, account, graph, files) -> None:
    """content_publishing_limit says what is used; beyond the total, 9/2207042."""
    sandbox.control("settings", {"instagram_publishing_quota": 1})
    url, ids = files("a.jpg", picture()), []
    for _ in range(2):
        ids.append(graph("POST", f"{account.external_id}/media", image_url=url).json()["id"])
    sandbox.clock.forward(4)
    assert graph("POST", f"{account.external_id}/media_publish", creation_id=ids[0]).status_code == 200
    limit = graph("GET", f"{account.external_id}/content_publishing_limit", fields="quota_usage,config").json()
    assert limit == {"data": [{"quota_usage": 1, "config": {"quota_total": 1, "quota_duration": 86400}}]}
    assert subcode(graph("POST", f"{account.external_id}/media_publish", creation_id=ids[1])) == (9, 2207042)


def test_a_carousel_needs_two_to_ten_children_and_is_one_post(sandbox, account, graph, files) -> None:
    """Children are containers of their own; one publish shows them all, in order, with alt texts."""
    path = f"{account.external_id}/media"
    urls = [files(f"{i}.jpg", picture(colour=colour)) for i, colour in enumerate(("#a00000", "#00a000", "#0000a0"))]
    children = [
        graph("POST", path, image_url=url, is_carousel_item=True, alt_text=str(i)).json()["id"]
        for i, url in enumerate(urls)
    ]
    assert subcode(graph("POST", path, media_type="CAROUSEL", children=children[:1])) == (100, 2207028)
    parent = graph("POST", path, media_type="CAROUSEL", children=",".join(children), caption="Tres").json()["id"]
    sandbox.clock.forward(4)
    media = graph("POST", f"{account.external_id}/media_publish", creation_id=parent).json()["id"]
    shown = graph("GET", media, fields="media_type,children{id,media_type}").json()
    assert shown["media_type"] == "CAROUSEL_ALBUM"
    assert len(shown["children"]["data"]) == 3
    [post] = sandbox.ledger()
    assert [medium["alt"] for medium in post["media"]] == ["0", "1", "2"]


def test_a_reel_is_a_video_with_its_own_product_type(sandbox, account, graph, files) -> None:
    """A good video finishes and is published as REELS; a bad one turns to ERROR with 2207026."""
    path = f"{account.external_id}/media"
    good = graph("POST", path, media_type="REELS", video_url=files("a.mp4", video()), caption="Reel").json()["id"]
    bad = graph("POST", path, media_type="REELS", video_url=files("b.mp4", video(seconds=1))).json()["id"]
    sandbox.clock.forward(4)
    assert graph("GET", bad, fields="status_code,status").json()["status_code"] == "ERROR"
    assert "2207026" in graph("GET", bad, fields="status").json()["status"]
    media = graph("POST", f"{account.external_id}/media_publish", creation_id=good).json()["id"]
    shown = graph("GET", media, fields="media_type,media_product_type").json()
    assert (shown["media_type"], shown["media_product_type"]) == ("VIDEO", "REELS")


def test_resumable_upload_feeds_a_container(sandbox, account, graph) -> None:
    """upload_type=resumable gives an address; the bytes sent there finish the container."""
    made = graph("POST", f"{account.external_id}/media", media_type="REELS", upload_type="resumable").json()
    data = video()
    headers = {"authorization": f"OAuth {account.access_token}", "offset": "0", "file_size": str(len(data))}
    assert sandbox.http.post(made["uri"], content=data, headers=headers).json()["success"] is True
    sandbox.clock.forward(4)
    assert graph("GET", made["id"], fields="status_code").json()["status_code"] == "FINISHED"


def test_a_story_is_listed_among_stories_only(sandbox, account, graph, files) -> None:
    """Stories have their own list for a day and never appear among media."""
    made = graph(
        "POST", f"{account.external_id}/media", media_type="STORIES", image_url=files("s.jpg", picture(1080, 1920))
    )
    sandbox.clock.forward(4)
    media = graph("POST", f"{account.external_id}/media_publish", creation_id=made.json()["id"]).json()["id"]
    assert [one["id"] for one in graph("GET", f"{account.external_id}/stories").json()["data"]] == [media]
    assert graph("GET", f"{account.external_id}/media").json()["data"] == []


def test_insights_start_empty_and_grow(sandbox, account, graph, files) -> None:
    """No data at first is an empty list, not zeros; a metric of another kind fails the call."""
    container = graph("POST", f"{account.external_id}/media", image_url=files("a.jpg", picture())).json()["id"]
    sandbox.clock.forward(4)
    media = graph("POST", f"{account.external_id}/media_publish", creation_id=container).json()["id"]
    assert graph("GET", f"{media}/insights", metric="views,reach").json() == {"data": []}
    assert subcode(graph("GET", f"{media}/insights", metric="views,ig_reels_avg_watch_time"))[0] == 100
    assert subcode(graph("GET", f"{media}/insights", metric="impressions"))[0] == 100
    sandbox.clock.forward(3_600)
    values = {
        one["name"]: one["values"][0]["value"]
        for one in graph("GET", f"{media}/insights", metric="views,reach,saved,total_interactions").json()["data"]
    }
    assert values["views"] >= values["reach"] > 0


def test_a_comment_with_fields_is_made_although_it_answers_an_error(sandbox, account, graph, files) -> None:
    """The trap of the contract: ?fields= on a comment answers 20/1772107, and the comment is there."""
    container = graph("POST", f"{account.external_id}/media", image_url=files("a.jpg", picture())).json()["id"]
    sandbox.clock.forward(4)
    media = graph("POST", f"{account.external_id}/media_publish", creation_id=container).json()["id"]
    assert graph("POST", f"{media}/comments", message="Enlace en la bio").status_code == 200
    assert subcode(graph("POST", f"{media}/comments", message="Otra", fields="id")) == (20, 1772107)
    assert [comment["text"] for comment in sandbox.ledger()[0]["comments"]] == ["Enlace en la bio", "Otra"]


def test_an_unknown_media_type_is_2207023(account, graph, files) -> None:
    """VIDEO outside a carousel, and words that are no type, are refused."""
    url = files("a.mp4", video())
    assert subcode(graph("POST", f"{account.external_id}/media", media_type="VIDEO", video_url=url)) == (100, 2207023)
    assert subcode(graph("POST", f"{account.external_id}/media", media_type="PHOTO", image_url=url)) == (100, 2207023)
