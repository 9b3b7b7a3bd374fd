"""Facebook Pages at the wire: what is sent, what a failure means, how a post is found again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from marketingos import clock
from marketingos.adapters.meta import Facebook, graph
from marketingos.adapters.meta.graph import appsecret_proof
from marketingos.adapters.meta.refusals import BY_CODE, BY_SUBCODE
from marketingos.domain import walk
from marketingos.domain.account import AccountKind
from marketingos.domain.delivery import Content
from marketingos.domain.performance import Metrics
from marketingos.domain.platform import Platform
from marketingos.domain.ports import Absent, Accepted, Published, Ready, Removed, Undecided, Working
from marketingos.errors import (
    AccountBlocked,
    ContentRefused,
    NotSent,
    OutcomeUnknown,
    OutsideError,
    PermissionMissing,
    RateLimited,
    TokenRejected,
)
from marketingos.text import catalogue
from tests.adapters.wire import JPEG, NOW, TOKEN, Shelf, Wire, content, grant, prepared, published, settled
from tests.conftest import Setter

PAGE = grant(AccountKind.PAGE, "104823915627341")
FEED, PHOTOS, LIST = "/v25.0/104823915627341/feed", "/v25.0/104823915627341/photos", "/104823915627341/published_posts"
POST = {"id": "104823915627341_777", "permalink_url": "https://www.facebook.com/104823915627341/posts/777"}
TEXT = content(Platform.FACEBOOK, "Hoy abrimos")

pytestmark = pytest.mark.usefixtures("still")


@pytest.fixture
def facebook(shelf: Shelf) -> Facebook:
    return Facebook(shelf)


def error(code: int, subcode: int | None = None, message: str = "no", **more: Any) -> dict[str, Any]:
    body = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1", **more}
    return {"error": body | ({"error_subcode": subcode} if subcode else {})}


def row(message: str, minutes: float = 0, targets: tuple[str, ...] = (), number: int = 777) -> dict[str, Any]:
    """A post as the list of a Page tells it."""
    parts = [{"media_type": "photo", "target": {"id": target}} for target in targets]
    moment = (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    listed = {
        "id": f"104823915627341_{number}",
        "message": message,
        "created_time": moment,
        "permalink_url": "https://f/1",
    }
    if len(parts) > 1:
        parts = [{"media_type": "album", "target": {"id": "a"}, "subattachments": {"data": parts}}]
    return listed | ({"attachments": {"data": parts}} if parts else {})


# -- what is sent ------------------------------------------------------------------------------------------------------


async def test_text_is_one_call(facebook: Facebook, wire: Wire) -> None:
    """A text goes to the feed of the pinned version, with the token in the header, and comes back with its address."""
    wire.on("POST", FEED, POST)
    post = await published(facebook, PAGE, TEXT)
    assert wire.asked == [f"POST {FEED}"]
    assert wire.json() == {"message": "Hoy abrimos"}
    assert wire.query() == {"fields": "id,permalink_url"}
    assert wire.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert post == Published(external_id=POST["id"], permalink=POST["permalink_url"])


async def test_link_travels_beside_the_text(facebook: Facebook, wire: Wire) -> None:
    """A link is a parameter of its own, never a photo post."""
    wire.on("POST", FEED, POST)
    await published(facebook, PAGE, content(Platform.FACEBOOK, "Mira", link_url="https://example.com/a"))
    assert wire.json() == {"message": "Mira", "link": "https://example.com/a"}


async def test_photo_is_uploaded_unpublished_first(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """A photo goes up as a file that nobody sees, with its alternative text; the feed call joins it to the text."""
    photo = shelf.add("a.jpg", alt_text="Una mesa puesta")
    wire.on("POST", PHOTOS, {"id": "9001"}).on("POST", FEED, POST)
    await published(facebook, PAGE, content(Platform.FACEBOOK, "Menú", photo))
    upload = wire.requests[0].content
    assert wire.asked == [f"POST {PHOTOS}", f"POST {FEED}"]
    assert b'name="source"; filename="a.jpg"' in upload
    assert JPEG in upload
    assert b'name="published"\r\n\r\nfalse' in upload
    assert b'name="alt_text_custom"\r\n\r\nUna mesa puesta' in upload
    assert wire.json() == {"message": "Menú", "attached_media": [{"media_fbid": "9001"}]}


async def test_each_photo_is_a_step_and_keeps_its_place(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """One upload a step, so that a process which dies between two resumes with the next photo."""
    post = content(Platform.FACEBOOK, "Tres", *(shelf.add(f"{n}.jpg") for n in "abc"))
    for photo in ("1", "2", "3"):
        wire.on("POST", PHOTOS, {"id": photo})
    progress: Any = {}
    for uploads, kind in ((1, Working), (2, Working), (3, Ready)):
        step = await facebook.prepare(PAGE, post, progress)
        assert isinstance(step, kind)
        assert len(wire.requests) == uploads
        progress = step.progress
    wire.on("POST", FEED, POST)
    await facebook.commit(PAGE, post, progress)
    assert wire.json()["attached_media"] == [{"media_fbid": photo} for photo in ("1", "2", "3")]


async def test_old_photos_are_uploaded_again(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """Meta deletes unpublished photos after a day: a walk taken up later does not count on them."""
    post = content(Platform.FACEBOOK, "Menú", shelf.add("a.jpg"))
    wire.on("POST", PHOTOS, {"id": "1"}).on("POST", PHOTOS, {"id": "2"})
    progress = await prepared(facebook, PAGE, post)
    with clock.frozen(NOW + timedelta(hours=25)):
        again = await prepared(facebook, PAGE, post, progress)
    assert again["photos"] == ["2"]
    assert again["begun_at"] == progress["begun_at"]


async def test_proof_of_the_app_goes_along_when_its_secret_is_known(
    facebook: Facebook, wire: Wire, environment: Setter
) -> None:
    """Apps may demand a proof on every call; it is the HMAC of the very token used."""
    environment(META_APP_SECRET="app-secret")
    wire.on("POST", FEED, POST)
    await published(facebook, PAGE, TEXT)
    assert wire.query()["appsecret_proof"] == appsecret_proof(TOKEN, "app-secret")


def test_appsecret_proof() -> None:
    """HMAC-SHA256 in hex; RFC 4231's second vector."""
    wanted = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert appsecret_proof("what do ya want for nothing?", "Jefe") == wanted


