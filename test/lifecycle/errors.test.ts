import { resources } from "../../provider/schema/index.js";
import { InProcessHost } from "../support/inProcessHost.js";
import type { Engine, Kind } from "../support/host.js";
import type { Declaration } from "../support/stack.js";
import { read, under } from "../examples/support.js";
import { ofEveryKind, ofKind, ofRuns } from "./errors.js";
import { codeOf } from "./identity/steps.js";
import { person, s, uids, useService } from "./support.js";
import type { Mishap } from "../support/unreliable.js";

useService();

type Properties = Record<string, unknown>;
const team = `${uids.acme}/${uids.core}`;
const organization = uids.acme;
const missing = "0000dead-0000-4000-8000-000000000000";
const kinds = Object.keys(resources) as Kind[];
const newcomer = person("zoe");

/** Inputs whose create changes something in Avala. */
const fresh: Record<Kind, Properties> = {
  organization: { name: "Beta" },
  team: { organization, name: "Beta" },
  organizationMember: { organization, email: newcomer },
  teamMembership: { team, email: person("mia") },
  teamRoster: { team, members: { [person("lee")]: "lead", [person("mia")]: "member" } },
  invitation: { organization, email: newcomer },
};

const declared = (kind: Kind, inputs: Properties): Declaration => ({ kind, inputs });
const up = (kind: Kind, inputs: Properties = fresh[kind]) => s.stack.up({ it: declared(kind, inputs) });

const env = (more: Record<string, string>) => (s.stack.environment = { ...s.stack.environment, ...more });
const failing = (...mishaps: Mishap[]) => s.mishaps(...mishaps.map((mishap) => ({ times: 99, ...mishap })));
const write = /^(?!GET)/;

/** Makes a run of this kind fail. */
type Condition = (kind: Kind) => Promise<unknown>;

const refuses =
  (fate: Mishap["fate"], on = write): Condition =>
  (kind) => {
    failing({ on, fate });
    return up(kind);
  };
const withSettings =
  (settings: Record<string, string>): Condition =>
  (kind) => {
    env(settings);
    return up(kind);
  };

/** The organization is named by this uid or slug. */
const elsewhereIn = (kind: Kind, name: string): Properties => {
  if ("team" in fresh[kind]) return { team: `${name}/${uids.core}` };
  return kind === "organization" ? { adopt: name } : { organization: name };
};

/** A second resource of the same object. */
const again: Record<Kind, Properties> = {
  ...fresh,
  organization: { name: "Acme", adopt: "acme" },
  team: { organization, name: "Core", adopt: "core" },
};

/** What each "when" of `ofEveryKind` means. */
const everywhere: Record<string, Condition> = {
  AVALA_CONFIG: withSettings({ AVALA_API_KEY: "" }),
  AVALA_READ_ONLY: withSettings({ AVALA_READ_ONLY: "1" }),
  AVALA_UNAUTHORIZED: withSettings({ AVALA_API_KEY: "avk_unknown" }),
  async AVALA_STATE_VERSION(kind) {
    await up(kind);
    s.stack.resources.get("it")!.outputs["__v"] = 99;
    await s.stack.refresh();
  },
  AVALA_DECLARED_TWICE: (kind) => s.stack.up({ it: declared(kind, again[kind]), again: declared(kind, again[kind]) }),
  AVALA_ORGANIZATION_VANISHED: (kind) => up(kind, { ...fresh[kind], ...elsewhereIn(kind, missing) }),
  AVALA_FORBIDDEN: refuses(403),
  AVALA_INVALID: refuses(400),
  AVALA_CONFLICT: refuses(409),
  AVALA_UNAVAILABLE: refuses(500),
  AVALA_UNEXPECTED_STATUS: refuses(302),
  AVALA_RESPONSE_SHAPE: refuses(() => "<html>", /./),
  AVALA_TRANSPORT: refuses("lost"),
  async AVALA_OUTCOME_UNKNOWN(kind) {
    let isWritten = false;
    const page = "<html>";
    const afterwards = { on: /^GET/, fate: (body: string) => (isWritten ? page : body) };
    const onWrite = () => {
      isWritten = true;
      return page;
    };
    failing({ on: write, fate: onWrite }, afterwards);
    await up(kind);
  },
};

const notShown: Condition = async (kind) => {
  await s.emulator.settings({ writeBody: "minimal", readLagMs: 600_000 });
  await up(kind);
};
const sameName: Condition = (kind) => up(kind, { ...fresh[kind], name: kind === "team" ? "Core" : "Acme" });
const adoptsAnother: Condition = async (kind) => {
  await up(kind);
  await up(kind, { ...fresh[kind], adopt: kind === "team" ? "core" : "acme" });
};
/** The address of the declared person is not theirs any more, and the resource has a new name. */
const movedAway: Condition = async (kind) => {
  const inTeam = kind === "teamMembership" || kind === "teamRoster";
  if (!inTeam) await s.emulator.join(organization, newcomer);
  await up(kind);
  await s.emulator.readdress(inTeam ? person("mia") : newcomer, person("other"));
  await s.stack.up({ other: declared(kind, fresh[kind]) });
};
/** One person more than the limit leaves. */
const tooMany: Condition = async (kind) => {
  env({ AVALA_MAX_REMOVALS: "1" });
  const second: Record<string, Properties> = {
    organizationMember: { organization, email: person("mia") },
    teamMembership: { team, email: person("ada") },
    invitation: { organization, email: person("other") },
  };
  const more = second[kind];
  s.stack.parallel = true;
  await s.stack.up({ it: declared(kind, fresh[kind]), ...(more && { more: declared(kind, more) }) });
  await s.stack.destroy();
};
const inNoTeam: Condition = (kind) => up(kind, { ...fresh[kind], team: `${organization}/${missing}` });
const bothWays: Condition = () =>
  s.stack.up({
    it: declared("teamRoster", fresh.teamRoster),
    other: declared("teamMembership", { team, user: uids.ada }),
  });
