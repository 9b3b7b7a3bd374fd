"""Facebook Pages as Graph serves them: photos first, then one visible post; fields, collections, insights."""

import json

import httpx
import pytest

from marketingos.sandbox.world import demo_apps, demo_people
from tests.sandbox.conftest import Sandbox, picture, video

V = "/meta/v25.0"
META_APP = demo_apps()[0].client_id


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def error_of(answer: httpx.Response) -> tuple[int, int | None]:
    error = answer.json()["error"]
    assert {"message", "type", "code", "fbtrace_id"} <= set(error)
    return error["code"], error.get("error_subcode")


@pytest.fixture
def page(sandbox: Sandbox):
    return sandbox.account("facebook")


def test_a_text_post_is_visible_once_with_exactly_its_text(sandbox: Sandbox, page) -> None:
    """A /feed call puts one post in the ledger, word for word, and gives its id and permalink."""
    text = "¿Todavía pierdes clientes? 💈\n\nReserva online (sin llamadas) #barbería"
    answer = sandbox.http.post(
        f"{V}/{page.external_id}/feed?fields=id,permalink_url",
        json={"message": text},
        headers=bearer(page.access_token),
    )
    assert answer.status_code == 200
    assert answer.headers["facebook-api-version"] == "v25.0"
    [post] = sandbox.ledger(platform="facebook", account=page.external_id)
    assert post["text"] == text
    assert answer.json() == {"id": post["id"], "permalink_url": post["permalink"]}


@pytest.mark.parametrize("encoding", ["json", "form", "multipart"])
def test_photos_are_unseen_until_the_feed_call_attaches_them(sandbox: Sandbox, page, encoding: str) -> None:
    """published=false shows nothing; the post carries the photos in order, in whichever encoding it is asked."""
    auth, ids = bearer(page.access_token), []
    for colour in ("#aa0000", "#00aa00"):
        data = {"published": "false", "alt_text_custom": colour}
        answer = sandbox.http.post(
            f"{V}/{page.external_id}/photos",
            data=data,
            headers=auth,
            files={"source": ("p.jpg", picture(colour=colour), "image/jpeg")},
        )
        assert list(answer.json()) == ["id"]
        ids.append(answer.json()["id"])
    assert sandbox.ledger() == []
    attached = [{"media_fbid": one} for one in ids]
    path = f"{V}/{page.external_id}/feed"
    if encoding == "json":
        sent = sandbox.http.post(path, json={"message": "Dos fotos", "attached_media": attached}, headers=auth)
    else:
        fields = {f"attached_media[{i}]": json.dumps(one) for i, one in enumerate(attached)} | {"message": "Dos fotos"}
        extra = {"files": {"unused": b""}} if encoding == "multipart" else {}
        sent = sandbox.http.post(path, data=fields, headers=auth, **extra)
    assert sent.status_code == 200, sent.text
    [post] = sandbox.ledger(platform="facebook")
    assert [medium["alt"] for medium in post["media"]] == ["#aa0000", "#00aa00"]
    shown = sandbox.http.get(
        f"{V}/{post['id']}",
        headers=auth,
        params={"fields": "attachments{media_type,target{id},subattachments{target{id}}}"},
    ).json()
    [album] = shown["attachments"]["data"]
    assert [one["target"]["id"] for one in album["subattachments"]["data"]] == ids


def test_a_photo_is_used_once(sandbox: Sandbox, page) -> None:
    """Attaching a photo that was already posted is refused with 1366051."""
    auth = bearer(page.access_token)
    photo = sandbox.http.post(
        f"{V}/{page.external_id}/photos", data={"published": "false"}, headers=auth, files={"source": picture()}
    ).json()["id"]
    body = {"message": "Una", "attached_media": [{"media_fbid": photo}]}
    assert sandbox.http.post(f"{V}/{page.external_id}/feed", json=body, headers=auth).status_code == 200
    again = sandbox.http.post(f"{V}/{page.external_id}/feed", json=body, headers=auth)
    assert error_of(again) == (100, 1366051)
    assert len(sandbox.ledger()) == 1