# -- the first comment -------------------------------------------------------------------------------------------------

COMMENTED = content(Platform.FACEBOOK, "Hoy abrimos", first_comment="Reserva aquí")


async def test_first_comment_comes_after_the_post_was_kept(facebook: Facebook, wire: Wire) -> None:
    """The post's id is in the progress before the comment is tried, and a repeated commit does not post again."""
    wire.on("POST", FEED, POST).on("GET", "/comments", {"data": []}).on("POST", "/comments", {"id": "c"})
    outcome = await facebook.commit(PAGE, COMMENTED, {})
    assert isinstance(outcome, Accepted)
    assert outcome.progress["post"]["id"] == POST["id"]
    again = await facebook.commit(PAGE, COMMENTED, outcome.progress)
    post = await settled(facebook, PAGE, COMMENTED, again)
    assert post.external_id == POST["id"]
    assert wire.asked.count(f"POST {FEED}") == 1
    assert wire.json() == {"message": "Reserva aquí"}
    assert "fields" not in wire.query()


OUT: Any = {"post": {"id": "1_2", "permalink": "https://f/1"}}
COMMENTS = "/1_2/comments"


async def test_first_comment_is_not_repeated(facebook: Facebook, wire: Wire) -> None:
    """After a crash the comment that is already there is seen, however Facebook spaces it."""
    wire.on("GET", COMMENTS, {"data": [{"id": "c", "message": "Reserva  aquí "}]})
    assert await facebook.settle(PAGE, COMMENTED, OUT) == Published(external_id="1_2", permalink="https://f/1")
    assert len(wire.requests) == 1


