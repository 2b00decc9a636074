import type { Settings } from "../../../emulator/src/index.js";
import { judgeAll, settingsOf, type Result } from "../../../cli/probe/results.js";
import { emailStatements } from "../../../cli/probe/statements/emails.js";
import { writeStatements } from "../../../cli/probe/statements/writes.js";
import { person } from "../../lifecycle/support.js";
import { trialDesk, type Tried } from "./trial.js";

const desk = trialDesk();
const all = [...writeStatements, ...emailStatements];

const judged = ({ writes }: Tried): Result[] =>
  judgeAll(all, { reads: {} as never, writes }, { reads: true, writes: true, emails: true });

const unlike = (verdict: string, tried: Tried): string[] =>
  judged(tried)
    .filter(({ statement: { probe }, finding }) => "needs" in probe && finding.verdict !== verdict)
    .map(({ statement, finding }) => `${statement.name}: ${finding.verdict}: ${finding.details}`);

const invite = ["new@example.com"];

describe("the writes of a probe", () => {
  it("hold on an emulator as it starts", async () => {
    expect(unlike("holds", await desk.run({}, { invite }))).toEqual([]);
  });

  it("send these requests, and no others", async () => {
    const { requests } = await desk.run({}, { invite });
    expect(requests).toEqual([
      "POST /organizations/",
      "GET /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "GET /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "GET /organizations/pulumi-avala-probe-*/",
      "PATCH /organizations/pulumi-avala-probe-*/",
      "GET /organizations/probe-*/",
      "GET /organizations/pulumi-avala-probe-*/",
      "POST /organizations/probe-*/teams/",
      "GET /organizations/probe-*/teams/?limit=100&page=1",
      "POST /organizations/probe-*/teams/",
      "POST /organizations/probe-*/teams/",
      "GET /organizations/probe-*/teams/?limit=100&page=1",
      "GET /organizations/probe-*/",
      "GET /organizations/probe-*/members/?limit=100&page=1",
      "POST /organizations/probe-*/members/",
      "GET /organizations/probe-*/teams/probe-team-2/members/?limit=100&page=1",
      "POST /organizations/probe-*/teams/probe-team-2/members/",
      "POST /organizations/probe-*/teams/probe-team-2/members/",
      "PATCH /organizations/probe-*/teams/probe-team-2/members/{uid}/role/",
      "POST /organizations/probe-*/invitations/",
      "POST /organizations/probe-*/invitations/",
      "GET /organizations/probe-*/teams/probe-team-2/members/?limit=100&page=1",
      "GET /organizations/probe-*/invitations/?limit=100&page=1",
      "DELETE /organizations/probe-*/teams/probe-team-2/members/{uid}/",
      "PATCH /organizations/probe-*/teams/probe-team/",
      "PATCH /organizations/probe-*/invitations/{uid}/",
      "POST /organizations/probe-*/invitations/{uid}/cancel/",
      "GET /organizations/probe-*/teams/?limit=100&page=1",
      "GET /organizations/probe-*/invitations/?limit=100&page=1",
      "DELETE /organizations/probe-*/teams/probe-team-3/",
      "GET /organizations/probe-*/teams/probe-team-3/",
      "DELETE /organizations/probe-*/teams/probe-team-3/",
      "GET /organizations/probe-*/",
      "GET /organizations/probe-*/",
      "DELETE /organizations/probe-*/",
      "GET /organizations/probe-*/",
      "GET /organizations/pulumi-avala-probe-*/",
      "GET /organizations/?limit=100&page=1",
    ]);
    expect(await desk.emulator.emails()).toMatchObject([{ to: "new@Example.com", kind: "invitation" }]);
  });

  it("leave everything else as it was, and send no email without an address", async () => {
    const before = await desk.emulator.state();
    const { left, requests } = await desk.run();
    expect(left).toBeUndefined();
    expect(await desk.emulator.state()).toEqual(before);
    expect(requests.filter((request) => request.includes("invitations"))).toEqual([]);
  });
});

const found = (tried: Tried) => settingsOf(judged(tried));

/** Settings that writes show, with the values of an emulator as it starts. */
const defaults = {
  readLagMs: 0,
  writeBody: "full",
  slugFollowsName: false,
  teamCreatorJoins: false,
  voidStatus: 204,
  organizationDelete: "hard",
  lowercaseEmails: false,
} satisfies Partial<Settings>;

