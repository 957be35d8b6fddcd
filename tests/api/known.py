"""Hooks: every other well-formed example asks for something that is there, so that answers other than 404 are seen too; and
which operations gave one (reached.py)."""

import atexit
import json
import os
import pathlib
import random
import re
import urllib.parse

import schemathesis

WRITTEN = json.loads(pathlib.Path(os.environ["BIAOZHENG_RECORDS"]).read_text())
TENDER = WRITTEN["tender"]
IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"
# Its own: what is generated stays the same for a seed.
CHOICE = random.Random(int(os.environ["API_SEED"]))
DIGEST = r"sha256:[0-9a-f]{64}"


def known(path, name):
    """The form of a parameter, and values of it that are there; None for one that is left as it is."""
    if name == "record" and "/documents/" in path:
        # Those that name the document.
        return DIGEST, WRITTEN["records"][::100]
    if name == "record" or (name == "id" and path.startswith("/v1/records/")):
        return DIGEST, [*WRITTEN["records"][:5], TENDER["opened"], TENDER["notice"]]
    if name == "digest" and "/documents/" in path:
        return DIGEST, [WRITTEN["document"]]
    if name == "id" and path.startswith("/v1/projects/"):
        return IDENTIFIER, [TENDER["project"], TENDER["open"]]
    if name == "digest" and path.startswith("/v1/rulebooks/"):
        return DIGEST, [TENDER["rulebook"]]
    if name in ("org", "centre"):
        return IDENTIFIER, [*WRITTEN["orgs"], *TENDER["bidders"], TENDER["owner"]]
    if name == "chain":
        return DIGEST, [WRITTEN["chain"]]
    if path == "/v1/consistency" and name in ("from", "to"):
        return r"[0-9]{1,20}", [1, 7, 255] if name == "from" else [256, 300]
    if name == "q":
        return r"(?s).{1,80}", ["道路 有限公司", "LIVE", TENDER["title"][:4], "evidence"]
    if name == "height":
        return r"[0-9]{1,16}", range(1, 9)
    return None


def filled(context, parameters, unquote, quote):
    if not parameters or CHOICE.random() < 0.5:
        return parameters
    for name, generated in parameters.items():
        found = known(context.operation.path, name)
        # An ill-formed value is a question of its own.
        if found and re.fullmatch(found[0], unquote(str(generated))):
            parameters[name] = quote(str(CHOICE.choice(found[1])))
    return parameters


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    # Those of a path come quoted already, and are sent as they are.
    return filled(context, path_parameters, urllib.parse.unquote, lambda value: urllib.parse.quote(value, safe=""))


SUCCEEDED = set()


@schemathesis.hook
def after_call(context, case, response):
    if 200 <= response.status_code < 300:
        SUCCEEDED.add(case.operation.label)


@atexit.register
def tell():
    pathlib.Path(os.environ["API_SUCCEEDED"]).write_text(json.dumps(sorted(SUCCEEDED)))


@schemathesis.hook
def map_query(context, query):
    return filled(context, query, str, str)