async def test_a_comment_is_said_before_it_is_made(facebook: Facebook, wire: Wire) -> None:
    """Nothing is written before the progress says so; whoever dies then looks, when the request can do nothing any
    more, and writes again only when it surely is not there."""
    wire.on("GET", COMMENTS, {"data": []}, times=3)
    asked = await facebook.settle(PAGE, COMMENTED, OUT)
    assert isinstance(asked, Ready)
    assert wire.asked == [f"GET /v25.0{COMMENTS}"]
    for later, looks in ((walk.IN_FLIGHT / 2, 1), (walk.IN_FLIGHT, 2), (walk.SETTLED, 3)):
        with clock.frozen(NOW + later):
            again = await facebook.settle(PAGE, COMMENTED, asked.progress)
        assert isinstance(again, Accepted) or (isinstance(again, Ready) and later == walk.SETTLED)
        assert len(wire.requests) == looks


@pytest.mark.parametrize("asked", [{}, {"comment_asked_at": walk.stamp(NOW - timedelta(hours=1))}])
async def test_a_comment_that_cannot_be_told_is_left_out(facebook: Facebook, wire: Wire, asked: Any) -> None:
    """Among more comments than a list shows it may be or not be: it is never written twice."""
    wire.on("GET", COMMENTS, {"data": [{"id": "d", "message": "Otro"}], "paging": {"next": "https://graph/"}})
    post = await facebook.settle(PAGE, COMMENTED, {**OUT, **asked})
    assert isinstance(post, Published)
    assert post.note_key == "note.first_comment_uncertain"


async def test_refused_comment_never_fails_the_post(facebook: Facebook, wire: Wire) -> None:
    """The post is out, whatever becomes of the comment; that it lacks it is said."""
    wire.on("GET", COMMENTS, {"data": []}).on("POST", COMMENTS, error(200), 400)
    found = await settled(facebook, PAGE, COMMENTED, Accepted(progress=OUT))
    assert found == Published(external_id="1_2", permalink="https://f/1", note_key="note.first_comment")


async def test_a_comment_whose_answer_was_lost_is_found(facebook: Facebook, wire: Wire) -> None:
    """It is looked for before it is made again, and not while the request may be under way."""
    wire.on("GET", COMMENTS, {"data": []}).on("POST", COMMENTS, {}, 500)
    wire.on("GET", COMMENTS, {"data": [{"id": "c", "message": "Reserva aquí"}]})
    assert (await settled(facebook, PAGE, COMMENTED, Accepted(progress=OUT))).note_key is None
    assert wire.asked.count(f"POST /v25.0{COMMENTS}") == 1


async def test_a_comment_that_fails_for_good_is_given_up(facebook: Facebook, wire: Wire) -> None:
    """After some tries the post goes without; a list that cannot be read leaves it open when it was asked for."""
    wire.on("GET", COMMENTS, {}, 500, times=3)
    assert (await settled(facebook, PAGE, COMMENTED, Accepted(progress=OUT))).note_key == "note.first_comment"
    wire.on("GET", COMMENTS, {"data": []}, times=7).on("POST", COMMENTS, {}, 500, times=3)
    assert (await settled(facebook, PAGE, COMMENTED, Accepted(progress=OUT))).note_key == "note.first_comment"
    assert wire.asked.count(f"POST /v25.0{COMMENTS}") == 3
    wire.on("GET", COMMENTS, {}, 500, times=3)
    asked = {**OUT, "comment_asked_at": walk.stamp(NOW - timedelta(hours=1))}
    assert (await settled(facebook, PAGE, COMMENTED, Accepted(progress=asked))).note_key == (
        "note.first_comment_uncertain"
    )


async def test_a_limit_too_far_away_leaves_the_comment_out(facebook: Facebook, wire: Wire) -> None:
    """A post is not unsettled for hours for the sake of its comment."""
    wire.on("GET", COMMENTS, {"data": []})
    wire.on("POST", COMMENTS, error(4), 400, headers={"Retry-After": "7200"})
    assert (await settled(facebook, PAGE, COMMENTED, Accepted(progress=OUT))).note_key == "note.first_comment"


