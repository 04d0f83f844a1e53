"""accord: is the service in accord with its contract?"""
