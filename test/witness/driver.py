"""Calls the official SDK: reads one call per line of stdin, writes one outcome per line of stdout, all as JSON."""

import asyncio
import inspect
import json
import sys
from importlib.metadata import version

import avala
from avala.types import organization as types

LOOP = asyncio.new_event_loop()
KINDS = {"sync": avala.Client, "async": avala.AsyncClient}
CLIENTS = {}


def client_of(kind, key, url):
    if (kind, key, url) not in CLIENTS:
        CLIENTS[kind, key, url] = KINDS[kind](api_key=key, base_url=url)
    return CLIENTS[kind, key, url]


def finished(value):
    return LOOP.run_until_complete(value) if inspect.isawaitable(value) else value


def plain(value):
    if hasattr(value, "next_cursor"):
        rows = [plain(row) for row in value.items]
        return {"rows": rows, "next": value.next_cursor, "previous": value.previous_cursor}
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


def failed(error):
    facts = {name: getattr(error, name, None) for name in ("status_code", "body", "details", "retry_after")}
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return {"error": {"type": kind, "message": str(error), **facts}}


def call(kind, key, url, method, args, options):
    client = client_of(kind, key, url)
    try:
        outcome = {"result": plain(finished(getattr(client.organizations, method)(*args, **options)))}
    except Exception as error:
        outcome = failed(error)
    return {**outcome, "rateLimit": client.rate_limit_info}


def describe():
    """The operations with the names of their parameters, for both kinds, and the fields of the models."""

    def operations(kind):
        resource = type(client_of(kind, "none", "http://127.0.0.1:1").organizations)
        public = {name: value for name, value in vars(resource).items() if not name.startswith("_")}
        return {name: list(inspect.signature(value).parameters)[1:] for name, value in public.items()}

    models = [types.Organization, types.OrganizationMember, types.Invitation, types.Team, types.TeamMember]
    return {
        "version": version("avala"),
        "operations": {kind: operations(kind) for kind in KINDS},
        "models": {model.__name__: list(model.model_fields) for model in models},
    }


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(call(**asked) if asked else describe()), flush=True)
for client in CLIENTS.values():
    finished(client.close())