async def test_a_post_that_was_taken_down_is_told(facebook: Facebook, wire: Wire) -> None:
    """Meta says that there is no such object, or none that we may see."""
    wire.on("GET", "/1_2", error(100, 33), 400)
    assert await facebook.read_back(PAGE, TEXT, "1_2") == Removed()


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "key"),
    [
        (error(190, 463), TokenRejected, "error.token_rejected"),
        (error(190, 459), TokenRejected, "error.meta.identify"),
        (error(190, 492), TokenRejected, "error.meta.role"),
        (error(102), TokenRejected, "error.token_rejected"),
        (
            error(
                190,
                message="The permission(s) must be granted before impersonating a user's page.",
            ),
            PermissionMissing,
            "error.permission_missing",
        ),
        (error(200), PermissionMissing, "error.permission_missing"),
        (error(10), PermissionMissing, "error.permission_missing"),
        (error(283), PermissionMissing, "error.permission_missing"),
        (error(32), RateLimited, "error.rate_limited"),
        (error(80001), RateLimited, "error.rate_limited"),
        (error(613, 1996), RateLimited, "error.rate_limited"),
        (error(368), AccountBlocked, "error.meta.blocked"),
        (error(368, 1390008), RateLimited, "error.rate_limited"),
        (error(368, 4854002), AccountBlocked, "error.meta.identify"),
        (error(100), ContentRefused, "error.content_refused"),
        (error(100, 1366046), ContentRefused, "error.meta.picture"),
        (error(324), ContentRefused, "error.meta.picture"),
        (error(100, 1609005), ContentRefused, "error.meta.link"),
        (error(100, message="Invalid appsecret_proof provided in the API argument"), NotSent, "error.meta.app_secret"),
        (error(1, 99), OutcomeUnknown, "error.outcome_unknown"),
        (error(2), OutcomeUnknown, "error.outcome_unknown"),
        (error(100, 33), OutcomeUnknown, "error.outcome_unknown"),
        (error(506), OutcomeUnknown, "error.meta.duplicate"),
        (error(100, 1366051), OutcomeUnknown, "error.meta.duplicate"),
        (error(987654), OutcomeUnknown, "error.outcome_unknown"),
        (error(987654, is_transient=True), OutcomeUnknown, "error.outcome_unknown"),
    ],
)
async def test_refusal_at_the_commit_point(
    facebook: Facebook, wire: Wire, body: dict[str, Any], kind: type[OutsideError], key: str
) -> None:
    """Each of Meta's codes is one of our errors; what Meta does not clearly refuse leaves the outcome open."""
    wire.on("POST", FEED, body, 400)
    with pytest.raises(OutsideError) as caught:
        await facebook.commit(PAGE, TEXT, {})
    assert (type(caught.value), caught.value.key) == (kind, key)
    assert "A1" in caught.value.diagnostic


@pytest.mark.parametrize("body", [error(1, 99), error(2), error(100, 33)])
async def test_faults_of_harmless_steps_may_be_tried_again(
    facebook: Facebook, wire: Wire, shelf: Shelf, body: dict[str, Any]
) -> None:
    """The same codes in an invisible upload are `NotSent`."""
    wire.on("POST", PHOTOS, body, 500)
    with pytest.raises(NotSent) as caught:
        await facebook.prepare(PAGE, content(Platform.FACEBOOK, "Menú", shelf.add("a.jpg")), {})
    assert caught.value.retryable


async def test_throttle_says_when_to_come_back(facebook: Facebook, wire: Wire) -> None:
    """Meta tells the wait in minutes, in a header of its own; the longest counts."""
    usage = '{"1":[{"type":"pages","estimated_time_to_regain_access":7},{"estimated_time_to_regain_access":3}]}'
    wire.on("POST", FEED, error(80001), 400, headers={"x-business-use-case-usage": usage})
    with pytest.raises(RateLimited) as caught:
        await facebook.commit(PAGE, TEXT, {})
    assert caught.value.retry_after == timedelta(minutes=7)


