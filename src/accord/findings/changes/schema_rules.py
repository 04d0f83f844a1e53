"""The rules about schemas."""

from __future__ import annotations

from accord.findings.changes.change_rule import ChangeRule

SCHEMA_RULES: tuple[ChangeRule, ...] = (
    ChangeRule(id="changed-type", about="A value has a type more or less.", looks=("schema.type",)),
    ChangeRule(
        id="changed-enum",
        about="A list of values has one more or less.",
        looks=("schema.enum", "schema.const"),
    ),
    ChangeRule(
        id="changed-union",
        about="A union has an alternative more or less.",
        looks=("schema.anyOf", "schema.oneOf"),
    ),
    ChangeRule(
        id="changed-format", about="The format of a text or number changed.", looks=("schema.format",)
    ),
    ChangeRule(
        id="changed-min-length", about="The least length of a text changed.", looks=("schema.minLength",)
    ),
    ChangeRule(
        id="changed-max-length", about="The greatest length of a text changed.", looks=("schema.maxLength",)
    ),
    ChangeRule(id="changed-pattern", about="The pattern of a text changed.", looks=("schema.pattern",)),
    ChangeRule(
        id="changed-content-encoding",
        about="How a text encodes other content changed.",
        looks=("schema.contentEncoding",),
    ),
    ChangeRule(
        id="changed-content-media-type",
        about="What a text contains changed.",
        looks=("schema.contentMediaType",),
    ),
    ChangeRule(
        id="changed-content-schema",
        about="What the content of a text must be changed.",
        looks=("schema.contentSchema",),
    ),
    ChangeRule(
        id="changed-minimum",
        about="The least number changed.",
        looks=("schema.minimum", "schema.exclusiveMinimum"),
    ),
    ChangeRule(
        id="changed-maximum",
        about="The greatest number changed.",
        looks=("schema.maximum", "schema.exclusiveMaximum"),
    ),
    ChangeRule(
        id="changed-multiple", about="What a number is a multiple of changed.", looks=("schema.multipleOf",)
    ),
    ChangeRule(
        id="added-property",
        about="An object declares a member that it did not declare.",
        looks=("schema.properties",),
    ),
    ChangeRule(
        id="removed-property", about="An object no longer declares a member.", looks=("schema.properties",)
    ),
    ChangeRule(
        id="changed-required", about="A member became required or optional.", looks=("schema.required",)
    ),
    ChangeRule(
        id="changed-additional-properties",
        about="Members that nobody declared became possible or impossible.",
        looks=("schema.additionalProperties", "schema.unevaluatedProperties"),
    ),
    ChangeRule(
        id="changed-pattern-properties",
        about="Members whose names match a pattern are described otherwise.",
        looks=("schema.patternProperties",),
    ),
    ChangeRule(
        id="changed-property-names",
        about="The names that members may have changed.",
        looks=("schema.propertyNames",),
    ),
    ChangeRule(
        id="changed-min-properties",
        about="The least number of members changed.",
        looks=("schema.minProperties",),
    ),
    ChangeRule(
        id="changed-max-properties",
        about="The greatest number of members changed.",
        looks=("schema.maxProperties",),
    ),
    ChangeRule(
        id="changed-dependent-required",
        about="Which members another one asks for changed.",
        looks=("schema.dependentRequired",),
    ),
    ChangeRule(
        id="changed-dependent-schemas",
        about="What holds beside a member changed.",
        looks=("schema.dependentSchemas",),
    ),
    ChangeRule(
        id="changed-items",
        about="The items of an array are described otherwise.",
        looks=("schema.items", "schema.prefixItems"),
    ),
    ChangeRule(
        id="changed-min-items", about="The least number of items changed.", looks=("schema.minItems",)
    ),
    ChangeRule(
        id="changed-max-items", about="The greatest number of items changed.", looks=("schema.maxItems",)
    ),
    ChangeRule(
        id="changed-unique-items", about="Items may or may not be equal now.", looks=("schema.uniqueItems",)
    ),
    ChangeRule(
        id="changed-contains",
        about="What an array must contain changed.",
        looks=("schema.contains", "schema.minContains", "schema.maxContains"),
    ),
    ChangeRule(
        id="changed-unevaluated-items",
        about="Items that nobody declared became possible or impossible.",
        looks=("schema.unevaluatedItems",),
    ),
    ChangeRule(id="changed-not", about="What a value must not be changed.", looks=("schema.not",)),
    ChangeRule(
        id="changed-condition",
        about="What holds if something else does changed.",
        looks=("schema.if", "schema.then", "schema.else"),
    ),
    ChangeRule(
        id="changed-schema",
        about="A schema changed in a way that is too intricate to tell apart.",
        looks=(
            "schema.$ref",
            "schema.$dynamicRef",
            "schema.allOf",
            "parameter.schema",
            "header.schema",
            "media-type.schema",
            "media-type.itemSchema",
            "components.schemas",
        ),
    ),
    ChangeRule(
        id="changed-read-only",
        about="Clients no longer send a member, or do so newly.",
        looks=("schema.readOnly",),
    ),
    ChangeRule(
        id="changed-write-only",
        about="The server no longer sends a member, or does so newly.",
        looks=("schema.writeOnly",),
    ),
    ChangeRule(
        id="changed-schema-deprecated",
        about="A member is announced to go, or no longer.",
        looks=("schema.deprecated",),
    ),
    ChangeRule(
        id="changed-default",
        about="A value that nobody sent is taken to be another one.",
        looks=("schema.default",),
    ),
    ChangeRule(
        id="changed-discriminator",
        about="What tells the alternatives of a union apart changed.",
        looks=(
            "schema.discriminator",
            "discriminator.propertyName",
            "discriminator.mapping",
            "discriminator.defaultMapping",
        ),
    ),
)