def test_a_photo_is_fetched_from_a_url_or_refused(sandbox: Sandbox, page, files) -> None:
    """`url` is really downloaded, by Facebook's own crawler name; what is not there is 2061006."""
    auth = bearer(page.access_token)
    body = {"url": files("foto.png", picture(format="PNG")), "caption": "Una foto", "published": True}
    made = sandbox.http.post(f"{V}/{page.external_id}/photos", json=body, headers=auth).json()
    assert made["post_id"].startswith(page.external_id)
    assert any("facebookexternalhit" in agent for agent in files.agents)
    missing = {"url": files("foto.png", b"")[:-8] + "nada.png"}
    assert error_of(sandbox.http.post(f"{V}/{page.external_id}/photos", json=missing, headers=auth)) == (100, 2061006)


def test_bytes_that_are_no_picture_are_refused(sandbox: Sandbox, page) -> None:
    """A file that Meta cannot read is 324, a WebP-like format it does not take is 1366046."""
    auth, path = bearer(page.access_token), f"{V}/{page.external_id}/photos"
    assert error_of(sandbox.http.post(path, headers=auth, files={"source": b"hola"})) == (324, None)
    webp = sandbox.http.post(path, headers=auth, files={"source": picture(format="WEBP")})
    assert error_of(webp) == (100, 1366046)
    assert error_of(sandbox.http.post(path, headers=auth, json={})) == (324, None)


def test_tokens_are_told_apart(sandbox: Sandbox, page) -> None:
    """No token 104, nonsense 190, another Page's token 100/33, an expired one 190/463, a user's 190/2069032."""
    path, body = f"{V}/{page.external_id}/feed", {"message": "Hola"}
    other = sandbox.account("facebook", brand="PulsoFit")
    assert error_of(sandbox.http.post(path, json=body))[0] == 104
    assert error_of(sandbox.http.post(path, json=body, headers=bearer("EAABxyz")))[0] == 190
    assert error_of(sandbox.http.post(path, json=body, headers=bearer(other.access_token))) == (100, 33)
    person = demo_people()[0].access_token
    assert error_of(sandbox.http.post(path, json=body, headers=bearer(person))) == (190, 2069032)
    sandbox.control("tokens", {"account": page.external_id, "action": "expire"})
    assert error_of(sandbox.http.post(path, json={**body, "access_token": page.access_token})) == (190, 463)
    assert sandbox.ledger() == []


def test_a_dead_version_is_served_as_the_oldest_alive(sandbox: Sandbox, page) -> None:
    """v18.0 answers, but says v21.0 in its header; a version that never was is refused."""
    auth = bearer(page.access_token)
    old = sandbox.http.get(f"/meta/v18.0/{page.external_id}", headers=auth)
    assert (old.status_code, old.headers["facebook-api-version"]) == (200, "v21.0")
    assert error_of(sandbox.http.get(f"/meta/v99.0/{page.external_id}", headers=auth))[0] == 2500


def test_links_that_meta_could_not_reach_fail_the_post(sandbox: Sandbox, page) -> None:
    """A private address is 1609005, a facebook.com link 1609008; a public link is posted."""
    auth, path = bearer(page.access_token), f"{V}/{page.external_id}/feed"
    private = sandbox.http.post(path, json={"message": "a", "link": "http://localhost:3000/x"}, headers=auth)
    assert error_of(private) == (100, 1609005)
    own = sandbox.http.post(path, json={"message": "a", "link": "https://www.facebook.com/x"}, headers=auth)
    assert error_of(own) == (100, 1609008)
    assert sandbox.http.post(path, json={"link": "https://reservaspro.es/precios"}, headers=auth).status_code == 200
    assert [post["link"] for post in sandbox.ledger()] == ["https://reservaspro.es/precios"]