@pytest.mark.parametrize(
    "usage", ["", "{", "[]", '{"1": 3}', '{"1": [null]}', '{"1":[{"estimated_time_to_regain_access":"x"}]}']
)
async def test_odd_usage_header_is_no_reason_to_fail(facebook: Facebook, wire: Wire, usage: str) -> None:
    """A header that cannot be read leaves the wait to our own pause."""
    wire.on("POST", FEED, error(4), 400, headers={"x-business-use-case-usage": usage})
    with pytest.raises(RateLimited) as caught:
        await facebook.commit(PAGE, TEXT, {})
    assert caught.value.retry_after == timedelta(minutes=5)


@pytest.mark.parametrize("text", ["", "<html>", '{"id":', "[]", "{}", "null", '{"success":true}'])
async def test_success_without_an_id_leaves_the_outcome_open(facebook: Facebook, wire: Wire, text: str) -> None:
    """HTTP 200 without the post's id may well be a post."""
    wire.on("POST", FEED, text=text)
    with pytest.raises(OutcomeUnknown):
        await facebook.commit(PAGE, TEXT, {})


def test_every_ruling_has_its_sentence() -> None:
    """No code of the tables ends in a sentence that does not exist."""
    keys = {ruling.key or ruling.error.key for table in (BY_CODE, BY_SUBCODE) for ruling in table.values()}
    for language in ("es", "en"):
        assert keys <= set(catalogue(language))


# -- looking up --------------------------------------------------------------------------------------------------------

LATER = NOW + timedelta(minutes=6)


async def look_up(
    facebook: Facebook, wire: Wire, what: Content, progress: Any, *rows: dict[str, Any], **more: Any
) -> Any:
    wire.on("GET", LIST, {"data": list(rows), **more})
    return await facebook.look_up(PAGE, what, progress, NOW)


async def test_one_exact_match_is_adopted(facebook: Facebook, wire: Wire) -> None:
    """Text and time are those that were sent; white space that Meta folds does not matter."""
    found = await look_up(facebook, wire, TEXT, {}, row(" Hoy  abrimos\n"), row("Otra cosa", number=778))
    assert found == Published(external_id="104823915627341_777", permalink="https://f/1")
    assert wire.query()["since"] == str(int((NOW - timedelta(days=1, minutes=2)).timestamp()))


async def test_two_matches_are_for_a_person(facebook: Facebook, wire: Wire) -> None:
    """Nobody guesses which of two equal posts is ours."""
    with clock.frozen(LATER):
        found = await look_up(facebook, wire, TEXT, {}, row("Hoy abrimos"), row("Hoy abrimos", number=778))
    assert isinstance(found, Undecided)


async def test_missing_post_is_absent_only_after_the_lists_have_settled(facebook: Facebook, wire: Wire) -> None:
    """Lists lag and slow requests land late: too early, nothing is concluded."""
    assert isinstance(await look_up(facebook, wire, TEXT, {}), Undecided)
    with clock.frozen(LATER):
        assert isinstance(await look_up(facebook, wire, TEXT, {}), Absent)


async def test_duplicate_that_is_not_there_has_to_be_reworded(facebook: Facebook, wire: Wire) -> None:
    """Facebook said that it has the post already, and it is not ours: another try would hear the same."""
    with clock.frozen(LATER):
        found = await look_up(facebook, wire, TEXT, {"refused": "error.meta.duplicate"})
    assert isinstance(found, Absent)
    assert isinstance(found.error, ContentRefused)
    assert found.error.key == "error.meta.duplicate"


async def test_older_post_with_the_same_text_is_for_a_person(facebook: Facebook, wire: Wire) -> None:
    """What stood there before the first try was not made by it, unless our clock was wrong: nobody guesses."""
    with clock.frozen(LATER):
        assert isinstance(await look_up(facebook, wire, TEXT, {}, row("Hoy abrimos", minutes=-3)), Undecided)
        assert isinstance(await look_up(facebook, wire, TEXT, {}, row("Otra cosa", minutes=-3)), Absent)


