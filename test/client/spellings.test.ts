import { ResponseShapeError } from "../../provider/core/errors.js";
import type { AvalaClient } from "../../provider/client/index.js";
import { canonicalTime, momentOf } from "../../provider/core/time.js";
import { envelope, failure, mocked } from "./support.js";

/* Possible answers: other spellings of the same uid or time, other shapes of the same choices. */

const canonical = "0000000a-00bc-4def-8000-00000000000f";
const spellings: Record<string, string> = {
  canonical,
  "in capitals": canonical.toUpperCase(),
  "without hyphens": canonical.replaceAll("-", ""),
  "without hyphens, in capitals": canonical.replaceAll("-", "").toUpperCase(),
  "in braces": `{${canonical}}`,
  "in braces, in capitals": `{${canonical.toUpperCase()}}`,
  "as a URN": `urn:uuid:${canonical}`,
};
const others: Record<string, string> = {
  "a number": "123",
  "a prefixed id": "usr_0A1b",
  "32 characters that are not all digits": "g".repeat(32),
  "a uid that is too long": `${canonical}0`,
};

const organization = { slug: "acme", name: "Acme" };
/** Every row and answer with a uid: which call reads it, and where the uid is. */
const rows: Record<
  string,
  { call: (client: AvalaClient) => Promise<unknown>; answer: (uid: string) => object; at: "uid" | "userUid" }
> = {
  "a row of organizations": {
    call: (c) => c.organizations.list(),
    answer: (uid) => envelope([{ ...organization, uid }]),
    at: "uid",
  },
  "an organization": {
    call: (c) => c.organizations.get("acme"),
    answer: (uid) => ({ status: 200, body: { ...organization, uid } }),
    at: "uid",
  },
  "a created organization": {
    call: (c) => c.organizations.create({ name: "Acme" }),
    answer: (uid) => ({ status: 201, body: { ...organization, uid } }),
    at: "uid",
  },
  "a changed organization": {
    call: (c) => c.organizations.update("acme", { name: "Acme" }),
    answer: (uid) => ({ status: 200, body: { ...organization, uid } }),
    at: "uid",
  },
  "a row of members": {
    call: (c) => c.members.list("acme"),
    answer: (uid) => envelope([{ user_uid: uid }]),
    at: "userUid",
  },
  "a row of invitations": {
    call: (c) => c.invitations.list("acme"),
    answer: (uid) => envelope([{ uid, invited_email: "ada@example.com" }]),
    at: "uid",
  },
  "a created invitation": {
    call: (c) => c.invitations.create("acme", { email: "ada@example.com" }),
    answer: (uid) => ({ status: 201, body: { uid, invited_email: "ada@example.com" } }),
    at: "uid",
  },
  "a row of teams": {
    call: (c) => c.teams.list("acme"),
    answer: (uid) => envelope([{ uid, slug: "core" }]),
    at: "uid",
  },
  "a team": {
    call: (c) => c.teams.get("acme", "core"),
    answer: (uid) => ({ status: 200, body: { uid, slug: "core" } }),
    at: "uid",
  },
  "a created team": {
    call: (c) => c.teams.create("acme", { name: "Core" }),
    answer: (uid) => ({ status: 201, body: { uid, slug: "core" } }),
    at: "uid",
  },
  "a changed team": {
    call: (c) => c.teams.update("acme", "core", { name: "Core" }),
    answer: (uid) => ({ status: 200, body: { uid, slug: "core" } }),
    at: "uid",
  },
  "a row of a team's members": {
    call: (c) => c.teamMembers.list("acme", "core"),
    answer: (uid) => envelope([{ user_uid: uid }]),
    at: "userUid",
  },
  "the API key's user": {
    call: (c) => c.credential.currentUser(),
    answer: (uid) => ({ status: 200, body: { uid } }),
    at: "uid",
  },
};

async function uidOf(kind: string, uid: string): Promise<string | undefined> {
  const { call, answer, at } = rows[kind]!;
  const { client, reply } = mocked();
  reply(answer(uid) as Parameters<typeof reply>[0]);
  const [found] = [await call(client)].flat() as Record<string, string>[];
  return found?.[at];
}

describe.each(Object.keys(rows))("the uid of %s", (kind) => {
  it.each(Object.entries(spellings))("is in canonical spelling if it is sent %s", async (_, uid) => {
    expect(await uidOf(kind, uid)).toBe(canonical);
  });

  it.each(Object.entries(others))("is unchanged or left out if it is %s", async (_, uid) => {
    expect(await uidOf(kind, uid)).toBe(kind === "the API key's user" ? undefined : uid);
  });
});

