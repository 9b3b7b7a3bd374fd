"""The models this Replicate hosts: their input schemas, output shapes and sizes (contracts/ai.md 2.5, 2.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

RATIOS = ("1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21")


@dataclass(frozen=True, kw_only=True)
class HostedModel:
    """One model. `properties` is its OpenAPI Input; `side` the length whose square is the picture's area."""

    owner: str
    name: str
    description: str
    properties: Mapping[str, Mapping[str, Any]]
    output: Literal["uri", "list"] = "uri"
    kind: Literal["image", "video"] = "image"
    side: int = 1024
    step: int = 16
    required: tuple[str, ...] = ("prompt",)

    @property
    def version(self) -> str:
        return f"{abs(hash_of(self.owner + self.name)):064x}"[:64]

    def size(self, given: Mapping[str, Any]) -> tuple[int, int]:
        """Pixels of the output for an input that passed validation."""
        if given.get("aspect_ratio") == "custom" or "width" in given:
            return int(given.get("width", 1024)), int(given.get("height", 1024))
        across, down = map(int, _ratio(given, self).split(":"))
        scale = {"2K": 1.5, "4K": 2.0}.get(str(given.get("resolution")), 1.0)
        width = self.side * scale * (across / down) ** 0.5
        return _round(width, self.step), _round(width * down / across, self.step)


def hash_of(text: str) -> int:
    """A stable number from a text."""
    value = 1469598103934665603
    for byte in text.encode():
        value = (value ^ byte) * 1099511628211 % 2**256
    return value


def _ratio(given: Mapping[str, Any], model: HostedModel) -> str:
    ratio = str(given.get("aspect_ratio") or model.properties["aspect_ratio"]["default"])
    return ratio if ":" in ratio else ("16:9" if model.kind == "video" else "1:1")


def _round(length: float, step: int) -> int:
    return max(step, round(length / step) * step)


def _text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


def _choice(*options: str, default: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(options), "default": default}


def _whole(low: int, high: int, default: int | None = None) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high} | ({} if default is None else {"default": default})


def _flag(default: bool) -> dict[str, Any]:
    return {"type": "boolean", "default": default}


def _uris(most: int) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "format": "uri"}, "maxItems": most, "default": []}


_FLUX = {
    "prompt": _text(), "seed": _whole(0, 2**32 - 1), "output_quality": _whole(0, 100, 80),
}  # fmt: skip

MODELS = {
    (model.owner, model.name): model
    for model in (
        HostedModel(
            owner="google", name="nano-banana-2", description="Google's image model, second generation",
            side=1207, step=2,
            properties={
                "prompt": _text(), "image_input": _uris(14), "google_search": _flag(False),
                "aspect_ratio": _choice("match_input_image", *RATIOS, default="match_input_image"),
                "resolution": _choice("1K", "2K", "4K", default="1K"),
                "output_format": _choice("jpg", "png", default="jpg"),
            },
        ),
        HostedModel(
            owner="black-forest-labs", name="flux-schnell", description="The fastest FLUX", output="list", step=32,
            properties=_FLUX | {
                "aspect_ratio": _choice(*RATIOS, default="1:1"), "num_outputs": _whole(1, 4, 1),
                "num_inference_steps": _whole(1, 4, 4), "megapixels": _choice("1", "0.25", default="1"),
                "output_format": _choice("webp", "jpg", "png", default="webp"),
                "disable_safety_checker": _flag(False), "go_fast": _flag(True),
            },
        ),
        HostedModel(
            owner="black-forest-labs", name="flux-1.1-pro", description="FLUX 1.1 [pro]", step=32,
            properties=_FLUX | {
                "aspect_ratio": _choice("custom", *RATIOS, default="1:1"), "image_prompt": _text(format="uri"),
                "width": _whole(256, 1440), "height": _whole(256, 1440), "safety_tolerance": _whole(1, 6, 2),
                "prompt_upsampling": _flag(False),
                "output_format": _choice("webp", "jpg", "png", default="webp"),
            },
        ),
        HostedModel(
            owner="black-forest-labs", name="flux-2-pro", description="FLUX.2 [pro]", step=16,
            properties=_FLUX | {
                "aspect_ratio": _choice("match_input_image", "custom", *RATIOS, default="1:1"),
                "input_images": _uris(8), "width": _whole(256, 2048), "height": _whole(256, 2048),
                "resolution": _choice("0.5 MP", "1 MP", "2 MP", "4 MP", "match_input_image", default="1 MP"),
                "safety_tolerance": _whole(1, 5, 2),
                "output_format": _choice("webp", "jpg", "png", default="webp"),
            },
        ),
        HostedModel(
            owner="bytedance", name="seedance-2.0", description="Video from words or a first frame", kind="video",
            side=960, step=16,
            properties={
                "prompt": _text(), "image": _text(format="uri"), "last_frame_image": _text(format="uri"),
                "reference_images": _uris(9), "reference_videos": _uris(3), "reference_audios": _uris(3),
                "duration": _whole(-1, 15, 5), "generate_audio": _flag(True), "seed": _whole(0, 2**32 - 1),
                "resolution": _choice("480p", "720p", "1080p", default="720p"),
                "aspect_ratio": _choice("adaptive", *RATIOS, default="16:9"),
            },
        ),
    )
}  # fmt: skip