describe("settings that writes show", () => {
  it.each<Partial<Settings>>([
    {},
    { readLagMs: 1500 },
    { readLagMs: 250 },
    { readLagMs: 5000 },
    { writeBody: "minimal" },
    { slugFollowsName: true },
    { teamCreatorJoins: true },
    { voidStatus: 200 },
    { organizationDelete: "soft" },
    { organizationDelete: "refuse" },
    { lowercaseEmails: true },
    { lowercaseEmails: true, writeBody: "minimal", readLagMs: 1500, organizationDelete: "refuse", voidStatus: 200 },
    { slugFollowsName: true, writeBody: "minimal", readLagMs: 1500, organizationDelete: "soft" },
    { slugFollowsName: true, teamCreatorJoins: true, readLagMs: 1000, organizationDelete: "refuse" },
  ])("%j", async (settings) => {
    const tried = await desk.run(settings, { invite });
    expect(found(tried)).toEqual({ ...defaults, ...settings });
    expect(tried.left).toBeUndefined();
  });

  it.each<Partial<Settings>>([
    { maxPageSize: 2 },
    { lists: "array" },
    { nextHost: "127.0.0.1:9", maxPageSize: 2 },
    { hideEmails: true },
    { currentUser: 403 },
    { hiddenIs: 403 },
    { expiredInvitations: "hidden" },
  ])("%j does not change them", async (settings) => {
    const tried = await desk.run(settings, { invite });
    expect(unlike("holds", tried)).toEqual([]);
    expect(found(tried)).toEqual(defaults);
    expect(tried.left).toBeUndefined();
  });

  it("a page that is smaller than what was asked for is there to see", async () => {
    const { writes } = await desk.run({ maxPageSize: 2 });
    expect(writes.teams?.pages.map(({ json }) => (json as { results: unknown[] }).results.length)).toEqual([2, 1]);
  });

  it("an organization that reads do not show within ten seconds ends the trial, and is deleted", async () => {
    const { left, requests, writes } = await desk.run({ readLagMs: 60_000 });
    expect(Object.keys(writes)).toEqual(["created"]);
    expect(left).toBeUndefined();
    expect(requests.filter((request) => !request.startsWith("GET"))).toEqual([
      "POST /organizations/",
      "DELETE /organizations/pulumi-avala-probe-*/",
    ]);
    expect((await desk.emulator.state()).organizations.map(({ name }) => name)).toEqual(["Acme"]);
  });
});

describe("a service that is unusual in another way", () => {
  it.each<[string, (body: string) => string]>([
    ["its uids are numbers", (body) => body.replace(/"uid":"[^"]*"/g, '"uid":7')],
    ["its objects have no uid", (body) => body.replace(/"uid":"[^"]*",?/g, "")],
    ["its objects have no name", (body) => body.replace(/"name":"[^"]*",?/g, "")],
    ["its lists count a row too many", (body) => body.replace(/"count":(\d+)/g, '"count":9999$1')],
    [
      "its lists have another page, which repeats the first",
      (body) => body.replace('"next":null', '"next":"/?page=1"'),
    ],
    ["its lists are objects", (body) => body.replace('"results":', '"rows":')],
  ])("%s: the organization is deleted", async (_, rewrite) => {
    const { left } = await desk.run({}, { rewrite });
    expect((await desk.emulator.state()).organizations.map(({ name }) => name)).toEqual(["Acme"]);
    expect(left?.exists ?? false).toBe(false);
  });

  it("its slug leads to another organization: nothing is written to that one", async () => {
    const before = (await desk.emulator.state()).organizations;
    const other = (body: string, method: string) =>
      method !== "GET" || body.includes('"results"')
        ? body
        : body.replace(/"uid":"[^"]*","name":"[^"]*"/, '"uid":"7","name":"Acme"');
    const { left, requests } = await desk.run({}, { rewrite: other });
    expect(requests.filter((request) => !request.startsWith("GET"))).toEqual(["POST /organizations/"]);
    const [acme, own] = (await desk.emulator.state()).organizations;
    expect(left).toMatchObject({ exists: true, name: own!.name, uid: own!.uid });
    expect([acme]).toEqual(before);
  });
});

it("a refused creation ends the trial at once: nothing else is tried", async () => {
  await desk.emulator.faults({ match: { method: "POST" }, action: { status: 403, body: { detail: "No." } } });
  const tried = await desk.run({}, { invite });
  expect(tried).toMatchObject({
    waited: 0,
    left: undefined,
    requests: ["POST /organizations/", "GET /organizations/?limit=100&page=1"],
  });
  const details = judged(tried).map(({ finding }) => finding.details);
  expect([...new Set(details)].filter((text) => !text.startsWith("Never tried"))).toEqual([
    "The organization was not created: 403.",
  ]);
});

it("an address that is a member's is not visible", async () => {
  const tried = await desk.run({}, { invite: [person("owner")] });
  expect(judged(tried).find(({ statement: { name } }) => name === "invitation-is-201")?.finding).toEqual({
    verdict: "notVisible",
    details: "The invitation was refused: 400.",
  });
  expect(await desk.emulator.emails()).toEqual([]);
});
