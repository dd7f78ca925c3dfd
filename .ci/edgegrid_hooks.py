"""Schemathesis signs what it sends to the embedded registration, with a library that no one here wrote.

EDGEGRID_CLIENT_TOKEN, EDGEGRID_CLIENT_SECRET and EDGEGRID_ACCESS_TOKEN are the credentials.
"""

import os

import schemathesis
from akamai.edgegrid import EdgeGridAuth

NAMES = ["client_token", "client_secret", "access_token"]
SIGN = EdgeGridAuth(**{name: os.environ["EDGEGRID_" + name.upper()] for name in NAMES})


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.path.startswith("/config-saas-registration/"):
        kwargs["auth"] = SIGN
