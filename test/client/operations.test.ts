import { inspect } from "node:util";
import type { AvalaClient } from "../../provider/client/index.js";
import { ResponseShapeError } from "../../provider/core/errors.js";
import { envelope, failure, finishFailing, mocked, type Reply, UID, UID2 } from "./support.js";

interface Operation {
  name: string;
  call: (client: AvalaClient) => Promise<unknown>;
  method: string;
  path: string;
  body?: unknown;
  answer?: Reply;
  result?: unknown;
}

const ORGANIZATION = "/organizations/acme/";
const PAGE = "?limit=100&page=1";
const DONE: Reply = { status: 204 };

const wireOrganization = {
  uid: UID,
  slug: "acme",
  name: "Acme",
  handle: null,
  description: "",
  website: "https://acme.example",
  logo: "https://signed.example/logo?sig=1",
  industry: "robotics",
  email: null,
  visibility: "private",
  plan: "pro",
  is_verified: true,
  is_active: true,
  role: "owner",
  member_count: 3,
  team_count: 0,
  slug_edits_remaining: null,
  allowed_domains: ["acme.example"],
  created_at: "2026-01-01T00:00:00Z",
  something_new: { nested: true },
};
const organization = {
  uid: UID,
  slug: "acme",
  name: "Acme",
  handle: null,
  description: "",
  website: "https://acme.example",
  industry: "robotics",
  visibility: "private",
  plan: "pro",
  isVerified: true,
  isActive: true,
  role: "owner",
  memberCount: 3,
  teamCount: 0,
  slugEditsRemaining: null,
  allowedDomains: ["acme.example"],
  createdAt: "2026-01-01T00:00:00.000Z",
};
const wirePerson = {
  user_uid: UID2,
  username: "ada",
  email: "Ada@example.com",
  full_name: "Ada L",
  picture: null,
  role: "new-role",
};
const person = { userUid: UID2, username: "ada", email: "Ada@example.com", fullName: "Ada L", role: "new-role" };
const wireTeam = {
  uid: UID,
  slug: "crew",
  name: "Crew",
  description: "",
  color: "#6366F1",
  member_count: 1,
  organization_uid: UID2,
};
const team = { uid: UID, slug: "crew", name: "Crew", description: "", color: "#6366F1", memberCount: 1 };
const LINK = "https://app.example/invitations/tok/accept";
const wireInvitation = {
  uid: UID,
  invited_email: "ada@example.com",
  role: "member",
  status: "pending",
  expires_at: "2026-02-01T00:00:00Z",
  is_expired: false,
  accept_url: LINK,
  copy_link: LINK,
};
const invitation = {
  uid: UID,
  email: "ada@example.com",
  role: "member",
  status: "pending",
  expiresAt: "2026-02-01T00:00:00.000Z",
  isExpired: false,
};

