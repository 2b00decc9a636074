import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Seed } from "../../emulator/src/index.js";
import { acme, person, uids } from "../lifecycle/support.js";
import { sealed, secret } from "../support/exported.js";
import { escapes, office } from "./support.js";

/** Long before and long after any day on which the test runs. */
const past = "2020-02-01T10:00:00Z";
const future = "2999-03-02T10:00:00Z";
const invitedAt = "2020-01-05T23:30:00Z";
/** Times are shown in one form, regardless of the form in the answer. */
const canonical = (moment: string) => new Date(moment).toISOString();

/** zoe is invited; old's invitation has expired. */
function seed(): Seed {
  const start = acme();
  const invitations = [
    { email: person("zoe"), role: "admin" as const, createdAt: invitedAt, expiresAt: future },
    { email: person("old"), createdAt: invitedAt, expiresAt: past },
  ];
  return { ...start, organizations: start.organizations!.map((one) => ({ ...one, invitations })) };
}
const o = office(seed);

interface Resource {
  kind: "OrganizationMember" | "Invitation" | "TeamMembership" | "TeamRoster" | "Team";
  who: string;
  outputs?: Record<string, unknown>;
  more?: Record<string, unknown>;
}

const urn = (kind: string, name: string) => `urn:pulumi:dev::people::pulumi-nodejs:dynamic/avala:${kind}::${name}`;

/** What `pulumi stack export` would write. */
function exported(resources: Resource[], organization = uids.acme): string {
  const rows = resources.map(({ kind, who, outputs = {}, more = {} }) => ({
    urn: urn(kind, `${kind} ${who}`),
    type: `pulumi-nodejs:dynamic/avala:${kind}`,
    custom: true,
    id: kind === "TeamMembership" ? `${organization}/${uids.core}/${who}` : `${organization}/${who}`,
    outputs: { ...(who.includes("@") ? { email: who } : {}), role: "member", __v: 1, ...outputs },
    ...more,
  }));
  const stack = { urn: "urn:pulumi:dev::people::pulumi:pulumi:Stack::people-dev", type: "pulumi:pulumi:Stack" };
  return JSON.stringify({ version: 3, deployment: { resources: [stack, ...rows] } });
}

interface Row {
  email?: string;
  kind?: string;
  message: string;
  outcome?: string;
  since?: string;
  until?: string;
  team?: { uid: string; name?: string };
}
type Groups = Record<"waiting" | "ready" | "ended" | "accessExpired", Row[]> & {
  declared: number;
  notes: string[];
  organizations: object[];
};

const groupNames = ["waiting", "ready", "ended", "accessExpired"] as const;
const statusOf = (resources: Resource[], args: string[] = []) =>
  o.desk.json<Groups>(["status", "--state", "-", ...args], { stdin: exported(resources) });
/** As "waiting: invited …". */
const judged = async (resource: Resource) => {
  const groups = await statusOf([resource]);
  return groupNames.flatMap((group) => groups[group].map(({ message }) => `${group}: ${message}`));
};

const member = (who: string, status: string, outputs: object = {}): Resource => ({
  kind: "OrganizationMember",
  who,
  outputs: { status, emailsSent: 1, maxEmails: 3, onExpiry: "report", ...outputs },
});
const invitation = (who: string, status: string, outputs: object = {}): Resource => ({
  kind: "Invitation",
  who,
  outputs: { status, emailsSent: 1, ...outputs },
});
const inTeam = (who: string, status: string, outputs: object = {}): Resource => ({
  kind: "TeamMembership",
  who,
  outputs: { status, ...outputs },
});

const [zoe, old, mia, nobody] = ["zoe", "old", "mia", "nobody"].map(person) as [string, string, string, string];
const valid = "invited 2020-01-05, valid until 2999-03-02";
const over = "the invitation has expired on 2020-02-01";
const again = "a new value of resend invites them again";
const vanished = "the invitation has vanished: cancelled or declined, Avala does not say which";
const left = "is not a member any more: left, or removed by somebody else";

