"""Fixtures that every test may use, and the profile under which hypothesis runs here."""

import os

from hypothesis import HealthCheck, settings

# The same examples on every machine and in every order; `HYPOTHESIS_PROFILE=explore` looks further.
settings.register_profile(
    "fixed",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", settings.get_profile("fixed"), derandomize=False, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
