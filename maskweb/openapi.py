"""What the description of the API says of every operation alike: what it does in a line, and its errors."""

import re
from typing import Any, Final

DETAIL: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What is wrong, in a sentence.",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
}
FIELDS: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What is wrong with each field that was sent.",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
    "example": {"name": ["This field is required."]},
}
METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})


def describe_operations(result: dict[str, Any], **others: Any) -> dict[str, Any]:
    """Give operations a summary, and the answers 400, 401, 403 and 404 where they may come. A drf-spectacular hook."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {"Error": DETAIL, "FieldErrors": FIELDS}
    for path, operations in result["paths"].items():
        for method in METHODS & operations.keys():
            operation = operations[method]
            operation.setdefault("summary", first_sentence(operation.get("description", "")))
            for status, response in errors_of(operation, path).items():
                operation["responses"].setdefault(status, response)
            _tell_conflict(operation["responses"].get("409"))
    return result


def first_sentence(text: str) -> str:
    """The sentence that a list of operations shows, without its full stop."""
    return re.split(r"[.:](?=\s|$)", text, maxsplit=1)[0].strip()


def errors_of(operation: dict[str, Any], path: str) -> dict[str, dict[str, Any]]:
    """The errors that an operation may answer with, by status."""
    errors = {
        "401": _answer("Error", "No token, or one that is not valid."),
        "403": _answer("Error", "Your role, or this token, does not allow this."),
    }
    takes_query = any(each.get("in") == "query" for each in operation.get("parameters", []))
    if "requestBody" in operation or takes_query:
        errors["400"] = _answer("FieldErrors", "Something that was sent makes no sense; nothing was changed.")
    if "{" in path:
        errors["404"] = _answer("Error", "There is no such thing, or it is not yours to see.")
    return errors


def _tell_conflict(conflict: dict[str, Any] | None) -> None:
    """A 409 without a body of its own says why in `detail`."""
    if conflict is not None and "content" not in conflict:
        conflict["content"] = _answer("Error", "")["content"]


def _answer(schema: str, description: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}