it("lists the people of a roster who wait, and no others", async () => {
  const outputs = { members: `${person("mia")} lead\n${person("nobody")} member`, waiting: person("nobody") };
  const roster: Resource = { kind: "TeamRoster", who: uids.core, outputs };
  const groups = await statusOf([roster]);
  expect(groups.waiting).toMatchObject([
    {
      email: person("nobody"),
      kind: "TeamRoster",
      role: "member",
      team: { uid: uids.core },
      message: "nobody has invited them",
    },
  ]);
  expect(groups).toMatchObject({ declared: 1, ready: [], ended: [], accessExpired: [] });
  const joined = { ...roster, outputs: { ...outputs, waiting: person("mia") } };
  expect(await judged(joined)).toEqual(["ready: has joined: the next up adds them to the team"]);
});

describe("status compares with the current state of the service", () => {
  it.each<[string, Resource, string[]]>([
    ["invited", member(zoe, "invited"), [`waiting: ${valid}`]],
    ["invited", invitation(zoe, "invited"), [`waiting: ${valid}`]],
    ["invited anew", invitation(zoe, "expired"), [`waiting: ${valid}`]],
    ["at the limit", member(zoe, "invited", { emailsSent: 3 }), [`waiting: ${valid}; email limit reached (3 of 3)`]],
    ["accepted", member(mia, "invited"), ["ready: has accepted: the next up records it"]],
    ["accepted", invitation(mia, "invited"), ["ready: has accepted: the next up records it"]],
    ["back again", member(mia, "gone", { userUid: uids.mia }), ["ready: is a member again: the next up records it"]],
    ["expired", member(old, "invited"), [`ended: ${over}; ${again}`]],
    ["expired", invitation(old, "expired"), [`ended: ${over}; ${again}`]],
    [
      "expired, to be invited again",
      member(old, "expired", { onExpiry: "resend" }),
      [`ended: ${over}; the next up invites them again (1 of 3 emails so far)`],
    ],
    [
      "vanished, with an email that is pending",
      member(nobody, "gone", { expiresAt: future, __emailPending: true }),
      [`ended: ${vanished}; the next up invites them again (1 of 3 emails so far)`],
    ],
    [
      "bug: vanished, with an email that is pending, of a kind without a limit",
      invitation(nobody, "gone", { expiresAt: future, emailsSent: 2, __emailPending: true }),
      [`ended: ${vanished}; the next up invites them again (2 emails so far)`],
    ],
    [
      "expired, at the limit",
      member(old, "expired", { onExpiry: "resend", emailsSent: 3 }),
      [`ended: ${over}; email limit reached (3 of 3)`],
    ],
    ["expired and not listed", member(nobody, "invited", { expiresAt: past }), [`ended: ${over}; ${again}`]],
    ["vanished", member(nobody, "invited", { expiresAt: future }), [`ended: ${vanished}; ${again}`]],
    ["vanished", invitation(nobody, "gone", { expiresAt: future }), [`ended: ${vanished}; ${again}`]],
    [
      "gone from the organization",
      member(nobody, "active", { userUid: uids.core, onExpiry: "resend" }),
      [`ended: ${left}; ${again}`],
    ],
    // Recorded by a refresh, or by an import: there is no invitation that could have vanished.
    [
      "bug: was a member, and a refresh has recorded that they are gone",
      member(nobody, "gone", { userUid: uids.core }),
      [`ended: ${left}; ${again}`],
    ],
    [
      "bug: was imported as a member, and is gone",
      member(nobody, "gone", { userUid: uids.core, emailsSent: 0 }),
      [`ended: ${left}; ${again}`],
    ],
    [
      "was a member, was invited again, and that invitation has vanished",
      member(nobody, "gone", { userUid: uids.core, invitationUid: uids.core, expiresAt: future }),
      [`ended: ${vanished}; ${again}`],
    ],
    [
      "was a member, and the invitation that followed has expired",
      member(nobody, "invited", { userUid: uids.core, invitationUid: uids.core, expiresAt: past }),
      [`ended: ${over}; ${again}`],
    ],
    ["nobody's uid", member(uids.core, "gone"), ["ended: is not a member, and nobody can be invited by uid"]],
    ["a member", member(mia, "active", { userUid: uids.mia }), []],
    ["a member by uid", member(uids.mia, "active", { user: uids.mia }), []],
    ["accepted long ago", invitation(nobody, "accepted"), []],
    ["in the team", inTeam(mia, "active", { userUid: uids.mia }), []],
    [
      "not in the organization any more",
      inTeam(nobody, "active", { userUid: uids.core }),
      ["ended: is not a member of the organization any more"],
    ],
    ["waiting, invited", inTeam(zoe, "waiting"), [`waiting: ${valid}`]],
    ["bug: a place in a team whose person cannot accept", inTeam(old, "waiting"), [`ended: ${over}`]],
    ["waiting, not invited", inTeam(nobody, "waiting"), ["waiting: nobody has invited them"]],
    ["waiting by uid", inTeam(uids.core, "waiting"), ["waiting: is not a member of the organization"]],
    ["joined", inTeam(mia, "waiting"), ["ready: has joined: the next up adds them to the team"]],
    [
      "taken out",
      inTeam(mia, "gone", { userUid: uids.mia }),
      ["ready: was removed from the team by somebody else: the next up adds them again"],
    ],
    [
      "taken out, and gone",
      inTeam(nobody, "gone", { userUid: uids.core }),
      ["ended: was removed from the team by somebody else"],
    ],
  ])("%s: %j", async (_what, resource, expected) => {
    expect(await judged(resource)).toEqual(expected);
    expect(await o.emulator.writes()).toEqual([]);
  });

  it("with one list of each kind for each organization, and no other request", async () => {
    await statusOf([member(zoe, "invited"), invitation(old, "expired"), member(mia, "active"), inTeam(mia, "waiting")]);
    expect((await o.emulator.calls()).toSorted()).toEqual([
      "GET /organizations/",
      "GET /organizations/acme/invitations/",
      "GET /organizations/acme/members/",
      "GET /organizations/acme/teams/",
    ]);
  });

  it("by uid if addresses are hidden, and as recorded otherwise", async () => {
    await o.emulator.settings({ hideEmails: true });
    expect(await judged(member(zoe, "invited"))).toEqual([`waiting: ${valid}`]);
    expect(await judged(member(mia, "active", { userUid: uids.mia }))).toEqual([]);
    expect(await judged(member(nobody, "invited", { expiresAt: future }))).toEqual([
      "waiting: invited, until 2999-03-02, as the last run recorded it",
    ]);
    expect(await judged(inTeam(nobody, "waiting"))).toEqual([
      "waiting: was not a member of the organization when the last run looked",
    ]);
  });
});