const OPERATIONS: Operation[] = [
  {
    name: "list organizations",
    call: (c) => c.organizations.list(),
    method: "GET",
    path: `/organizations/${PAGE}`,
    answer: envelope([wireOrganization]),
    result: [organization],
  },
  {
    name: "get organization",
    call: (c) => c.organizations.get("acme"),
    method: "GET",
    path: ORGANIZATION,
    answer: { status: 200, body: wireOrganization },
    result: organization,
  },
  {
    name: "create organization",
    call: (c) => c.organizations.create({ name: "Acme", description: "", website: undefined, industry: "robotics" }),
    method: "POST",
    path: "/organizations/",
    body: { name: "Acme", description: "", industry: "robotics" },
    answer: { status: 201, body: wireOrganization },
    result: organization,
  },
  {
    name: "update organization",
    call: (c) => c.organizations.update("acme", { handle: null, email: "", phone: undefined, slug: "acme-2" }),
    method: "PATCH",
    path: ORGANIZATION,
    body: { handle: null, email: "", slug: "acme-2" },
    answer: { status: 200, body: { slug: "acme-2", name: "Acme", handle: null } },
    result: { slug: "acme-2", name: "Acme", handle: null },
  },
  { name: "delete organization", call: (c) => c.organizations.delete("acme"), method: "DELETE", path: ORGANIZATION },
  {
    name: "industry choices",
    call: (c) => c.organizations.industryChoices(),
    method: "GET",
    path: "/organizations/industry-choices/",
    answer: { status: 200, body: { robotics: "Robotics", ai_ml: "AI/ML" } },
    result: [
      { value: "robotics", label: "Robotics" },
      { value: "ai_ml", label: "AI/ML" },
    ],
  },
  { name: "leave", call: (c) => c.organizations.leave("acme"), method: "POST", path: `${ORGANIZATION}leave/` },
  {
    name: "transfer ownership",
    call: (c) => c.organizations.transferOwnership("acme", UID2),
    method: "POST",
    path: `${ORGANIZATION}transfer-ownership/`,
    body: { new_owner_uid: UID2 },
  },
  {
    name: "list members",
    call: (c) => c.members.list("acme"),
    method: "GET",
    path: `${ORGANIZATION}members/${PAGE}`,
    answer: envelope([wirePerson, { user_uid: UID, email: null, username: null }]),
    result: [person, { userUid: UID }],
  },
  {
    name: "set member role",
    call: (c) => c.members.setRole("acme", UID2, "admin"),
    method: "PATCH",
    path: `${ORGANIZATION}members/${UID2}/role/`,
    body: { role: "admin" },
    answer: { status: 200, body: wirePerson },
  },
  {
    name: "remove member",
    call: (c) => c.members.remove("acme", UID2),
    method: "DELETE",
    path: `${ORGANIZATION}members/${UID2}/`,
  },
  {
    name: "list invitations",
    call: (c) => c.invitations.list("acme"),
    method: "GET",
    path: `${ORGANIZATION}invitations/${PAGE}`,
    answer: envelope([wireInvitation]),
    result: [invitation],
  },
  {
    name: "create invitation",
    call: (c) => c.invitations.create("acme", { email: "ada@example.com", role: "member" }),
    method: "POST",
    path: `${ORGANIZATION}invitations/`,
    body: { email: "ada@example.com", role: "member" },
    answer: { status: 201, body: wireInvitation },
    result: invitation,
  },
  {
    name: "resend invitation",
    call: (c) => c.invitations.resend("acme", UID),
    method: "POST",
    path: `${ORGANIZATION}invitations/${UID}/resend/`,
  },
  {
    name: "cancel invitation",
    call: (c) => c.invitations.cancel("acme", UID),
    method: "POST",
    path: `${ORGANIZATION}invitations/${UID}/cancel/`,
  },
  {
    name: "list teams",
    call: (c) => c.teams.list("acme"),
    method: "GET",
    path: `${ORGANIZATION}teams/${PAGE}`,
    answer: envelope([wireTeam]),
    result: [team],
  },
  {
    name: "get team",
    call: (c) => c.teams.get("acme", "crew"),
    method: "GET",
    path: `${ORGANIZATION}teams/crew/`,
    answer: { status: 200, body: wireTeam },
    result: team,
  },
  {
    name: "create team",
    call: (c) => c.teams.create("acme", { name: "Crew", color: undefined }),
    method: "POST",
    path: `${ORGANIZATION}teams/`,
    body: { name: "Crew" },
    answer: { status: 201, body: { name: "Crew", description: "", color: "#6366F1" } },
    result: { name: "Crew", description: "", color: "#6366F1" },
  },
  {
    name: "update team",
    call: (c) => c.teams.update("acme", "crew", { description: "" }),
    method: "PATCH",
    path: `${ORGANIZATION}teams/crew/`,
    body: { description: "" },
    answer: { status: 200, body: wireTeam },
    result: team,
  },
  {
    name: "delete team",
    call: (c) => c.teams.delete("acme", "crew"),
    method: "DELETE",
    path: `${ORGANIZATION}teams/crew/`,
  },
  {
    name: "list team members",
    call: (c) => c.teamMembers.list("acme", "crew"),
    method: "GET",
    path: `${ORGANIZATION}teams/crew/members/${PAGE}`,
    answer: envelope([wirePerson]),
    result: [person],
  },
  {
    name: "add team member",
    call: (c) => c.teamMembers.add("acme", "crew", { userUid: UID2, role: "lead" }),
    method: "POST",
    path: `${ORGANIZATION}teams/crew/members/`,
    body: { user_uid: UID2, role: "lead" },
    answer: { status: 201, body: wirePerson },
  },
  {
    name: "set team member role",
    call: (c) => c.teamMembers.setRole("acme", "crew", UID2, "member"),
    method: "PATCH",
    path: `${ORGANIZATION}teams/crew/members/${UID2}/role/`,
    body: { role: "member" },
    answer: { status: 200, body: wirePerson },
  },
  {
    name: "remove team member",
    call: (c) => c.teamMembers.remove("acme", "crew", UID2),
    method: "DELETE",
    path: `${ORGANIZATION}teams/crew/members/${UID2}/`,
  },
];
const READS = OPERATIONS.filter(({ method }) => method === "GET");
const ECHOES = OPERATIONS.filter(({ method, result }) => method !== "GET" && result !== undefined);
const WRITES = OPERATIONS.filter(({ method }) => method !== "GET");
const ACTS = WRITES.filter(({ result }) => result === undefined);