def test_published_posts_are_listed_by_time_and_page_by_page(sandbox: Sandbox, page) -> None:
    """since and until bound the list, `next` is there exactly while there is more."""
    auth, path = bearer(page.access_token), f"{V}/{page.external_id}/published_posts"
    for number in range(5):
        sandbox.http.post(f"{V}/{page.external_id}/feed", json={"message": f"n{number}"}, headers=auth)
        sandbox.clock.forward(60)
    first = sandbox.http.get(path, params={"limit": 3, "fields": "message"}, headers=auth).json()
    assert [post["message"] for post in first["data"]] == ["n4", "n3", "n2"]
    rest = httpx.get(first["paging"]["next"], trust_env=False).json()
    assert [post["message"] for post in rest["data"]] == ["n1", "n0"]
    assert "next" not in rest["paging"]
    since = int(sandbox.clock.now.timestamp()) - 130
    late = sandbox.http.get(path, params={"since": since, "fields": "message"}, headers=auth).json()
    assert [post["message"] for post in late["data"]] == ["n4", "n3"]


def test_a_scheduled_post_appears_at_its_time(sandbox: Sandbox, page) -> None:
    """published=false with a time shows nothing until then; ten minutes is the least."""
    auth, path = bearer(page.access_token), f"{V}/{page.external_id}/feed"
    at = int(sandbox.clock.now.timestamp()) + 900
    soon = {"message": "Luego", "published": False, "scheduled_publish_time": at - 600}
    assert error_of(sandbox.http.post(path, json=soon, headers=auth))[0] == 100
    sandbox.http.post(path, json={**soon, "scheduled_publish_time": at}, headers=auth)
    assert sandbox.ledger() == []
    sandbox.clock.forward(901)
    assert [post["text"] for post in sandbox.ledger()] == ["Luego"]


def test_insights_fail_whole_on_one_bad_name_and_grow(sandbox: Sandbox, page) -> None:
    """One unknown metric is code 100 for the call; good ones grow within seconds and never fall."""
    auth = bearer(page.access_token)
    post = sandbox.http.post(f"{V}/{page.external_id}/feed", json={"message": "¿Sabes?"}, headers=auth).json()["id"]
    path = f"{V}/{post}/insights"
    bad = sandbox.http.get(path, params={"metric": "post_media_view,post_impressions"}, headers=auth)
    assert error_of(bad)[0] == 100
    assert error_of(sandbox.http.get(path, headers=auth)) == (3001, 1504028)
    seen = []
    for seconds in (0, 10, 60, 3_600, 86_400):
        sandbox.clock.forward(seconds)
        data = sandbox.http.get(path, params={"metric": "post_media_view,post_video_views"}, headers=auth).json()[
            "data"
        ]
        assert [one["name"] for one in data] == ["post_media_view"]
        seen.append(data[0]["values"][0]["value"])
    assert seen[0] == 0
    assert seen[1] > 0
    assert seen == sorted(seen)
    fields = "shares,reactions.limit(0).summary(true),comments.limit(0).summary(true)"
    fields += ",reactions.type(LOVE).summary(total_count).limit(0).as(love)"
    node = sandbox.http.get(f"{V}/{post}", params={"fields": fields}, headers=auth).json()
    assert node["reactions"]["summary"]["total_count"] >= node["love"]["summary"]["total_count"]
    assert node["comments"]["summary"]["total_count"] >= 0


def test_an_unknown_field_fails_the_read(sandbox: Sandbox, page) -> None:
    """Asking a post for a field it has not is code 100, naming the field."""
    auth = bearer(page.access_token)
    post = sandbox.http.post(f"{V}/{page.external_id}/feed", json={"message": "x"}, headers=auth).json()["id"]
    answer = sandbox.http.get(f"{V}/{post}", params={"fields": "id,impressions"}, headers=auth)
    assert error_of(answer)[0] == 100
    assert "impressions" in answer.json()["error"]["message"]