describe("validUntil", () => {
  const today = new Date().toISOString().slice(0, 10);
  it("is the last valid day, in UTC", async () => {
    expect(await judged(inTeam(mia, "active", { validUntil: today, userUid: uids.mia }))).toEqual([]);
    expect(
      await judged(inTeam(mia, "active", { validUntil: "2020-02-01", reason: 'the "audit"', userUid: uids.mia })),
    ).toEqual([String.raw`accessExpired: access ran out on 2020-02-01 ("the \"audit\"")`]);
  });

  it("is reported in addition to a wait, and not if the access has ended anyway", async () => {
    expect(await judged(member(zoe, "invited", { validUntil: "2020-02-01" }))).toEqual([
      `waiting: ${valid}`,
      "accessExpired: access ran out on 2020-02-01",
    ]);
    expect(await judged(member(old, "expired", { validUntil: "2020-02-01" }))).toEqual([`ended: ${over}; ${again}`]);
  });
});

describe("the screen", () => {
  it("has a line for each person, and counts", async () => {
    const stdin = exported([
      { kind: "Team", who: uids.core, outputs: { name: "Core" } },
      member(zoe, "invited", { role: "admin" }),
      inTeam(zoe, "waiting", { role: "lead" }),
      inTeam(mia, "waiting"),
      member(old, "expired"),
      inTeam(person("lee"), "active", { userUid: uids.lee, validUntil: "2020-02-01", reason: "audit" }),
      member(mia, "active", { userUid: uids.mia }),
    ]);
    const { code, stdout, stderr } = await o.desk.run(["status", "--state", "-"], { stdin });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`Waiting (1)
  zoe@example.com  acme  admin, lead in Core  ${valid}

Ready to apply with the next pulumi up (1)
  mia@example.com  acme  member in Core  has joined: the next up adds them to the team

Expired or gone (1)
  old@example.com  acme  member  ${over}; ${again}

Expired access (1)
  lee@example.com  acme  member in Core  access ran out on 2020-02-01 ("audit")

1 waiting, 1 ready, 1 expired or gone, 1 expired access; 6 declarations checked.
`);
    expect(await o.emulator.calls()).not.toContain("GET /organizations/acme/teams/");
  });

  it("bug: says once why somebody is not in the organization and its teams", async () => {
    const rows = async (...resources: Resource[]) => {
      const { stdout } = await o.desk.run(["status", "--state", "-"], { stdin: exported(resources) });
      return stdout.split("\n").filter((line) => line.startsWith("  "));
    };
    const uid = { userUid: uids.core };
    expect(await rows(member(nobody, "active", uid), inTeam(nobody, "active", uid))).toEqual([
      `  ${nobody}  acme  member, member in Core  ${left}; ${again}`,
    ]);
    expect(await rows(member(old, "expired"), inTeam(old, "waiting", { role: "lead" }))).toEqual([
      `  ${old}  acme  lead in Core, member  ${over}; ${again}`,
    ]);
    expect(await rows(member(zoe, "invited", { emailsSent: 3 }), inTeam(zoe, "waiting"))).toEqual([
      `  ${zoe}  acme  member, member in Core  ${valid}; email limit reached (3 of 3)`,
    ]);
    expect(await rows(member(mia, "invited"), inTeam(mia, "waiting"))).toEqual([
      `  ${mia}  acme  member, member in Core  has accepted: the next up records it; has joined: the next up adds them to the team`,
    ]);
  });

  it.each<[string, Resource[], string]>([
    ["who has left", [member(nobody, "gone", { userUid: uids.core }), inTeam(nobody, "waiting")], `${left}; ${again}`],
    ["whose invitation has vanished", [member(nobody, "invited"), inTeam(nobody, "waiting")], `${vanished}; ${again}`],
    ["whose Invitation has vanished", [invitation(nobody, "pending"), inTeam(nobody, "waiting")], vanished],
    ["whose invitation has expired", [member(old, "expired"), inTeam(old, "waiting")], `${over}; ${again}`],
    [
      "who has left, by uid",
      [
        member(uids.core, "gone", { user: uids.core, userUid: uids.core }),
        inTeam(uids.core, "waiting", { user: uids.core, userUid: uids.core }),
      ],
      left,
    ],
  ])("bug: somebody %s does not wait for their teams as well", async (_, resources, message) => {
    for (const order of [resources, resources.toReversed()]) {
      const { stdout } = await o.desk.run(["status", "--state", "-"], { stdin: exported(order) });
      expect(stdout).toMatch(/^Expired or gone \(1\)\n/);
      expect(stdout).toContain(`member, member in Core  ${message}`);
      expect(stdout).toContain("\n0 waiting, 0 ready, 1 expired or gone, 0 expired access; 2 declarations checked.");
    }
    const groups = await statusOf(resources);
    expect(groups.ended.map(({ outcome }) => outcome)).toEqual([groups.ended[0]!.outcome, groups.ended[0]!.outcome]);
  });

  it("is the same for any order of the resources in the state", async () => {
    const resources: Resource[] = [
      { kind: "Team", who: uids.core, outputs: { name: "Core" } },
      member(zoe, "invited", { role: "admin" }),
      inTeam(zoe, "waiting", { role: "lead" }),
      member(old, "invited", { expiresAt: future }),
      inTeam(mia, "waiting"),
      member(mia, "waiting"),
    ];
    const screen = async (stdin: string) => (await o.desk.run(["status", "--state", "-"], { stdin })).stdout;
    const shown = await screen(exported(resources));
    expect(shown).toMatch(/zoe@example.com .*acme/);
    expect(await screen(exported(resources.toReversed()))).toBe(shown);
  });

  it("says that nothing waits", async () => {
    const run = (resources: Resource[]) => o.desk.run(["status", "--state", "-"], { stdin: exported(resources) });
    expect((await run([inTeam(mia, "active", { userUid: uids.mia })])).stdout).toBe(
      "Nothing is pending. 1 declaration checked.\n",
    );
    expect((await run([])).stdout).toBe("Nothing is pending. 0 declarations checked.\n");
  });

  it("keeps its columns with hostile names, and shows no terminal controls", async () => {
    const hostile = `\u001b[2J\u202e${"x".repeat(200)}\r\n\u009b31m`;
    await o.emulator.api("PATCH", `/organizations/acme/teams/core/`, { name: hostile.slice(0, 200) });
    const stdin = exported([
      inTeam(zoe, "waiting", { role: hostile }),
      inTeam(`${hostile}@example.com`, "waiting"),
      inTeam(mia, "active", { userUid: uids.mia, validUntil: "2020-02-01", reason: hostile }),
    ]);
    const { stdout } = await o.desk.run(["status", "--state", "-"], { stdin });
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(stdout.split("\n").filter((line) => line.startsWith("  "))).toHaveLength(3);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThan(260);

    const ended = await o.desk.run(["status", "--state", "-", "--json"], { stdin });
    expect(ended.stdout).not.toMatch(escapes);
    expect((JSON.parse(ended.stdout) as Groups).accessExpired).toMatchObject([{ reason: hostile }]);
  });
});

