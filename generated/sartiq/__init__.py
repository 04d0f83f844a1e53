# Written by `accord generate` from asyncapi.yaml, messages.schema.json, openapi.yaml.
# Do not edit: change the contract and run the command again.
# ruff: noqa
# mypy: disable-error-code="assignment"
"""Pydantic models of what the contract promises."""