def problems(model: HostedModel, given: object) -> list[str]:
    """What is wrong with an input, as the API words it (one line a field); empty when it is fine."""
    if not isinstance(given, Mapping):
        return ["input: Invalid type. Expected: object"]
    found = [f"input: {name} is required" for name in model.required if name not in given]
    for name, value in given.items():
        schema = model.properties.get(name)
        problem = "unknown" if schema is None else _problem(schema, value)
        if problem == "unknown":
            found.append(f"input: Additional property {name} is not allowed")
        elif problem:
            found.append(f"input.{name}: {problem}")
    return found


def _problem(schema: Mapping[str, Any], value: object) -> str:
    kind = schema["type"]
    types = {"string": str, "integer": int, "boolean": bool, "array": list}
    if not isinstance(value, types[kind]) or (kind == "integer" and isinstance(value, bool)):
        return f"Invalid type. Expected: {kind}, given: {type(value).__name__}"
    if "enum" in schema and value not in schema["enum"]:
        return "must be one of the following: " + ", ".join(f'"{option}"' for option in schema["enum"])
    if isinstance(value, int) and value < schema.get("minimum", value):
        return f"Must be greater than or equal to {schema['minimum']}"
    if isinstance(value, int) and value > schema.get("maximum", value):
        return f"Must be less than or equal to {schema['maximum']}"
    if isinstance(value, list) and len(value) > schema.get("maxItems", len(value)):
        return f"Array must have at most {schema['maxItems']} items"
    if schema.get("format") == "uri" and ":" not in str(value):
        return "Does not match format 'uri'"
    return ""


def model_view(model: HostedModel) -> dict[str, Any]:
    """GET /v1/models/{owner}/{name}, with the schema inputs are checked against."""
    uri = {"type": "string", "format": "uri"}
    schemas = {
        "Input": {"type": "object", "title": "Input", "required": list(model.required),
                  "properties": {name: {"title": name, "x-order": place, **schema}
                                 for place, (name, schema) in enumerate(model.properties.items())}},
        "Output": {"title": "Output", **(uri if model.output == "uri" else {"type": "array", "items": uri})},
    }  # fmt: skip
    return {
        "url": f"https://replicate.com/{model.owner}/{model.name}", "owner": model.owner, "name": model.name,
        "description": model.description, "visibility": "public", "github_url": None, "paper_url": None,
        "license_url": None, "run_count": 4_182_007, "cover_image_url": None, "default_example": None,
        "latest_version": {
            "id": model.version, "created_at": "2026-10-07T09:00:00.000Z", "cog_version": "0.16.2",
            "openapi_schema": {"openapi": "3.1.0", "info": {"title": "Cog", "version": "0.1.0"}, "paths": {},
                               "components": {"schemas": schemas}},
        },
    }  # fmt: skip
