/**
 * The cases of docs/start/why-not-memberships.md, each run as its section says that it ends here, with exact requests and
 * emails. The page has a section for each row and names its issues and tests, and the other way round.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Seed } from "../../emulator/src/index.js";
import { acme, person, s, useService, uids, type Measured } from "../lifecycle/support.js";
import { Project, ref, type Declared } from "../support/pulumi.js";
import { invitation, organizationMember, team, teamMembership, teamRoster, type Program } from "../support/stack.js";

const root = resolve(__dirname, "../..");
const own = "test/engine/publicCases.test.ts";

interface Case {
  /** The public issues and pull requests, as the page links to them. */
  issues: readonly string[];
  run?: () => Promise<void>;
  /** Tests of other files, by file and title. */
  elsewhere?: readonly [file: string, title: string][];
}

const organization = uids.acme;
const core = `${uids.acme}/${uids.core}`;
const [ada, lee, mia, zoe] = ["ada", "lee", "mia", "zoe"].map(person) as [string, string, string, string];
const at = "/organizations/acme";
const inTeam = `${at}/teams/core/members/`;
const lists = { organizations: "GET /organizations/", teams: `GET ${at}/teams/`, inTeam: `GET ${inTeam}` };
const invite = `POST ${at}/invitations/`;
const email = `invitation ${zoe}`;
const quiet = { writes: [], emails: [], error: undefined };

const up = (program: Program) => s.measured(() => s.stack.up(program));
const preview = (program: Program) => s.measured(() => s.stack.preview(program));
const refresh = () => s.measured(() => s.stack.refresh());
const destroy = () => s.measured(() => s.stack.destroy());
const messages = ({ logged }: Measured) => logged.map(({ severity, message }) => `${severity} ${message}`);

const peopleOf = (rows: { email: string; role: string }[]) => rows.map((row) => `${row.email} ${row.role}`).toSorted();
const members = async () => peopleOf((await s.organizationNow()).members);
const teamMembers = async () => peopleOf((await s.teamNow()).members);

/** What runs of the engine have sent since the last call. */
async function sent(): Promise<{ writes: string[]; emails: string[] }> {
  const emails = (await s.emulator.emails()).map(({ kind, to }) => `${kind} ${to}`);
  const writes = (await s.emulator.writes()).toSorted();
  await s.emulator.clearLog();
  return { writes, emails };
}

const nothingSent = { writes: [], emails: [] };

/** A story on the real engine, after the first `up`. */
async function onEngine(declared: readonly Declared[], story: (project: Project) => Promise<void>): Promise<void> {
  const project = await Project.open(s.emulator.environment());
  try {
    project.declare(declared);
    await s.emulator.clearLog();
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    await story(project);
  } finally {
    project.close();
  }
}

const team150 = Array.from({ length: 150 }, (_, number) => person(`p${number}`));

/** Acme with 150 people in Core. */
function largeTeam(): Seed {
  const { people = [], organizations, ...seed } = acme();
  const [given] = organizations!;
  const joined = [...given!.members!, ...team150.map((address) => ({ email: address }))];
  const teams = [{ uid: uids.core, name: "Core", members: team150.map((address) => ({ email: address })) }];
  const everybody = [...people, ...team150.map((address) => ({ email: address }))];
  return { ...seed, people: everybody, organizations: [{ ...given!, members: joined, teams }] };
}

const github = (number: number) => `integrations/terraform-provider-github/issues/${number}`;