def test_a_first_comment_is_part_of_what_followers_see(sandbox: Sandbox, page) -> None:
    """A comment by the Page stands below its post in the ledger and counts as a comment."""
    auth = bearer(page.access_token)
    post = sandbox.http.post(f"{V}/{page.external_id}/feed", json={"message": "x"}, headers=auth).json()["id"]
    made = sandbox.http.post(f"{V}/{post}/comments", json={"message": "El enlace: reservaspro.es"}, headers=auth)
    assert made.status_code == 200
    [seen] = sandbox.ledger()
    assert [comment["text"] for comment in seen["comments"]] == ["El enlace: reservaspro.es"]


def test_a_page_video_becomes_a_post_when_it_is_processed(sandbox: Sandbox, page) -> None:
    """The answer is a video id; post_id and the visible post come with `ready`."""
    auth = bearer(page.access_token)
    made = sandbox.http.post(
        f"{V}/{page.external_id}/videos", data={"description": "Mira"}, headers=auth, files={"source": video()}
    )
    assert made.status_code == 200, made.text
    path = f"{V}/{made.json()['id']}"
    early = sandbox.http.get(path, params={"fields": "status,post_id,published"}, headers=auth).json()
    assert early["status"]["video_status"] == "processing"
    assert "post_id" not in early
    sandbox.clock.forward(5)
    late = sandbox.http.get(path, params={"fields": "status,post_id,published"}, headers=auth).json()
    assert late["status"]["video_status"] == "ready"
    assert [post["id"] for post in sandbox.ledger()] == [late["post_id"]]


def test_a_reel_goes_through_its_phases(sandbox: Sandbox, page) -> None:
    """start, bytes to rupload with the OAuth word, finish; then it is on the list of reels once."""
    auth, data = bearer(page.access_token), video()
    start = sandbox.http.post(
        f"{V}/{page.external_id}/video_reels", json={"upload_phase": "start"}, headers=auth
    ).json()
    wrong = sandbox.http.post(start["upload_url"], content=data, headers={**auth, "offset": "0"})
    assert wrong.status_code == 401
    oauth = {"authorization": f"OAuth {page.access_token}", "offset": "0", "file_size": str(len(data))}
    assert sandbox.http.post(start["upload_url"], content=data, headers=oauth).json()["success"] is True
    finish = {
        "upload_phase": "finish",
        "video_id": start["video_id"],
        "video_state": "PUBLISHED",
        "description": "Reel",
    }
    done = sandbox.http.post(f"{V}/{page.external_id}/video_reels", json=finish, headers=auth)
    assert done.json() == {"success": True}
    sandbox.clock.forward(5)
    listed = sandbox.http.get(
        f"{V}/{page.external_id}/video_reels", params={"fields": "id,description,post_id"}, headers=auth
    ).json()["data"]
    assert [(one["id"], one["description"]) for one in listed] == [(start["video_id"], "Reel")]
    assert [post["kind"] for post in sandbox.ledger()] == ["reel"]


def test_chunked_video_wants_its_offsets_in_order(sandbox: Sandbox, page) -> None:
    """transfer at the wrong offset is refused; the right ones meet at the end, then finish posts."""
    auth, data, path = bearer(page.access_token), video(), f"{V}/{page.external_id}/videos"
    start = sandbox.http.post(path, data={"upload_phase": "start", "file_size": str(len(data))}, headers=auth).json()
    session = {"upload_phase": "transfer", "upload_session_id": start["upload_session_id"]}
    bad = sandbox.http.post(path, data={**session, "start_offset": "7"}, files={"video_file_chunk": data}, headers=auth)
    assert error_of(bad)[0] == 6001
    half = len(data) // 2
    for first, part in ((0, data[:half]), (half, data[half:])):
        moved = sandbox.http.post(
            path, data={**session, "start_offset": str(first)}, headers=auth, files={"video_file_chunk": part}
        ).json()
    assert moved["start_offset"] == moved["end_offset"] == str(len(data))
    end = {"upload_phase": "finish", "upload_session_id": start["upload_session_id"], "description": "Por partes"}
    assert sandbox.http.post(path, data=end, headers=auth).json() == {"success": True}
    sandbox.clock.forward(5)
    assert [post["text"] for post in sandbox.ledger()] == ["Por partes"]