describe("the 24 operations", () => {
  it("are 24", () => {
    expect(new Set(OPERATIONS.map(({ method, path }) => `${method} ${path}`)).size).toBe(24);
  });

  it.each(OPERATIONS)("$name", async ({ call, method, path, body, answer, result }) => {
    const { client, reply, sent } = mocked();
    reply(answer ?? DONE);
    expect(await call(client)).toEqual(result);
    expect(sent()).toEqual([{ method, path, body, headers: expect.anything() }]);
  });

  it.each(OPERATIONS)("$name sends a path that ends in a slash, and a type only with a body", async (operation) => {
    const { client, reply, sent } = mocked();
    reply(operation.answer ?? DONE);
    await operation.call(client);
    const [request] = sent();
    expect(request?.path.split("?")[0]).toMatch(/\/$/);
    expect(request?.headers["content-type"]).toBe(operation.body === undefined ? undefined : "application/json");
  });
});

describe("success-may-not-be-json: a success without JSON", () => {
  const html: Reply = { status: 200, body: "<!doctype html><p>secret" };

  it.each(READS)("is an error for $name, without its content", async ({ call }) => {
    for (const answer of [{ status: 200, body: "" }, DONE, html, { status: 200, body: '{"uid": "cut' }]) {
      const { client, reply } = mocked();
      reply(answer);
      const error = await failure(call(client));
      expect(error).toBeInstanceOf(ResponseShapeError);
      expect(error.message).not.toMatch(/secret|doctype|cut/);
    }
  });

  it.each(ACTS)("is a success for $name if it is empty, as any JSON is", async ({ call }) => {
    for (const status of [200, 201, 202, 204]) {
      for (const body of status === 204 ? [""] : ["", "\r\n", "null", "{}", "[7]", '"done"', " true "]) {
        const { client, reply } = mocked();
        reply({ status, body });
        expect(await call(client)).toBeUndefined();
      }
    }
  });

  it.each(ECHOES)("returns nothing (writes-echo-input) for $name if it is empty", async ({ call }) => {
    const { client, reply } = mocked();
    reply(DONE, { status: 201 }, { status: 200, body: {} });
    for (let answer = 0; answer < 3; answer++) expect(await call(client)).toEqual({});
  });

  it.each(WRITES)(
    "bug: is an unknown outcome for $name if it is something else, and is sent once",
    async ({ call }) => {
      const type = { "content-type": "text/html" };
      const bodies = ["<!doctype html><p>secret", "\ufeff <html>secret", "OK, secret", '{"secret', "{} secret", "NaN"];
      for (const status of [200, 201, 202]) {
        for (const body of bodies) {
          const { client, reply, sent } = mocked();
          reply({ status, body, headers: type });
          const error = await failure(call(client));
          expect(error).toMatchObject({ code: "AVALA_RESPONSE_SHAPE", outcomeUnknown: true, request: { status } });
          expect(error.message).not.toMatch(/secret|doctype/);
          expect(sent()).toHaveLength(1);
        }
      }
    },
  );

  it.each(OPERATIONS)("of an unknown kind is an error for $name", async ({ call, method }) => {
    for (const status of [203, 205, 206, 207]) {
      const { client, reply } = mocked();
      reply({ status, body: status === 205 ? "" : "{}" });
      expect(await failure(call(client))).toMatchObject({
        code: "AVALA_RESPONSE_SHAPE",
        outcomeUnknown: method !== "GET",
      });
    }
  });
});