it("a row that is sent in two spellings is one row", async () => {
  const { client, reply } = mocked();
  reply(envelope(Object.values(spellings).map((user_uid) => ({ user_uid }))));
  expect(await client.members.list("acme")).toEqual([{ userUid: canonical }]);
});

describe("times", () => {
  it.each([
    ["2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T12:00:00z", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31t12:00:00Z", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.500Z"],
    ["2026-01-31T12:00:00.123456Z", "2026-01-31T12:00:00.123Z"],
    ["2026-01-31T12:00:00.999999Z", "2026-01-31T12:00:00.999Z"],
    ["2026-01-31T12:00:00,123456789Z", "2026-01-31T12:00:00.123Z"],
    ["2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T12:00:00-00:00", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T13:30:00+01:30", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T13:30:00.123456+0130", "2026-01-31T12:00:00.123Z"],
    ["2026-01-31T05:00:00-07", "2026-01-31T12:00:00.000Z"],
    ["2026-02-01T00:30:00+12:30", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31 12:00:00+00:00", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31 12:00:00 UTC", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T12:00:00", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T12:00", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T12:00Z", "2026-01-31T12:00:00.000Z"],
    [" 2026-01-31T12:00:00Z ", "2026-01-31T12:00:00.000Z"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z"],
  ])("%j is %s, on every machine", (text, expected) => {
    expect(canonicalTime(text)).toBe(expected);
    expect(canonicalTime(canonicalTime(text))).toBe(expected);
    expect(momentOf(text)).toBe(Date.parse(expected));
  });

  it.each(
    [
      "",
      "soon",
      "2026-01-31",
      "2026-13-31T12:00:00Z",
      "2026-01-31T25:00:00Z",
      "2026-01-31T12:00:00+99:99",
      "31.01.2026 12:00",
      "1769860800",
      "2026-01-31T12:00:00Z and more",
    ].filter((text) => momentOf(text) === undefined),
  )("%j is not a time, and is unchanged", (text) => {
    expect(canonicalTime(text)).toBe(text);
  });

  const time = "2026-01-31T13:00:00.123456+01:00";
  const expected = "2026-01-31T12:00:00.123Z";
  const uid = canonical;
  it.each<[string, string, (client: AvalaClient) => Promise<unknown>, object]>([
    ["created_at", "createdAt", (c) => c.organizations.list(), { uid, slug: "a" }],
    ["created_at", "createdAt", (c) => c.members.list("acme"), { user_uid: uid }],
    ["last_active_at", "lastActiveAt", (c) => c.members.list("acme"), { user_uid: uid }],
    ["created_at", "createdAt", (c) => c.invitations.list("acme"), { uid }],
    ["expires_at", "expiresAt", (c) => c.invitations.list("acme"), { uid }],
    ["created_at", "createdAt", (c) => c.teams.list("acme"), { uid, slug: "a" }],
    ["created_at", "createdAt", (c) => c.teamMembers.list("acme", "core"), { user_uid: uid }],
  ])("%s of a row is read as a time: %s", async (field, name, call, row) => {
    for (const [answered, read] of [
      [time, expected],
      ["soon", "soon"],
      [null, undefined],
    ]) {
      const { client, reply } = mocked();
      reply(envelope([{ ...row, [field]: answered }]));
      expect(((await call(client)) as Record<string, string>[])[0]![name]).toBe(read);
    }
  });
});

describe("fields of the profile", () => {
  const wire = ["readme", "organization_type", "x_url", "hugging_face_url", "github_url", "linkedin_url"];
  const names = ["readme", "organizationType", "xUrl", "huggingFaceUrl", "githubUrl", "linkedinUrl"];
  const all = (value: unknown) => Object.fromEntries(wire.map((name) => [name, value]));

  it.each([
    ["texts", "a", Object.fromEntries(names.map((name) => [name, "a"]))],
    ["empty", "", Object.fromEntries(names.map((name) => [name, ""]))],
    ["null", null, {}],
    ["left out", undefined, {}],
  ])("are read if they are %s", async (_, value, expected) => {
    for (const read of ["get", "list"] as const) {
      const { client, reply } = mocked();
      const row = { uid: canonical, slug: "acme", ...all(value) };
      reply(read === "get" ? { status: 200, body: row } : envelope([row]));
      const [found] = [await (read === "get" ? client.organizations.get("acme") : client.organizations.list())].flat();
      expect(found).toEqual({ uid: canonical, slug: "acme", ...expected });
    }
  });
});

describe("choices", () => {
  const robotics = { value: "robotics", label: "Robotics" };
  const other = { value: "other", label: "Other" };
  const both = [robotics, other];
  const bare = [
    { value: "robotics", label: "robotics" },
    { value: "other", label: "other" },
  ];
  const pairs = [
    ["robotics", "Robotics"],
    ["other", "Other"],
  ];
  const objects = (value: string, label: string) => both.map((one) => ({ [value]: one.value, [label]: one.label }));
  const map = { robotics: "Robotics", other: "Other" };

  const shapes: [string, unknown, object[]][] = [
    ["texts", ["robotics", "other"], bare],
    ["pairs", pairs, both],
    ["a map", map, both],
    ["objects of value and label", objects("value", "label"), both],
    ["objects of value and display_name", objects("value", "display_name"), both],
    ["objects of key and display_name", objects("key", "display_name"), both],
    ["objects of id and name", objects("id", "name"), both],
    ["objects of slug and name", objects("slug", "name"), both],
    ["objects of code and title", objects("code", "title"), both],
    ["objects of name alone", [{ name: "robotics" }, { name: "other" }], bare],
    ["objects of value alone", [{ value: "robotics" }, { value: "other", label: null }], bare],
    [
      "objects with more",
      [
        { ...robotics, count: 3, icon: null },
        { ...other, disabled: false },
      ],
      both,
    ],
    ["a map to objects", { robotics: { label: "Robotics" }, other: { label: "Other", order: 2 } }, both],
    ["pairs with an empty choice", [["", "---------"], ...pairs], both],
    ["pairs with a null choice", [[null, "---------"], ...pairs], both],
    ["objects with a null choice", [{ value: null, label: "None" }, ...objects("value", "label")], both],
    ["a map with an empty choice", { "": "---------", ...map }, both],
    ["the same value twice", [...pairs, ["other", "Another"]], both],
    ["pairs in a group", [["Machines", [pairs[0]]], pairs[1]], both],
    [
      "groups of pairs",
      [
        ["Machines", [pairs[0]]],
        ["More", [pairs[1]]],
      ],
      both,
    ],
    ["a map of groups of pairs", { Machines: [pairs[0]], More: [pairs[1]] }, both],
    ["a map of maps", { Machines: { robotics: "Robotics" }, More: { other: "Other" } }, both],
    ["a map of texts", { Machines: ["robotics"], More: ["other"] }, bare],
    [
      "groups as objects",
      [
        { label: "Machines", choices: [robotics] },
        { label: "More", options: [pairs[1]] },
      ],
      both,
    ],
    ["groups as objects with children", [{ name: "Machines", children: [robotics] }, other], both],
    ["an empty list", [], []],
    ["an empty map", {}, []],
  ];
  const wrappers: [string, (shape: unknown) => unknown][] = [
    ["at the top", (shape) => shape],
    ["under choices", (shape) => ({ choices: shape })],
    ["under results, with a count", (shape) => ({ count: 2, next: null, previous: null, results: shape })],
    ["under data.industries", (shape) => ({ data: { industries: shape } })],
    ["under industry.choices", (shape) => ({ industry: { choices: shape, type: "choice" } })],
  ];

  it.each(
    shapes.flatMap(([shape, body, expected]) =>
      wrappers.map(([place, wrap]) => [shape, place, wrap(body), expected] as const),
    ),
  )("may be sent as %s %s", async (_, __, body, expected) => {
    const { client, reply } = mocked();
    reply({ status: 200, body });
    expect(await client.organizations.industryChoices()).toEqual(expected);
  });

  const deep = Array.from({ length: 10 }).reduce<unknown>((inner) => ["Group", [inner]], ["a", "A"]);
  const refused: [string, unknown][] = [
    ["a number", 5],
    ["a text", "robotics"],
    ["true", true],
    ["numbers", [1, 2]],
    ["a map to numbers", { robotics: 1 }],
    ["a pair of one", [["robotics"]]],
    ["a triple", [["a", "b", "c"]]],
    ["an object without a value", [{ label: "Robotics" }]],
    ["a choice among what is none", [...pairs, { detail: "x" }]],
    ["a number as value", [{ value: 1, label: "Robotics" }]],
    ["groups in groups without an end", [deep]],
    ["more than a form holds", Array.from({ length: 1001 }, (_, index) => `c${index}`)],
  ];
  it.each(refused)("may not be sent as %s", async (_, body) => {
    const { client, reply } = mocked();
    reply({ status: 200, body });
    expect(await failure(client.organizations.industryChoices())).toBeInstanceOf(ResponseShapeError);
  });
});
