"""Request and answer shapes of the platforms' public documents, as data: what our requests are compared with.

TikTok: developers.tiktok.com, direct post, photo post and status pages. LinkedIn: posts, images and share statistics
pages on learn.microsoft.com. Values are the documents' own examples or invented.
"""

from __future__ import annotations

from typing import Any

TIKTOK_OK = {"code": "ok", "message": "", "log_id": "202210112248442CB9319E1FB30C1073F3"}

TIKTOK_CREATOR: dict[str, Any] = {
    "data": {
        "creator_avatar_url": "https://cdn.example.com/avatar.jpg",
        "creator_username": "tiktok",
        "creator_nickname": "TikTok Official",
        "privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
        "comment_disabled": False,
        "duet_disabled": False,
        "stitch_disabled": True,
        "max_video_post_duration_sec": 300,
    },
    "error": TIKTOK_OK,
}

TIKTOK_VIDEO_INIT: dict[str, Any] = {
    "post_info": {
        "title": "this will be a funny #cat video on your @tiktok #fyp",
        "privacy_level": "MUTUAL_FOLLOW_FRIENDS",
        "disable_duet": False,
        "disable_comment": True,
        "disable_stitch": True,
        "video_cover_timestamp_ms": 1000,
        "is_aigc": False,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
    },
    "source_info": {
        "source": "FILE_UPLOAD",
        "video_size": 50,
        "chunk_size": 50,
        "total_chunk_count": 1,
    },
}

TIKTOK_VIDEO_OPENED: dict[str, Any] = {
    "data": {
        "publish_id": "v_pub_file~v2-1.123456789",
        "upload_url": "https://open-upload.tiktokapis.com/video/?upload_id=67890&upload_token=Xza123",
    },
    "error": TIKTOK_OK,
}

TIKTOK_PHOTO_INIT: dict[str, Any] = {
    "post_info": {
        "title": "funny cat",
        "description": "this will be a #funny photo on your @tiktok #fyp",
        "disable_comment": True,
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "auto_add_music": True,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
    },
    "source_info": {
        "source": "PULL_FROM_URL",
        "photo_cover_index": 1,
        "photo_images": ["https://media.example.com/1.webp", "https://media.example.com/2.webp"],
    },
    "post_mode": "DIRECT_POST",
    "media_type": "PHOTO",
    "is_aigc": False,
}

LINKEDIN_HEADERS = {"LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0"}

LINKEDIN_TEXT: dict[str, Any] = {
    "author": "urn:li:organization:12345678",
    "commentary": "Sample \\(escaped\\) text",
    "visibility": "PUBLIC",
    "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
    "lifecycleState": "PUBLISHED",
    "isReshareDisabledByAuthor": False,
}

LINKEDIN_IMAGE_INIT: dict[str, Any] = {
    "value": {
        "uploadUrlExpiresAt": 1650567510704,
        "uploadUrl": "https://www.linkedin.com/dms-uploads/example?sau=1",
        "image": "urn:li:image:C4E10AQFoyyAjHPMQuQ",
    }
}

LINKEDIN_DUPLICATE: dict[str, Any] = {
    "errorDetailType": "com.linkedin.common.error.BadRequest",
    "message": "com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of "
    "urn:li:share:7141138937766391808",
    "errorDetails": {
        "inputErrors": [{"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}]
    },
    "status": 422,
}

LINKEDIN_STATISTICS: dict[str, Any] = {
    "paging": {"start": 0, "count": 10, "links": []},
    "elements": [
        {
            "organizationalEntity": "urn:li:organization:2414183",
            "share": "urn:li:share:7000000000000000002",
            "totalShareStatistics": {
                "uniqueImpressionsCount": 120,
                "shareCount": 1,
                "engagement": 0.05,
                "clickCount": 4,
                "likeCount": -1,
                "impressionCount": 200,
                "commentCount": 2,
            },
        }
    ],
}

LINKEDIN_SOCIAL: dict[str, Any] = {
    "entity": "urn:li:share:7000000000000000002",
    "reactionSummaries": {
        "LIKE": {"reactionType": "LIKE", "count": 5},
        "EMPATHY": {"reactionType": "EMPATHY", "count": 1},
    },
    "commentSummary": {"count": 3, "topLevelCount": 2},
    "commentsState": "OPEN",
}