describe("the state", () => {
  it("may come from a file", async () => {
    writeFileSync(join(o.desk.folder, "state.json"), exported([member(zoe, "invited")]));
    expect((await o.desk.json<Groups>(["status", "--state", "state.json"])).waiting).toHaveLength(1);
  });

  it("is counted without resources that are only read, pending deletions and other types", async () => {
    const external = { ...member(old, "expired"), more: { external: true } };
    const deleted = { ...inTeam(nobody, "gone"), more: { delete: true } };
    const other = { ...member(old, "expired"), more: { type: "aws:iam/user:User" } };
    expect(await statusOf([external, deleted, other])).toMatchObject({ declared: 0, ended: [], waiting: [] });
  });

  it.each<[string, object]>([
    ["encrypted", sealed()],
    ["shown", secret(zoe)],
  ])("bug: never shows an address that it holds as a secret, %s: the id names the person", async (_, email) => {
    const resources = [member(zoe, "invited", { email }), inTeam(zoe, "waiting", { email }), member(old, "expired")];
    const { code, stdout } = await o.desk.run(["status", "--state", "-"], { stdin: exported(resources) });
    expect([code, stdout]).toEqual([0, expect.not.stringContaining("zoe")]);
    expect(stdout).toContain("  [secret] (OrganizationMember [secret])  acme");
    expect(stdout).toContain(`  ${old}  acme`);
    const groups = await statusOf(resources, ["--organization", "acme"]);
    expect(groups.waiting.map(({ email: shown }) => shown)).toEqual(["[secret]", "[secret]"]);
    expect(JSON.stringify(groups)).not.toContain("zoe");
  });

  it.each([
    ["no JSON", "{"],
    ["something else", "[]"],
    ["without a deployment", '{"deployment":null}'],
    ["of ids that are none", exported([{ ...member(zoe, "invited"), more: { id: "acme" } }])],
  ])("is refused if it is %s, without a request", async (_what, stdin) => {
    const { code, stderr } = await o.desk.run(["status", "--state", "-"], { stdin });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/\[AVALA_STACK\]\n$/)]);
    expect(await o.emulator.calls()).toEqual([]);
  });
});

