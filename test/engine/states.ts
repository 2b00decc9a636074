/**
 * States as a version wrote them, with program and service: how they are created, and how they are kept in
 * test/fixtures/states/<version>.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { State } from "../../emulator/src/index.js";
import type { TestEmulator } from "../support/emulator.js";
import { ref, type Declared, type Outcome, type Project } from "../support/pulumi.js";

const folder = resolve(__dirname, "../fixtures/states");

/** A stack that a version of this package has written, and the service at that moment. */
export interface Recorded {
  /** The program, as data of programs/fromJson.js. */
  program: Declared[];
  /** The steps of its preview: those that are unfinished or can be repaired. */
  plan: string[];
  /** Output of `pulumi stack export`. */
  state: string;
  service: State;
  /** Address and moment under which state and service were written. */
  url: string;
  at: string;
}

export const recordedVersions = (): string[] => (existsSync(folder) ? readdirSync(folder) : []).toSorted();

export function readStates(version: string): Recorded {
  const read = (name: string) => readFileSync(join(folder, version, name), "utf8");
  const story = JSON.parse(read("program.json")) as Omit<Recorded, "state" | "service">;
  return { ...story, state: read("state.json"), service: JSON.parse(read("service.json")) as State };
}

/** The states of a version are never written again: users have them. */
export function writeStates(version: string, { state, service, ...story }: Recorded): void {
  refuseToOverwrite(version);
  const target = join(folder, version);
  mkdirSync(target, { recursive: true });
  const write = (name: string, value: unknown) =>
    writeFileSync(join(target, name), `${JSON.stringify(value, undefined, 2)}\n`);
  write("program.json", story);
  write("state.json", JSON.parse(state));
  write("service.json", service);
}

export function refuseToOverwrite(version: string): void {
  if (!recordedVersions().includes(version)) return;
  throw new Error(`The states of ${version} are in ${folder} already. Raise the version in package.json first.`);
}

/** The same at another address and another time: what was valid for a day when it was written is valid for a day now. */
export function movedTo(recorded: Recorded, url: string, now = Date.now()): Recorded {
  const later = now - Date.parse(recorded.at);
  const text = JSON.stringify(recorded)
    .replaceAll(recorded.url, url)
    // The emulator keeps milliseconds, and answers microseconds or whole seconds; the engine's times have more digits.
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}(?:000)?)?Z/g, (time, fraction?: string) => {
      const moved = new Date(Date.parse(time) + later).toISOString();
      return fraction?.length === 4 ? moved : moved.replace(/(\.\d{3})Z$/, "$1000Z").replace(".000000Z", "Z");
    });
  return JSON.parse(text) as Recorded;
}

const email = (name: string) => `${name}@example.com`;
const acme = ref("acme");
const given = ref("given");

/** Uid of a person who is declared by it. */
const lee = "1ee00000-0000-4000-8000-000000000000";

/** The start of the story. */
export const start = {
  people: [{ email: email("owner") }, { email: email("second") }, { email: email("lee"), uid: lee }],
  keys: [{ key: "avk_second", email: email("second") }],
  organizations: [
    {
      name: "Given",
      members: [{ email: email("owner"), role: "owner" as const }, { email: email("lee") }],
      teams: [{ name: "Old", members: [{ email: email("lee") }] }],
    },
  ],
};

const member = (name: string, more: object = {}): Declared => ({
  kind: "OrganizationMember",
  name,
  args: { organization: acme, email: email(name), ...more },
});
const invitation = (name: string): Declared => ({
  kind: "Invitation",
  name: `mail-${name}`,
  args: { organization: acme, email: email(`mail-${name}`) },
});
const membership = (name: string, team: string, more: object = {}): Declared => ({
  kind: "TeamMembership",
  name: `${name}-${team}`,
  args: { team: ref(team), email: email(name), role: "member", ...more },
});

