"""The JSON Schema (2020-12) of a message, as it stands on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic.json_schema import GenerateJsonSchema

from mfa_contracts.publish_catalogue import meaning

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

    from mfa_contracts.publish_catalogue import PublishedMessage
    from mfa_contracts.upcasters import Json, JsonValue

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(message: PublishedMessage) -> Json:
    """The schema that a sender has to satisfy; the codec reads nothing wider but spellings of a time or UUID."""
    made: Json = message.model.model_json_schema(schema_generator=_OnTheWire)
    head: Json = {
        "$schema": _DIALECT,
        "$id": f"urn:mfa:schema:{message.type_name}",
        "title": f"{message.name} {message.version}",
        "description": meaning(message),
    }
    return _written({**head, **made, **head})


class _OnTheWire(GenerateJsonSchema):
    """Leaves out what only repeats names, and OpenAPI's ``discriminator``, which AsyncAPI reads as something else."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - the base class asks for it
        return False

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        made = super().tagged_union_schema(schema)
        return {name: part for name, part in made.items() if name != "discriminator"}


def _written(schema: Json) -> Json:
    parts = {name: _part(value) for name, value in schema.items()}
    match parts:
        case {"properties": dict(fields)}:
            named = parts.get("required")
            asked = named if isinstance(named, list) else []
            # A constant names the form of its object: without it the next version could not be told from this one.
            required: list[JsonValue] = [name for name, field in fields.items() if name in asked or _constant(field)]
            return {
                **parts,
                "properties": {name: _field(field) for name, field in fields.items()},
                "required": required,
            }
        case _:
            return parts


def _part(value: JsonValue) -> JsonValue:
    match value:
        case dict():
            return _written(value)
        case list():
            return [_part(item) for item in value]
        case str():
            return value.replace("``", "`")
        case _:
            return value


def _field(field: JsonValue) -> JsonValue:
    # Absent fields are left out on the wire: nobody has to know a default.
    return {name: part for name, part in field.items() if name != "default"} if isinstance(field, dict) else field


def _constant(field: JsonValue) -> bool:
    return isinstance(field, dict) and "const" in field
