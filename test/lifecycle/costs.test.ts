import { flagsOf, resources } from "../../provider/schema/index.js";
import type { Kind } from "../support/host.js";
import { documented } from "../support/operationIds.js";
import type { Program } from "../support/stack.js";
import { costs, type Cost } from "./costs.js";
import { acme, person, s, uids, useService, type Measured } from "./support.js";

useService();

type Properties = Record<string, unknown>;
const team = `${uids.acme}/${uids.core}`;
const organization = uids.acme;
const kinds = Object.keys(resources) as Kind[];

/** The steps that are compared: what is declared before, what happens since, and the run that is measured. */
interface Scenario {
  before?: Properties;
  since?: () => Promise<unknown>;
  /** The inputs of the measured up; without them everything is destroyed. */
  after?: Properties;
  run?: "refresh";
}

const newcomer = person("zoe");
const member = { organization, email: person("mia") };
const invited = { organization, email: newcomer };
const accept = () => s.emulator.accept(newcomer);
const roster = { team, members: { [person("lee")]: "lead", [person("mia")]: "member" } };

/** The steps of each kind beside its changes, by the words of the table. */
const scenarios: Record<Kind, Record<string, Scenario>> = {
  organization: {
    create: { after: { name: "Beta" } },
    "create with `adopt`": { after: { name: "Acme", adopt: "acme" } },
    "`up` without a change": { before: { name: "Beta" }, after: { name: "Beta" } },
    refresh: { before: { name: "Beta" }, run: "refresh" },
    "destroy, created by the resource": { before: { name: "Beta" } },
    'destroy, adopted, imported or with `onDestroy: "retain"`': { before: { name: "Acme", adopt: "acme" } },
  },
  team: {
    create: { after: { organization, name: "Beta" } },
    "create with `adopt`": { after: { organization, name: "Core", adopt: "core" } },
    "`up` without a change": { before: { organization, name: "Beta" }, after: { organization, name: "Beta" } },
    refresh: { before: { organization, name: "Beta" }, run: "refresh" },
    destroy: { before: { organization, name: "Beta" } },
  },
  organizationMember: {
    "create, a new person": { after: invited },
    "create, a member with the declared role": { after: member },
    "create, a member with a different role": { after: { ...member, role: "admin" } },
    "`up` without a change, invited": { before: invited, after: invited },
    "first `up` after the acceptance": { before: invited, since: accept, after: invited },
    "`up` without a change, member": { before: member, after: member },
    "refresh, invited": { before: invited, run: "refresh" },
    "refresh, member": { before: member, run: "refresh" },
    "destroy, invited": { before: invited },
    "destroy, member": { before: member },
  },
  teamMembership: {
    "create, a member of the organization": { after: { team, email: person("mia") } },
    "create, already in the team with the declared role": { after: { team, email: person("lee"), role: "lead" } },
    "create, not a member of the organization (waiting)": { after: { team, email: newcomer } },
    "`up` without a change, active": {
      before: { team, email: person("mia") },
      after: { team, email: person("mia") },
    },
    "`up` without a change, waiting": { before: { team, email: newcomer }, after: { team, email: newcomer } },
    "first `up` after the person has become a member": {
      before: { team, email: newcomer },
      since: () => s.emulator.join(uids.acme, newcomer),
      after: { team, email: newcomer },
    },
    "refresh, active": { before: { team, email: person("mia") }, run: "refresh" },
    "destroy, active": { before: { team, email: person("mia") } },
    "destroy, waiting": { before: { team, email: newcomer } },
  },
  teamRoster: {
    "create, one person is missing": { after: roster },
    "create, everybody is in the team": { after: { team, members: { [person("lee")]: "lead" } } },
    "`up` without a change, nobody waiting": { before: roster, after: roster },
    "`up` without a change, somebody waiting": {
      before: { team, members: { ...roster.members, [newcomer]: "member" } },
      after: { team, members: { ...roster.members, [newcomer]: "member" } },
    },
    "change of `members`, one more person": {
      before: roster,
      after: { team, members: { ...roster.members, [person("ada")]: "member" } },
    },
    "change of `members`, one person fewer": { before: roster, after: { team, members: { [person("lee")]: "lead" } } },
    refresh: { before: roster, run: "refresh" },
    "destroy, two people": { before: roster },
  },
  invitation: {
    "create, a new person": { after: invited },
    "create, a member": { after: member },
    "`up` without a change, invited": { before: invited, after: invited },
    "first `up` after the acceptance": { before: invited, since: accept, after: invited },
    "refresh, invited": { before: invited, run: "refresh" },
    "destroy, invited": { before: invited },
    "destroy, accepted": { before: member },
  },
};