def test_stories_are_listed_for_a_day(sandbox: Sandbox, page) -> None:
    """A photo story is public at once and leaves the stories list after 24 hours."""
    auth = bearer(page.access_token)
    photo = sandbox.http.post(
        f"{V}/{page.external_id}/photos", data={"published": "false"}, headers=auth, files={"source": picture()}
    ).json()["id"]
    made = sandbox.http.post(f"{V}/{page.external_id}/photo_stories", json={"photo_id": photo}, headers=auth).json()
    assert made["success"] is True
    stories = sandbox.http.get(f"{V}/{page.external_id}/stories", headers=auth).json()["data"]
    assert [one["post_id"] for one in stories] == [made["post_id"]]
    sandbox.clock.forward(86_401)
    assert sandbox.http.get(f"{V}/{page.external_id}/stories", headers=auth).json()["data"] == []


def test_batches_and_ids_answer_many_at_once(sandbox: Sandbox, page) -> None:
    """A batch answers item by item with its own code; ids= answers an object keyed by id, at most 50."""
    auth = bearer(page.access_token)
    posts = [
        sandbox.http.post(f"{V}/{page.external_id}/feed", json={"message": m}, headers=auth).json()["id"]
        for m in ("a", "b")
    ]
    many = sandbox.http.get(f"{V}/", params={"ids": ",".join(posts), "fields": "message"}, headers=auth).json()
    assert {key: value["message"] for key, value in many.items()} == dict(zip(posts, "ab", strict=True))
    items = [{"method": "GET", "relative_url": f"{posts[0]}?fields=message"}, {"method": "GET", "relative_url": "1234"}]
    batch = sandbox.http.post(f"{V}/", data={"batch": json.dumps(items), "access_token": page.access_token}).json()
    assert [one["code"] for one in batch] == [200, 400]
    crowd = sandbox.http.get(f"{V}/", params={"ids": ",".join(map(str, range(51)))}, headers=auth)
    assert "Too many IDs" in crowd.json()["error"]["message"]


def test_an_upload_session_ends_in_a_handle_that_becomes_a_video(sandbox: Sandbox, page) -> None:
    """Announce, send in two parts at their offsets, and post the handle."""
    data, oauth = video(), {"authorization": f"OAuth {page.access_token}"}
    announced = {"file_name": "a.mp4", "file_length": len(data), "file_type": "video/mp4"}
    session = sandbox.http.post(f"{V}/{META_APP}/uploads", params=announced, headers=bearer(page.access_token)).json()[
        "id"
    ]
    half = len(data) // 2
    sandbox.http.post(f"{V}/{session}", content=data[:half], headers={**oauth, "file_offset": "0"})
    assert sandbox.http.get(f"{V}/{session}", headers=oauth).json()["file_offset"] == half
    handle = sandbox.http.post(
        f"{V}/{session}", content=data[half:], headers={**oauth, "file_offset": str(half)}
    ).json()["h"]
    body = {"description": "Con asa", "fbuploader_video_file_chunk": handle}
    made = sandbox.http.post(f"{V}/{page.external_id}/videos", json=body, headers=bearer(page.access_token))
    assert made.status_code == 200, made.text
    sandbox.clock.forward(5)
    assert [post["text"] for post in sandbox.ledger()] == ["Con asa"]


