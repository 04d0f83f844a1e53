"""The stages put together: from a contract and a target to a stream of outcomes and one ``Run``."""