describe("--organization", () => {
  it("works without a project, and shows only the invitations of that organization", async () => {
    const groups = await o.desk.json<Groups>(["status", "--organization", "acme"]);
    expect(groups.waiting).toMatchObject([
      { email: zoe, role: "admin", since: canonical(invitedAt), until: canonical(future), message: valid },
    ]);
    expect(groups.ended).toMatchObject([{ email: old, outcome: "expired", until: canonical(past), message: over }]);
    expect(groups).toMatchObject({ declared: 0, ready: [], accessExpired: [], notes: [] });
    expect(groups.organizations).toEqual([
      { uid: uids.acme, slug: "acme", name: "Acme", visible: true, invitationsVisible: true },
    ]);
    const { stdout } = await o.desk.run(["status", "-o", uids.acme]);
    expect(stdout).toContain(`  zoe@example.com  acme  admin (unmanaged)  ${valid}\n`);
    expect(JSON.stringify(groups)).not.toMatch(/accept_?url|copy_?link|\/invitations\//i);
  });

  it("limits the state to it, and adds unmanaged invitations", async () => {
    await o.emulator.api("POST", "/organizations/", { name: "Beta" });
    const other = await statusOf([member(zoe, "invited")], ["--organization", "beta"]);
    expect(other).toMatchObject({ declared: 0, waiting: [], ended: [] });
    const same = await statusOf([member(zoe, "invited")], ["-o", "acme", "-o", "beta"]);
    expect(same).toMatchObject({ declared: 1, waiting: [{ kind: "OrganizationMember" }], ended: [{ email: old }] });
    expect(same.ended[0]).not.toHaveProperty("kind");
  });
});

describe("data that the key may not see", () => {
  it("is reported, and shown as recorded: invitations", async () => {
    await o.emulator.addKey("avk_lee", person("lee"));
    o.desk.environment["AVALA_API_KEY"] = "avk_lee";
    const groups = await statusOf([
      member(zoe, "invited", { expiresAt: future }),
      inTeam(mia, "waiting"),
      inTeam(old, "waiting"),
    ]);
    expect(groups.notes).toEqual([
      "This API key cannot see the invitations of Acme (acme): what the state records is shown.",
    ]);
    expect(groups.waiting.map(({ message }) => message)).toEqual([
      "invited, until 2999-03-02, as the last run recorded it",
      "was not a member of the organization when the last run looked",
    ]);
    expect(groups.ready).toMatchObject([{ email: mia }]);
    const { stdout, stderr } = await o.desk.run(["status", "-o", "acme"]);
    expect(stderr).toBe("This API key cannot see the invitations of Acme (acme): what the state records is shown.\n");
    expect(stdout).toBe("Nothing is pending, as far as visible to this API key. 0 declarations checked.\n");
  });

  it("is reported, and shown as recorded: an organization that has vanished, beside one that exists", async () => {
    const vanishedOne = JSON.parse(exported([member(nobody, "gone")], uids.core)) as {
      deployment: { resources: object[] };
    };
    const there = JSON.parse(exported([member(zoe, "invited")])) as typeof vanishedOne;
    there.deployment.resources.push(...vanishedOne.deployment.resources);
    const groups = await o.desk.json<Groups>(["status", "--state", "-"], { stdin: JSON.stringify(there) });
    expect(groups.notes).toEqual([expect.stringContaining(`Organization ${uids.core} is not visible to this key`)]);
    expect(groups.waiting).toMatchObject([{ email: zoe }]);
    expect(groups.ended).toMatchObject([
      { email: nobody, message: `the invitation had vanished when the last run looked; ${again}` },
    ]);
  });

  it("is an error if a list is incomplete for another reason", async () => {
    o.between.expect({ on: /^GET .*invitations/, fate: 500, times: 99 });
    const { code, stderr } = await o.desk.run(["status", "-o", "acme"]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/\[AVALA_UNAVAILABLE\]\n$/)]);
  });
});
