# Written by `accord generate` from asyncapi.yaml, messages.schema.json, openapi.yaml, workflows.arazzo.yaml.
# Do not edit: change the contract and run the command again.
# ruff: noqa
"""Pydantic models of a contract."""
