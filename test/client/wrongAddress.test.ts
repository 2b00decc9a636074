import { NotFoundError, UnexpectedStatusError } from "../../provider/core/errors.js";
import type { AvalaClient } from "../../provider/client/index.js";
import { failure, mocked } from "./support.js";

/* A base URL that leads elsewhere, such as one without /api/v1: its 404 does not prove an absence. */

const notOfApi: Record<string, unknown> = {
  "a page": "<!doctype html><title>Not Found</title><h1>Not Found</h1><p>avk_secret",
  "a page of Django": "\n<!doctype html>\n<html lang=en><h1>Not Found</h1>",
  text: "404 page not found",
  "a text as JSON": '"Not Found"',
  "an object of a gateway": { message: "no Route matched with those values", request_id: "9f8e" },
  "an object of another framework": { timestamp: "2026-01-01", status: 404, error: "Not Found", path: "/x" },
  "an empty object": {},
  "an array": [],
  "JSON that breaks off": '{"detail": "Not fo',
};
const ofApi: Record<string, unknown> = {
  "what the API says": { detail: "Not found." },
  "with a code": { detail: "Not found.", code: "not_found" },
  "with a code alone": { code: "not_found" },
  "in the old shape": { error: { code: "not_found", message: "Not found." } },
  nothing: "",
};

const calls: Record<string, (client: AvalaClient) => Promise<unknown>> = {
  "a detail": (c) => c.organizations.get("acme"),
  "a list": (c) => c.members.list("acme"),
  "a change": (c) => c.organizations.update("acme", { name: "x" }),
  "a creation": (c) => c.invitations.create("acme", { email: "ada@example.com" }),
  "a removal": (c) => c.members.remove("acme", "u1"),
  choices: (c) => c.organizations.industryChoices(),
};
/** Calls for which 404 cannot mean an object, regardless of its sender. */
const roots: Record<string, (client: AvalaClient) => Promise<unknown>> = {
  "the list of organizations": (c) => c.organizations.list(),
  "the creation of an organization": (c) => c.organizations.create({ name: "Acme" }),
};

const each = (some: object, bodies: Record<string, unknown>) =>
  Object.keys(some).flatMap((call) => Object.entries(bodies).map(([name, body]) => [call, name, body] as const));
const all = { ...calls, ...roots };

async function errorOf(call: string, body: unknown, baseUrl?: string) {
  const { client, reply, sent } = mocked(baseUrl === undefined ? {} : { baseUrl });
  reply({ status: 404, body });
  const error = await failure(all[call]!(client));
  expect(sent()).toHaveLength(1);
  return error;
}

it.each([...each(all, notOfApi), ...each(roots, ofApi)])(
  "404 of %s with %s names the base URL, and does not prove an absence",
  async (call, _, body) => {
    const error = await errorOf(call, body);
    expect(error).toBeInstanceOf(UnexpectedStatusError);
    expect(error).toMatchObject({ code: "AVALA_UNEXPECTED_STATUS", outcomeUnknown: false, request: { status: 404 } });
    expect(error.message).toMatch(
      /^(?:GET|POST|PATCH|DELETE) \S+ answered 404: the organizations API was not found at the base URL https:\/\/api\.example\.test\/api\/v1\./,
    );
    expect(error.message).toContain(
      "AVALA_BASE_URL, avala:baseUrl or the provider's baseUrl: at Avala it ends in /api/v1.",
    );
    expect(error.message).not.toMatch(/avk_|<|doctype/);
  },
);

it.each(each(calls, ofApi))("404 of %s with %s is the API's answer", async (call, _, body) => {
  const error = await errorOf(call, body);
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error.message).not.toContain("base URL");
});

it("says that the path is missing where the base URL has none", async () => {
  const error = await errorOf("the list of organizations", notOfApi["a page"], "https://api.example.test");
  expect(error.message).toContain("at the base URL https://api.example.test, which has no path: /api/v1 is missing.");
});

it("a removal without an answer that then finds a page does not count as carried out", async () => {
  const { client, reply } = mocked();
  reply({ fails: "ECONNRESET" }, { status: 404, body: notOfApi["a page"] });
  expect(await failure(client.members.remove("acme", "u1"))).toMatchObject({
    code: "AVALA_UNEXPECTED_STATUS",
    outcomeUnknown: true,
  });
});

it("a deployment that does not know the calls about a key is tolerated", async () => {
  const { client, reply } = mocked();
  reply({ status: 404, body: notOfApi["a page"] }, { status: 404, body: notOfApi["a page"] });
  expect(await client.credential.permissions()).toBeUndefined();
  expect(await client.credential.currentUser()).toBeUndefined();
});