async def test_post_of_an_earlier_try_is_ours(facebook: Facebook, wire: Wire) -> None:
    """A post that turned up only after it was tried again is recognised by the time at which the walk began."""
    progress = {"begun_at": (NOW - timedelta(minutes=20)).isoformat()}
    found = await look_up(facebook, wire, TEXT, progress, row("Hoy abrimos", minutes=-15))
    assert isinstance(found, Published)


async def test_photos_are_the_fingerprint(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """Every photo that was uploaded for the post has to be in it."""
    post = content(Platform.FACEBOOK, "Menú", shelf.add("a.jpg"), shelf.add("b.jpg"))
    progress = {"photos": ["1", "2"]}
    rows = (row("Menú", targets=("1", "2", "3")), row("Menú", targets=("8", "9"), number=778))
    found = await look_up(facebook, wire, post, progress, *rows)
    assert found.external_id == "104823915627341_777"


async def test_like_post_with_other_photos_is_for_a_person(facebook: Facebook, wire: Wire, shelf: Shelf) -> None:
    """Same text and time but other photo ids: neither surely ours nor surely absent."""
    post = content(Platform.FACEBOOK, "Menú", shelf.add("a.jpg"))
    with clock.frozen(LATER):
        found = await look_up(facebook, wire, post, {"photos": ["1"]}, row("Menú", targets=("8",)))
    assert isinstance(found, Undecided)


async def test_list_that_goes_on_proves_no_absence(facebook: Facebook, wire: Wire) -> None:
    """A post may stand on the next page."""
    with clock.frozen(LATER):
        found = await look_up(facebook, wire, TEXT, {}, row("Otra"), paging={"next": "https://graph"})
    assert isinstance(found, Undecided)


async def test_list_is_read_to_its_end(facebook: Facebook, wire: Wire) -> None:
    """The next page is asked for as its address says, without the token in there."""
    further = "https://graph.facebook.com/v25.0/1/published_posts?access_token=T&limit=100&after=QVFI&since=7"
    wire.on("GET", LIST, {"data": [row("Otra")], "paging": {"cursors": {"after": "QVFI"}, "next": further}})
    wire.on("GET", LIST, {"data": []})
    with clock.frozen(LATER):
        assert isinstance(await facebook.look_up(PAGE, TEXT, {}, NOW), Absent)
    assert wire.query()["after"] == "QVFI"
    assert "access_token" not in wire.query()


async def test_list_without_an_end_is_given_up(facebook: Facebook, wire: Wire) -> None:
    """After some pages nothing is concluded."""
    wire.on("GET", LIST, {"data": [row("Otra")], "paging": {"next": "https://graph/?after=x"}}, times=99)
    with clock.frozen(LATER):
        assert isinstance(await facebook.look_up(PAGE, TEXT, {}, NOW), Undecided)
    assert len(wire.requests) == graph.LIST_PAGES


async def test_found_post_still_gets_its_comment(facebook: Facebook, wire: Wire) -> None:
    """A post that was adopted goes through the comment like one that was answered."""
    found = await look_up(facebook, wire, COMMENTED, {}, row("Hoy abrimos"))
    assert isinstance(found, Accepted)
    assert found.progress["post"]["id"] == "104823915627341_777"


# -- figures -----------------------------------------------------------------------------------------------------------

COUNTS = {
    "id": "1_2",
    "reactions": {"data": [], "summary": {"total_count": 12}},
    "comments": {"data": [], "summary": {"total_count": 3}},
    "shares": {"count": 2},
}


def metric(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "period": "lifetime", "values": [{"value": value}], "id": f"1_2/insights/{name}/lifetime"}


@pytest.fixture(autouse=True)
def _nothing_known_of_metrics() -> None:
    graph._unknown_metrics.clear()


async def test_figures_of_a_post(facebook: Facebook, wire: Wire) -> None:
    """Two calls a post: engagement by fields, views by insights."""
    wire.on("GET", "/1_2/insights", {"data": [metric("post_media_view", 99), metric("post_clicks", 0)]})
    wire.on("GET", "/1_2", COUNTS)
    found = await facebook.measure(PAGE, ["1_2"])
    assert found == {"1_2": Metrics(views=99, clicks=0, likes=12, comments=3, shares=2)}
    assert len(wire.requests) == 2


async def test_missing_is_not_zero_but_missing_shares_are(facebook: Facebook, wire: Wire) -> None:
    """An insight that is left out is not known; `shares` is left out exactly when there is none."""
    counts = {name: value for name, value in COUNTS.items() if name != "shares"}
    wire.on("GET", "/1_2/insights", {"data": []}).on("GET", "/1_2", counts)
    found = await facebook.measure(PAGE, ["1_2"])
    assert found["1_2"] == Metrics(likes=12, comments=3, shares=0)


async def test_retired_metric_costs_the_others_nothing(facebook: Facebook, wire: Wire) -> None:
    """One bad name fails the call: then each is asked alone, and the bad one never again."""
    bad = error(100, message="(#100) The value must be a valid insights metric")
    wire.on("GET", "metric=post_media_view%2Cpost", bad, 400)
    wire.on("GET", "metric=post_media_view(&|$)", bad, 400)
    wire.on("GET", "metric=post_total", {"data": [metric("post_total_media_view_unique", 7)]})
    wire.on("GET", "metric=post_clicks", {"data": [metric("post_clicks", 1)]})
    wire.on("GET", "/1_2", COUNTS, times=2)
    assert (await facebook.measure(PAGE, ["1_2"]))["1_2"].reach == 7
    wire.on("GET", "/1_2/insights", {"data": []})
    wire.rules.insert(0, wire.rules.pop())
    await facebook.measure(PAGE, ["1_2"])
    asked = [dict(r.url.params).get("metric") for r in wire.requests if "insights" in r.url.path]
    assert asked[-1] == "post_total_media_view_unique,post_clicks"


async def test_permission_that_lacks_insights_still_reads_the_fields(facebook: Facebook, wire: Wire) -> None:
    """A part that the permission does not cover is not known; the rest is."""
    wire.on("GET", "/1_2/insights", error(10), 403).on("GET", "/1_2", COUNTS)
    assert (await facebook.measure(PAGE, ["1_2"]))["1_2"] == Metrics(likes=12, comments=3, shares=2)


async def test_post_that_is_gone_is_left_out(facebook: Facebook, wire: Wire) -> None:
    """A deleted post has no figures, and does not cost the others theirs."""
    wire.on("GET", "/1_9", error(100, 33), 400, times=9)
    wire.on("GET", "/1_2/insights", {"data": []}).on("GET", "/1_2", COUNTS)
    assert set(await facebook.measure(PAGE, ["1_9", "1_2"])) == {"1_2"}


async def test_limit_ends_the_reading_and_keeps_what_was_read(
    facebook: Facebook, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a throttle nothing more is asked, and nothing that was read is lost."""
    monkeypatch.setattr(graph, "AT_ONCE", 1)
    wire.on("GET", "/1_2/insights", {"data": []}).on("GET", "/1_2", COUNTS)
    wire.on("GET", "/1_3", error(32), 400, times=2)
    assert set(await facebook.measure(PAGE, ["1_2", "1_3", "1_4"])) == {"1_2"}


@pytest.mark.parametrize(("body", "kind"), [(error(32), RateLimited), (error(190, 460), TokenRejected)])
async def test_limit_and_dead_permission_are_told_when_nothing_was_read(
    facebook: Facebook, wire: Wire, body: dict[str, Any], kind: type[OutsideError]
) -> None:
    """The account has to know."""
    wire.on("GET", "/1_", body, 400, times=2)
    with pytest.raises(kind):
        await facebook.measure(PAGE, ["1_2"])


async def test_lost_answer_of_the_feed_call(facebook: Facebook, wire: Wire) -> None:
    """A reset while the answer is awaited leaves the outcome open."""
    wire.on("POST", FEED, error=httpx.ReadError("reset"))
    with pytest.raises(OutcomeUnknown):
        await facebook.commit(PAGE, TEXT, {})