/** Every kind in every status. */
const program = (url: string, organization: object): Declared[] => [
  { kind: "Organization", name: "acme", args: { name: "Acme", website: "https://example.com", ...organization } },
  { kind: "Organization", name: "given", args: { name: "Given", adopt: "given" } },
  { kind: "Team", name: "core", args: { organization: acme, name: "Core", color: "#10B981" } },
  { kind: "Team", name: "crew", args: { organization: acme, name: "Crew", forceDestroy: true } },
  { kind: "Team", name: "old", args: { organization: given, name: "Old", adopt: "old" } },
  member("ada", { role: "admin", reason: "Runs the robots", validUntil: "2099-12-31" }),
  member("gina"),
  member("invited", { resend: "first" }),
  member("expired", { maxEmails: 2 }),
  member("gone", { onDestroy: "retain" }),
  { kind: "OrganizationMember", name: "lee", args: { organization: given, user: lee, onDestroy: "retain" } },
  { kind: "OrganizationMember", name: "owner", args: { organization: given, email: email("owner"), role: "admin" } },
  ...["invited", "accepted", "expired", "gone"].map(invitation),
  membership("ada", "core", { role: "lead" }),
  membership("gina", "core", { onDestroy: "retain" }),
  membership("invited", "core"),
  { kind: "TeamMembership", name: "lee-old", args: { team: ref("old"), user: lee, role: "member" } },
  {
    kind: "TeamRoster",
    name: "roster",
    args: { team: ref("crew"), members: { [email("ada")]: "lead", [email("invited")]: "member" } },
  },
  {
    kind: "People",
    name: "staff",
    args: { organization: acme, people: [{ email: email("mia"), teams: ["core"] }], teams: { core: ref("core") } },
  },
  {
    kind: "Provider",
    name: "tenant",
    args: { apiKey: { $secret: "avk_second" }, baseUrl: url, allowInsecureBaseUrl: true },
  },
  {
    kind: "Organization",
    name: "beta",
    args: { name: "Beta", onDestroy: "delete" },
    options: { provider: ref("tenant") },
  },
];

/** Created, and not completed: its slug is taken. */
const half: Declared = { kind: "Organization", name: "half", args: { name: "Half", slug: "given" } };

/** The steps of the next preview: those that are unfinished, and a team membership that somebody else has removed. */
const plan = ["update Organization half", "update TeamMembership gina-core"];

/** Creates all of it, with the real engine. */
export async function storyOf(emulator: TestEmulator, project: Project): Promise<Recorded> {
  const { url } = emulator;
  const up = (declared: Declared[], ...args: string[]): Promise<Outcome> => {
    project.declare(declared);
    return project.up(["--skip-preview", ...args]);
  };
  const succeeded = async (run: Promise<Outcome>) => {
    const { code, screen } = await run;
    if (code !== 0) throw new Error(screen);
  };

  await succeeded(up(program(url, { description: "Robots" })));
  for (const name of ["ada", "gina", "mail-accepted"]) await emulator.accept(email(name));
  // The description leaves the program and is emptied; forceDestroy comes.
  const last = program(url, { forceDestroy: true });
  await succeeded(up(last));

  for (const name of ["expired", "mail-expired"]) await emulator.expire(email(name));
  for (const name of ["gone", "mail-gone"]) await emulator.decline(email(name));
  const uidOf = (name: string) => String(project.outputs(name)["userUid"]);
  await emulator.api("DELETE", `/organizations/acme/teams/core/members/${uidOf("gina")}/`);
  const stranger = await emulator.join(project.resource("acme").id!, email("stranger"));
  await emulator.api("POST", "/organizations/acme/teams/crew/members/", { user_uid: stranger.uid });
  await succeeded(project.refresh());

  const unfinished = await up([...last, half], "--target", "**half");
  if (unfinished.code === 0) throw new Error(unfinished.screen);
  return {
    program: [...last, half],
    plan,
    state: (await project.expectOk(["stack", "export"])).stdout,
    service: await emulator.state(),
    url,
    at: new Date().toISOString(),
  };
}