const cases: Record<string, Case> = {
  "An invitation expires": {
    issues: [github(1518), github(3645), "ros2-gbp/ros2-gbp-github-org/pull/62"],
    async run() {
      const program = (more = {}) => ({ zoe: organizationMember({ organization, email: zoe, ...more }) });
      expect(await up(program())).toMatchObject({ writes: [invite], emails: [email] });
      await s.emulator.expire(zoe);
      const expired = `The invitation of "${zoe}" into organization acme has expired.`;
      for (const run of [preview, up]) {
        const reported = await run(program());
        expect(reported).toMatchObject({ ...quiet, steps: ["same zoe"] });
        expect(messages(reported)).toEqual([`warning ${expired} A new value of resend invites them again.`]);
      }
      const another = program({ onExpiry: "resend", maxEmails: 2 });
      expect(await preview(another)).toMatchObject({ ...quiet, steps: ["update zoe"] });
      expect(await up(another)).toMatchObject({ emails: [email], steps: ["update zoe"] });
      await s.emulator.expire(zoe);
      const limited = await up(another);
      expect(limited).toMatchObject({ ...quiet, steps: ["same zoe"] });
      expect(messages(limited).join("\n")).toContain("invited 2 times, the most that maxEmails allows");
    },
  },
  "Someone who has not accepted is added again by every run": {
    issues: [github(3622), github(1624)],
    run: () =>
      onEngine(
        [
          { kind: "OrganizationMember", name: "zoe", args: { organization, email: zoe } },
          { kind: "TeamRoster", name: "core", args: { team: core, members: { [lee]: "lead", [zoe]: "member" } } },
          { kind: "Team", name: "crew", args: { organization, name: "Crew" } },
          { kind: "TeamMembership", name: "zoe-crew", args: { team: ref("crew"), email: zoe } },
        ],
        async (project) => {
          expect(await sent()).toEqual({ writes: [invite, `POST ${at}/teams/`], emails: [email] });
          expect((await project.expectOk(["preview"])).steps).toEqual([]);
          expect((await project.expectOk(["up", "--yes", "--skip-preview", "--refresh"])).steps).toEqual([]);
          expect(await sent()).toEqual(nothingSent);
        },
      ),
  },
  "An expired invitation cannot be deleted": {
    issues: [
      github(2693),
      "integrations/terraform-provider-github/pull/3058",
      "cloudflare/terraform-provider-cloudflare/issues/875",
    ],
    async run() {
      const listed: Declared = { kind: "OrganizationMember", name: "zoe", args: { organization, email: zoe } };
      await onEngine([listed], async (project) => {
        await s.emulator.expire(zoe);
        await sent();
        const destroyed = await project.expectOk(["destroy", "--yes", "--skip-preview"]);
        expect(destroyed.steps).toEqual(["delete OrganizationMember zoe"]);
        expect(project.resources()).toEqual([]);
        // The service refuses it, because the invitation has ended.
        expect(await sent()).toEqual({ writes: [expect.stringMatching(/^POST .*\/cancel\/$/)], emails: [] });
      });
      await s.emulator.settings({ expiredInvitations: "hidden" });
      await up({ zoe: organizationMember({ organization, email: zoe }) });
      await s.emulator.expire(zoe);
      expect(await destroy()).toMatchObject({ ...quiet, steps: ["delete zoe"] });
    },
  },
  "An accepted invitation is an error, or is sent again": {
    issues: [
      "mongodb/terraform-provider-mongodbatlas/issues/636",
      "mongodb/terraform-provider-mongodbatlas/issues/652",
    ],
    async run() {
      const program = { zoe: invitation({ organization, email: zoe }) };
      expect(await up(program)).toMatchObject({ emails: [email] });
      await s.emulator.accept(zoe);
      expect(await up(program)).toMatchObject({ ...quiet, steps: ["update zoe"] });
      expect(s.stack.outputs("zoe")["status"]).toBe("accepted");
      expect(await up(program)).toMatchObject({ ...quiet, steps: ["same zoe"], calls: [] });
      expect(await refresh()).toMatchObject({ ...quiet, steps: ["same zoe"] });
      expect(await destroy()).toMatchObject({ ...quiet, steps: ["delete zoe"] });
      expect(await members()).toContain(`${zoe} member`);
    },
  },
  "Onboarding takes two pull requests": {
    issues: ["hashicorp/terraform-provider-tfe/issues/470", "hashicorp/terraform-provider-tfe/pull/154"],
    elsewhere: [
      ["engine/lifecycle", "adds a pending team membership in the first up after the acceptance, with one POST"],
    ],
  },
  "Letter case makes endless changes": {
    issues: [github(196), github(1968), github(3533)],
    async run() {
      const program = (address: string) => ({
        zoe: organizationMember({ organization, email: address }),
        core: teamMembership({ team: core, email: address }),
      });
      await up(program("Zoe@Example.com"));
      await s.emulator.accept(zoe);
      await up(program("Zoe@Example.com"));
      expect(await teamMembers()).toEqual([`${lee} lead`, `${zoe} member`]);
      for (const address of [zoe, "ZOE@EXAMPLE.COM"]) {
        expect(await up(program(address))).toMatchObject({ ...quiet, steps: ["same zoe", "same core"], calls: [] });
        expect(await refresh()).toMatchObject({ ...quiet, steps: ["same zoe", "same core"] });
      }
    },
    elsewhere: [["engine/declaredTwice", "%s: the preview names both resources, without a call"]],
  },
  "A new address or login removes the person": {
    issues: ["hashicorp/terraform-provider-tfe/pull/114", "kubernetes/org/pull/2746"],
    async run() {
      const program = (address: string) => ({
        mia: organizationMember({ organization, email: address }),
        core: teamMembership({ team: core, email: address }),
      });
      const moved = person("mia.new");
      await up(program(mia));
      await s.emulator.readdress(mia, moved);
      expect(await refresh()).toMatchObject({ ...quiet, steps: ["same mia", "same core"] });
      expect(await up(program(mia))).toMatchObject({ ...quiet, steps: ["same mia", "same core"] });
      expect(await up(program(moved))).toMatchObject({ ...quiet, steps: ["update mia", "update core"] });
      expect(await up(program(moved))).toMatchObject({ ...quiet, steps: ["same mia", "same core"], calls: [] });
      expect(await teamMembers()).toEqual([`${lee} lead`, `${moved} member`]);
    },
  },
  "A new name, of a team or in the code, removes people": {
    issues: ["PagerDuty/terraform-provider-pagerduty/issues/974", github(865)],
    run() {
      const declared = (name: string): Declared[] => [
        { kind: "Team", name: "core", args: { organization, name, adopt: "core" } },
        { kind: "TeamMembership", name: "mia", args: { team: ref("core"), email: mia } },
      ];
      return onEngine(declared("Core"), async (project) => {
        expect(await sent()).toEqual({ writes: [`POST ${inTeam}`], emails: [] });
        await s.emulator.settings({ slugFollowsName: true });
        project.declare(declared("Platform"));
        const renamed = await project.expectOk(["up", "--yes", "--skip-preview"]);
        expect(renamed.steps).toEqual(["update Team core"]);
        expect(await sent()).toEqual({ writes: [`PATCH ${at}/teams/core/`], emails: [] });
        expect(await s.teamNow()).toMatchObject({ name: "Platform", slug: "platform" });
        expect(await teamMembers()).toEqual([`${lee} lead`, `${mia} member`]);
      });
    },
    elsewhere: [["engine/refactoring", "keeps people and invitations whose resources are renamed"]],
  },
  "A list removes people whom it does not name": {
    issues: [
      "grafana/terraform-provider-grafana/issues/813",
      "MyPureCloud/terraform-provider-genesyscloud/issues/1016",
      "kubernetes/org/issues/4365",
    ],
    async run() {
      const roster = (more = {}) => ({ core: teamRoster({ team: core, members: { [mia]: "member" }, ...more }) });
      const made = await up(roster());
      expect(made).toMatchObject({ writes: [`POST ${inTeam}`], steps: ["create core"] });
      expect(messages(made)).toEqual([`warning Team ${uids.core} holds 1 unmanaged person (${lee}).`]);
      expect(await teamMembers()).toEqual([`${lee} lead`, `${mia} member`]);
    },
    elsewhere: [["lifecycle/teamRoster", "check all removals together, before the first request"]],
  },
  "A deletion removes people whom the program has not added": {
    issues: ["pulumi/pulumi-alicloud/issues/715", github(1782)],
    async run() {
      await up({
        ada: organizationMember({ organization, email: ada, role: "admin", onDestroy: "retain" }),
        core: team({ organization, name: "Core", adopt: "core" }),
        mia: teamMembership({ team: core, email: mia }),
      });
      const { error, writes, emails } = await destroy();
      expect({ writes, emails }).toEqual({ writes: [`DELETE ${inTeam}${uids.mia}/`], emails: [] });
      expect(error?.message).toContain(`1 unmanaged person (${lee})`);
      expect(error?.message).toContain("[AVALA_GUARD]");
      expect(await teamMembers()).toEqual([`${lee} lead`]);
      expect(await members()).toContain(`${ada} admin`);
    },
  },
  "The owner is in the list": {
    issues: ["equinix-labs/terraform-equinix-metal-eks-anywhere/issues/47"],
    async run() {
      const owner = person("owner");
      const stays = [`warning "${owner}" is the owner of organization acme and stays the owner, whatever is declared.`];
      const made = await up({ owner: organizationMember({ organization, email: owner }) });
      expect(made).toMatchObject({ ...quiet, steps: ["create owner"] });
      expect(messages(made)).toEqual(stays);
      const destroyed = await destroy();
      expect(destroyed).toMatchObject({ ...quiet, steps: ["delete owner"] });
      expect(messages(destroyed)).toEqual(stays);
      expect(await members()).toContain(`${owner} owner`);
    },
    elsewhere: [
      ["lifecycle/organizationMember", "as the only admin is neither demoted nor removed; retain drops the resource"],
    ],
  },
  "What was not read counts as absent": {
    issues: [
      "mongodb/terraform-provider-mongodbatlas/issues/2871",
      "mongodb/terraform-provider-mongodbatlas/pull/2919",
      "integrations/terraform-provider-github/pull/1092",
      github(2132),
    ],
    async run() {
      await s.emulator.settings({ maxPageSize: 1 });
      await up({ core: teamRoster({ team: core, members: { [lee]: "lead", [mia]: "member", [ada]: "member" } }) });
      const pages = [lists.inTeam, lists.inTeam, lists.inTeam];
      const whole = await refresh();
      expect(whole).toMatchObject({ ...quiet, steps: ["same core"] });
      expect(whole.calls).toEqual([lists.organizations, lists.teams, ...pages]);

      s.mishaps({ on: /^GET .*\/core\/members\/.*page=2/, fate: 404, times: Infinity });
      const partial = await refresh();
      expect(partial).toMatchObject({ writes: [], emails: [] });
      expect(partial.error?.message).toContain("only a complete list proves that something is absent");

      s.mishaps();
      s.stack.environment = s.emulator.environment(await s.keyOf("zoe"));
      const forbidden = await refresh();
      expect(forbidden).toMatchObject({ writes: [], emails: [] });
      expect(forbidden.error?.message).toContain("[AVALA_ORGANIZATION_VANISHED]");
      expect([...s.stack.resources.keys()]).toEqual(["core"]);
    },
  },
  "Each membership costs its own requests": {
    issues: [
      "PagerDuty/terraform-provider-pagerduty/issues/318",
      "PagerDuty/terraform-provider-pagerduty/pull/1111",
      github(567),
    ],
    async run() {
      await s.emulator.reset(largeTeam());
      const declared = team150.map((address) => [address, teamMembership({ team: core, email: address })]);
      const program = Object.fromEntries(declared) as Program;
      expect(await up(program)).toMatchObject(quiet);
      // 150 people are two pages.
      const { calls } = await refresh();
      expect(calls).toEqual([lists.organizations, lists.teams, lists.inTeam, lists.inTeam]);
      expect(await preview(program)).toMatchObject({ ...quiet, calls: [] });
    },
  },
  "A lost response creates something twice": {
    issues: ["newrelic/terraform-provider-newrelic/issues/2678"],
    async run() {
      const program = {
        crew: team({ organization, name: "Crew" }),
        zoe: organizationMember({ organization, email: zoe }),
      };
      s.mishaps({ on: /^POST /, fate: "answer lost", times: 2 });
      const made = await up(program);
      expect(made).toMatchObject({ error: undefined, steps: ["create crew", "create zoe"], emails: [email] });
      expect(made.writes).toEqual([`POST ${at}/teams/`, invite]);
      expect((await s.organizationNow()).teams.map(({ name }) => name)).toEqual(["Core", "Crew"]);
      expect(await up(program)).toMatchObject({ ...quiet, steps: ["same crew", "same zoe"] });
    },
  },
  "What exists cannot be taken over": {
    issues: ["launchdarkly/terraform-provider-launchdarkly/pull/443", "pulumi/pulumi/issues/16175"],
    async run() {
      const people = {
        mia: organizationMember({ organization, email: mia }),
        lee: teamMembership({ team: core, email: lee, role: "lead" }),
      };
      const refused = await up({ core: team({ organization, name: "Core" }) });
      expect(refused).toMatchObject({ writes: [], emails: [] });
      expect(refused.error?.message).toContain(`adopt: "${uids.core}"`);
      const adopted = await up({ core: team({ organization, name: "Core", adopt: "core" }), ...people });
      expect(adopted).toMatchObject({ ...quiet, steps: ["create core", "create mia", "create lee"] });
    },
    elsewhere: [
      [
        "engine/import",
        "as edges, 100 people in 10 teams of 10: correct types, nothing to do, and a refresh without changes",
      ],
    ],
  },
};