def test_lists_that_nest_insights_are_short(sandbox: Sandbox, page) -> None:
    """25 with insights is the most; beyond it Graph gives up with code 1."""
    auth, path = bearer(page.access_token), f"{V}/{page.external_id}/published_posts"
    sandbox.http.post(f"{V}/{page.external_id}/feed", json={"message": "x"}, headers=auth)
    sandbox.clock.forward(60)
    fields = "id,insights.metric(post_media_view,post_clicks)"
    few = sandbox.http.get(path, params={"fields": fields, "limit": 25}, headers=auth).json()["data"]
    assert few[0]["insights"]["data"][0]["name"] == "post_media_view"
    many = sandbox.http.get(path, params={"fields": fields, "limit": 26}, headers=auth)
    assert (many.status_code, many.json()["error"]["code"]) == (500, 1)


@pytest.mark.parametrize("subcode", [458, 459, 460, 464, 467, 492])
def test_a_token_can_end_for_every_documented_reason(sandbox: Sandbox, page, subcode: int) -> None:
    """190 with the subcode that says why."""
    sandbox.control("tokens", {"account": page.external_id, "action": "revoke", "subcode": subcode})
    answer = sandbox.http.post(f"{V}/{page.external_id}/feed", json={"message": "x"}, headers=bearer(page.access_token))
    assert error_of(answer) == (190, subcode)


def test_comments_of_followers_come_by_themselves_and_can_be_hidden(sandbox: Sandbox, page) -> None:
    """They appear over time, can be answered, hidden and deleted by id."""
    auth = bearer(page.access_token)
    post = sandbox.http.post(f"{V}/{page.external_id}/feed", json={"message": "¿Qué tal?"}, headers=auth).json()["id"]
    sandbox.clock.forward(5 * 86_400)
    listed = sandbox.http.get(f"{V}/{post}/comments", params={"fields": "id,message,from,is_hidden"}, headers=auth)
    comments = listed.json()["data"]
    assert comments
    assert comments[0]["message"]
    one = comments[0]["id"]
    assert sandbox.http.post(f"{V}/{one}", json={"is_hidden": True}, headers=auth).json() == {"success": True}
    assert sandbox.http.get(f"{V}/{one}?fields=is_hidden", headers=auth).json()["is_hidden"] is True
    assert sandbox.http.post(f"{V}/{one}/comments", json={"message": "¡Gracias!"}, headers=auth).status_code == 200
    assert sandbox.http.delete(f"{V}/{one}", headers=auth).json() == {"success": True}
    assert error_of(sandbox.http.get(f"{V}/{one}", headers=auth)) == (100, 33)


def test_edits_and_deletions_are_seen(sandbox: Sandbox, page) -> None:
    """A changed text is what followers see; a deleted post is gone and cannot be read."""
    auth = bearer(page.access_token)
    post = sandbox.http.post(f"{V}/{page.external_id}/feed", json={"message": "Antes"}, headers=auth).json()["id"]
    sandbox.http.post(f"{V}/{post}", json={"message": "Después"}, headers=auth)
    assert [one["text"] for one in sandbox.ledger()] == ["Después"]
    sandbox.http.delete(f"{V}/{post}", headers=auth)
    assert sandbox.ledger() == []
    assert error_of(sandbox.http.get(f"{V}/{post}", headers=auth)) == (100, 33)


def test_a_video_story_is_public_when_its_answer_names_it(sandbox: Sandbox, page) -> None:
    """start, bytes, finish: success with a post_id that the stories list knows."""
    auth, data = bearer(page.access_token), video()
    path = f"{V}/{page.external_id}/video_stories"
    start = sandbox.http.post(path, json={"upload_phase": "start"}, headers=auth).json()
    oauth = {"authorization": f"OAuth {page.access_token}", "offset": "0", "file_size": str(len(data))}
    sandbox.http.post(start["upload_url"], content=data, headers=oauth)
    done = sandbox.http.post(path, json={"upload_phase": "finish", "video_id": start["video_id"]}, headers=auth).json()
    assert done["success"] is True
    stories = sandbox.http.get(f"{V}/{page.external_id}/stories", headers=auth).json()["data"]
    assert [one["post_id"] for one in stories] == [done["post_id"]]
    [post] = sandbox.ledger()
    assert post["permalink"] == f"https://www.facebook.com/stories/{done['post_id']}"