describe("shapes", () => {
  it.each([
    ["uid", { slug: "acme" }],
    ["slug", { uid: UID }],
    ["uid", { uid: null, slug: "acme" }],
    ["uid", { uid: "", slug: "acme" }],
    ["member_count", { uid: UID, slug: "acme", member_count: "many" }],
    ["allowed_domains.1", { uid: UID, slug: "acme", allowed_domains: ["a", 5] }],
  ])("an organization is refused at %s", async (place, body) => {
    const { client, reply } = mocked();
    reply({ status: 200, body });
    const error = await failure(client.organizations.get("acme"));
    expect(error).toBeInstanceOf(ResponseShapeError);
    expect(error.message).toContain(`at ${place} `.trimEnd());
    expect(error.message).not.toContain("many");
  });

  it("an organization needs no more than its names", async () => {
    const { client, reply } = mocked();
    reply({ status: 200, body: { uid: UID, slug: "acme" } });
    expect(await client.organizations.get("acme")).toEqual({ uid: UID, slug: "acme" });
  });

  it.each([
    ["a map", { a: "A", b: "B" }],
    [
      "pairs",
      [
        ["a", "A"],
        ["b", "B"],
      ],
    ],
    [
      "objects",
      [
        { value: "a", label: "A" },
        { value: "b", label: "B", extra: 1 },
      ],
    ],
    ["a map under choices", { choices: { a: "A", b: "B" } }],
    [
      "pairs under choices",
      {
        choices: [
          ["a", "A"],
          ["b", "B"],
        ],
      },
    ],
    [
      "objects under choices",
      {
        choices: [
          { value: "a", label: "A" },
          { value: "b", label: "B" },
        ],
      },
    ],
  ])("industry choices may be %s", async (_, body) => {
    const { client, reply } = mocked();
    reply({ status: 200, body });
    expect(await client.organizations.industryChoices()).toEqual([
      { value: "a", label: "A" },
      { value: "b", label: "B" },
    ]);
  });

  it.each([5, "x", [1], { a: 1 }, [["a"]]])("industry choices may not be %j", async (body) => {
    const { client, reply } = mocked();
    reply({ status: 200, body: JSON.stringify(body) });
    expect(await failure(client.organizations.industryChoices())).toBeInstanceOf(ResponseShapeError);
  });
});

describe("permissions of the credential", () => {
  it("are read", async () => {
    const { client, reply, sent } = mocked();
    reply({
      status: 200,
      body: { type: "customer", is_staff_privileged: false, scopes: ["datasets.read"], capabilities: null },
    });
    expect(await client.credential.permissions()).toEqual({
      type: "customer",
      isStaffPrivileged: false,
      scopes: ["datasets.read"],
      capabilities: [],
      toolsets: [],
    });
    expect(sent()[0]?.path).toBe("/users/me/permissions/");
  });

  it.each([
    [[], []],
    [["organizations.read"], ["organizations.read"]],
    [null, undefined],
    [undefined, undefined],
    ["organizations.read", undefined],
    [{ organizations: "read" }, undefined],
    [["organizations.read", 5], undefined],
  ])("report the scopes %j: %j", async (scopes, reported) => {
    const { client, reply } = mocked();
    reply({ status: 200, body: { scopes } });
    expect((await client.credential.permissions())?.scopes).toEqual(reported);
  });

  it("are unknown on older deployments, and only there", async () => {
    const { client, reply } = mocked();
    reply({ status: 404 });
    expect(await client.credential.permissions()).toBeUndefined();
    reply({ status: 403 });
    expect((await failure(client.credential.permissions())).name).toBe("ForbiddenError");
  });
});