/** Sections of the page that describe a case, by heading. */
function sectionsOf(page: string): Map<string, string> {
  const [, inside] = page.split(/^## (?:The cases|What is left)$/m);
  const sections = inside!.split(/^### /m).slice(1);
  return new Map(sections.map((text) => [text.split("\n", 1)[0]!, text.replaceAll(/\s+/g, " ")]));
}

const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, inner]) => inner!);
const testsOf = ({ run, elsewhere = [] }: Case) => [
  ...(run ? [own] : []),
  ...elsewhere.map(([file]) => `test/${file}.test.ts`),
];

describe("docs/start/why-not-memberships.md", () => {
  const sections = sectionsOf(readFileSync(join(root, "docs/start/why-not-memberships.md"), "utf8"));

  it("has a section for each case, and no others", () => {
    expect([...sections.keys()]).toEqual(Object.keys(cases));
  });

  it.each(Object.entries(cases))("%s: names the issues and the tests", (heading, row) => {
    const text = sections.get(heading)!;
    expect(found(text, /\]\(https:\/\/github\.com\/([^)]+)\)/g).toSorted()).toEqual(row.issues.toSorted());
    expect(found(text, /\]\(\.\.\/\.\.\/(test\/[^)]+)\)/g)).toEqual(testsOf(row));
  });
});

describe("a public case:", () => {
  useService();

  it.each(Object.entries(cases).filter(([, { run }]) => run))("%s", async (_, { run }) => {
    await expect(run!()).resolves.toBeUndefined();
  });

  const others = Object.entries(cases).flatMap(([heading, { elsewhere = [] }]) =>
    elsewhere.map(([file, title]) => ({ heading, file: `test/${file}.test.ts`, title })),
  );

  it.each(others)("$heading: is tested by $file", ({ file, title }) => {
    const path = join(root, file);
    const code = existsSync(path) ? readFileSync(path, "utf8") : "";
    expect(code).toContain(`(${JSON.stringify(title)},`);
  });
});