/** A different value of every input that can change without a replacement, from the starts below. */
const values: Record<Kind, Properties> = {
  organization: {
    name: "Gamma",
    description: "Robots",
    website: "https://acme.example.com",
    industry: "robotics",
    email: "info@example.com",
    phone: "1",
    visibility: "public",
    handle: "acme",
    slug: "gamma",
    logo: "https://acme.example.com/logo.png",
    onDestroy: "retain",
    forceDestroy: true,
    allowDuplicateName: true,
    reason: "Agreed",
  },
  team: { name: "Gamma", description: "Robots", color: "#123456", forceDestroy: true, reason: "Agreed" },
  organizationMember: {
    role: "admin",
    onExpiry: "resend",
    maxEmails: 5,
    resend: "again",
    onDestroy: "retain",
    reason: "Agreed",
    validUntil: "2999-01-31",
  },
  teamMembership: { role: "lead", onDestroy: "retain", reason: "Agreed", validUntil: "2999-01-31" },
  teamRoster: { members: { ...roster.members, [person("mia")]: "lead" }, unmanaged: "ignore" },
  invitation: { role: "admin", resend: "again" },
};

/** The resources whose inputs change, by the words that the table adds. */
const starts: Record<Kind, Record<string, Properties>> = {
  organization: { "": { name: "Beta" } },
  team: { "": { organization, name: "Beta" } },
  organizationMember: { ", invited": invited, ", member": member },
  teamMembership: { "": { team, email: person("mia") } },
  teamRoster: { "": roster },
  invitation: { ", invited": invited },
};

let known: Awaited<ReturnType<typeof documented>> | undefined;

/** The operations of a run, lists first. */
async function costOf({ calls, emails }: Measured): Promise<Omit<Cost, "when">> {
  known ??= await documented(s.emulator);
  const name = (call: string) => {
    const [method, path] = call.split(" ") as [string, string];
    return known!.find((row) => row.method === method && row.pattern.test(path))?.id ?? call;
  };
  const reads = calls.filter((call) => call.startsWith("GET ")).map(name);
  const writes = calls.filter((call) => !call.startsWith("GET ")).map(name);
  return { operations: [...reads.toSorted(), ...writes], emails: emails.length };
}

async function costOfScenario(kind: Kind, { before, since, after, run }: Scenario) {
  await s.begin(acme());
  const declared = (inputs: Properties | undefined): Program => (inputs ? { it: { kind, inputs } } : {});
  if (before) await s.stack.up(declared(before));
  await since?.();
  const measured = await s.measured(() => {
    if (run) return s.stack.refresh();
    return after ? s.stack.up(declared(after)) : s.stack.destroy();
  });
  expect(measured.error).toBeUndefined();
  return costOf(measured);
}

/** The cost of a change of each input; inputs with one cost share a row. */
async function costsOfChanges(kind: Kind, suffix: string, start: Properties): Promise<Cost[]> {
  const rows: (Cost & { names: string[] })[] = [];
  for (const [name, value] of Object.entries(values[kind])) {
    const cost = await costOfScenario(kind, { before: start, after: { ...start, [name]: value } });
    const same = rows.find(
      (row) => JSON.stringify([row.operations, row.emails]) === JSON.stringify(Object.values(cost)),
    );
    if (same) same.names.push(name);
    else rows.push({ when: "", ...cost, names: [name] });
  }
  return rows.map(({ names, operations, emails }) => {
    const shown = names.map((name) => (name === "members" ? "`members`, another role" : `\`${name}\``)).join(", ");
    return { when: `change of ${shown}${suffix}`, operations, emails };
  });
}

async function measuredCosts(kind: Kind): Promise<Cost[]> {
  const rows: Cost[] = [];
  for (const [when, scenario] of Object.entries(scenarios[kind])) {
    rows.push({ when, ...(await costOfScenario(kind, scenario)) });
  }
  for (const [suffix, start] of Object.entries(starts[kind])) rows.push(...(await costsOfChanges(kind, suffix, start)));
  return rows;
}

it.each(kinds)("a change of every input of %s is measured, except those that replace it", (kind) => {
  const { inputs } = resources[kind];
  const names = Object.entries(inputs).filter(([name, schema]) => name !== "adopt" && !flagsOf(schema).replaces);
  expect(Object.keys(values[kind]).toSorted()).toEqual(names.map(([name]) => name).toSorted());
});

it.each(kinds)("the requests and emails of %s are those of its page", async (kind) => {
  expect(await measuredCosts(kind)).toEqual(costs[kind]);
});