describe("the API key's user", () => {
  const uid = "abcdef01-2345-4678-9abc-def012345678";

  it.each([
    ["in canonical spelling", { uid, username: "ada", email: "ada@example.com" }],
    ["in capitals", { uid: uid.toUpperCase(), username: null }],
    ["without hyphens", { uid: uid.replaceAll("-", "") }],
    ["as a URN", { uid: `urn:uuid:${uid}` }],
  ])("is their uid, sent %s", async (_, body) => {
    const { client, reply, sent } = mocked();
    reply({ status: 200, body });
    expect(await client.credential.currentUser()).toEqual({ uid });
    expect(sent()).toMatchObject([{ method: "GET", path: "/users/me/" }]);
  });

  it.each<[string, Reply]>([
    ["403", { status: 403, body: { detail: "You do not have permission to perform this action." } }],
    ["404", { status: 404, body: { detail: "Not found." } }],
    ["404 with a page", { status: 404, body: "<!doctype html>" }],
    ["a page", { status: 200, body: "<!doctype html><h1>Log in</h1>", headers: { "content-type": "text/html" } }],
    ["nothing", { status: 200, body: "" }],
    ["204", { status: 204 }],
    ["a success of another kind", { status: 203, body: { uid } }],
    ["a redirect", { status: 302, headers: { location: "/login/" } }],
    ["405", { status: 405 }],
    ["text", { status: 200, body: "ada" }],
    ["JSON that breaks off", { status: 200, body: `{"uid": "${uid}` }],
    ["null", { status: 200, body: "null" }],
    ["a list", { status: 200, body: [{ uid }] }],
    ["no uid", { status: 200, body: { username: "ada" } }],
    ["uid null", { status: 200, body: { uid: null } }],
    ["a number as uid", { status: 200, body: { uid: 7 } }],
    ["an empty uid", { status: 200, body: { uid: "" } }],
    ["a uid that is no UUID", { status: 200, body: { uid: "ada" } }],
    ["more than a UUID", { status: 200, body: { uid: `${uid}-1` } }],
  ])("is not known from %s, which is requested once", async (_, answer) => {
    const { client, reply, sent } = mocked();
    reply(answer);
    expect(await client.credential.currentUser()).toBeUndefined();
    expect(sent()).toHaveLength(1);
  });

  it.each<[string, Reply, number]>([
    ["UnauthorizedError", { status: 401 }, 1],
    ["InvalidError", { status: 400 }, 1],
    ["RateLimitedError", { status: 429 }, 5],
    ["UnavailableError", { status: 500 }, 1],
    ["UnavailableError", { status: 503, body: "<!doctype html>" }, 5],
    ["TransportError", { fails: "ECONNREFUSED" }, 5],
  ])("is a %s after %j", async (name, answer, tries) => {
    jest.useFakeTimers();
    try {
      const { client, reply, sent } = mocked();
      reply(...Array<Reply>(tries).fill(answer));
      expect((await finishFailing(client.credential.currentUser())).name).toBe(name);
      expect(sent()).toHaveLength(tries);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe("answers-hold-secrets: accept links", () => {
  it("can be read, and are never in a text", async () => {
    const { client, reply } = mocked();
    reply(envelope([wireInvitation]), { status: 201, body: wireInvitation });
    const [listed] = await client.invitations.list("acme");
    const created = await client.invitations.create("acme", { email: "ada@example.com" });
    for (const found of [listed, created]) {
      expect(found).toMatchObject({ acceptUrl: LINK, copyLink: LINK });
      expect(Object.keys({ ...found })).not.toContain("acceptUrl");
      expect(JSON.stringify(found) + inspect(found, { depth: 9 }) + String(found)).not.toContain("tok");
    }
  });
});