const hiding: Condition = async (kind) => {
  await s.emulator.settings({ hideEmails: true });
  await up(kind);
};

/** The team is deleted while its list is on the way. */
const deletedMeanwhile: Condition = async (kind) => {
  if (kind === "team") await up(kind, again.team);
  const list = kind === "team" ? /^GET .*\/teams\/(\?|$)/ : /^GET .*\/teams\/core\/members\//;
  const fate = async (body: string) => {
    await s.emulator.api("DELETE", "/organizations/acme/teams/core/");
    return body;
  };
  s.mishaps({ on: list, fate });
  await up(kind, { ...fresh[kind], ...(kind === "team" && { ...again.team, name: "Other" }) });
};

/** What each "when" of `ofKind` means. */
const single: Record<string, Condition> = {
  "one of this name exists already; the message contains the `adopt` line": sameName,
  async "it is deleted while it contains unmanaged people"(kind) {
    if (kind === "team") await up(kind, again.team);
    else {
      await up(kind);
      await s.emulator.join(s.stack.id("it"), person("mia"));
    }
    await s.stack.destroy();
  },
  "`adopt` names a different one than the state": adoptsAnother,
  "the team of `adopt` does not exist": (kind) => up(kind, { ...fresh[kind], adopt: "nowhere" }),
  async "`get` was called with an id of the wrong format, or of nothing that exists"(kind) {
    const host = new InProcessHost({ address: "", logged: [] } as unknown as Engine, s.stack.environment);
    await host.configure();
    await host.read(kind, "of no kind", {}).finally(() => host.close());
  },
  "somebody deletes the team during the run": deletedMeanwhile,
  "the key reaches no organization with the slug of `adopt` or `get`": (kind) =>
    up(kind, { ...fresh[kind], adopt: "nowhere" }),
  "the key reaches no organization with this slug": (kind) => up(kind, { ...fresh[kind], organization: "nowhere" }),
  "Avala's list does not show the new object yet": notShown,
  "the object of a write disappeared during the run": refuses(404),
  async "a change would send more than `maxEmails` emails"(kind) {
    await up(kind, { ...fresh[kind], maxEmails: 1 });
    await up(kind, { ...fresh[kind], maxEmails: 1, resend: "again" });
  },
  async "the API key's user would be removed or demoted"(kind) {
    env({ AVALA_API_KEY: await s.keyOf("ada") });
    await up(kind, { organization, email: person("ada"), role: "member" });
  },
  "`user` is the uid of somebody who is not a member": (kind) => up(kind, { organization, user: missing }),
  "the person has a different address now, and a new resource declares the former one": movedAway,
  "the run would remove more people than `AVALA_MAX_REMOVALS`": tooMany,
  "Avala hides the email addresses that are needed to find the person": hiding,
  "the team does not exist": inNoTeam,
  "a TeamRoster and a TeamMembership declare the same team": bothWays,
  async "the work takes longer than one part may; run `pulumi up` again"(kind) {
    const people = Array.from({ length: 20 }, (_, number) => person(`person${number}`));
    for (const email of people) await s.emulator.join(organization, email);
    env({ AVALA_SLICE_SECONDS: "1", AVALA_REQUESTS_PER_SECOND: "10" });
    await up(kind, { team, members: Object.fromEntries(people.map((email) => [email, "member"])) });
  },
  "an OrganizationMember declares the same person": (kind) =>
    s.stack.up({ it: declared(kind, fresh[kind]), other: declared("organizationMember", fresh.organizationMember) }),
};

async function codeOfRun(run: Promise<unknown>): Promise<string | undefined> {
  let code: string | undefined;
  await run.catch((error: Error) => (code = codeOf(error)));
  return code;
}

const common = kinds.flatMap((kind) => ofEveryKind.map(({ code, when }) => [kind, when, code] as const));
it.each(common)("%s: %s", async (kind, _, code) => {
  expect(await codeOfRun(everywhere[code]!(kind))).toBe(code);
});

const own = kinds.flatMap((kind) => ofKind[kind].map(({ code, when }) => [kind, when, code] as const));
it.each(own)("%s alone: %s", async (kind, when, code) => {
  expect(await codeOfRun(single[when]!(kind))).toBe(code);
});

it("every code of a resource is in the tables", () => {
  // Functions, the command line, components, mocks and scripts have codes of their own.
  const rooms = ["core", "client", "snapshot", "policy", "lifecycle", "resources"].flatMap((room) =>
    under(`provider/${room}`, ".ts"),
  );
  const codes = rooms.flatMap((path) => [...read(path).matchAll(/\bcode = "([A-Z_]+)"/g)].map(([, code]) => code!));
  const listed = [...ofEveryKind, ...Object.values(ofKind).flat()].map(({ code }) => code);
  expect([...new Set([...listed, ...ofRuns])].toSorted()).toEqual([...new Set(codes)].toSorted());
});
