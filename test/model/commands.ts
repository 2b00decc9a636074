import type { Fault } from "../../emulator/src/index.js";
import type { Stack } from "../support/stack.js";
import {
  Broken,
  keepsPreviewsPromise,
  serviceIsAsDeclared,
  stateAgreesWithService,
  staysSettled,
  type Observed,
} from "./invariants.js";
import { type Command, type Dice, type Move, type World } from "./world.js";

const up = (stack: Stack): Command => ({ name: "up", run: (program) => stack.up(program) });
const upWithRefresh = (stack: Stack): Command => ({
  name: "up --refresh",
  run: (program) => stack.up(program, { refresh: true }),
});
const preview = (stack: Stack): Command => ({
  name: "preview",
  writing: false,
  run: (program) => stack.preview(program),
});
const refresh = (stack: Stack): Command => ({ name: "refresh", writing: false, run: () => stack.refresh() });
const destroy = (stack: Stack): Command => ({ name: "destroy", program: {}, run: () => stack.destroy() });

/** Where no call comes to grief, an error is a refusal that says what to do. */
function refusesWithReason({ command, error }: Observed): void {
  if (error === undefined || remedies.some(({ says }) => says.test(error.message))) return;
  throw new Broken("Without faults, an error is a refusal that tells the way out", `${command}: ${error.message}`);
}

const command =
  (line: string, run: (world: World, dice: Dice) => Promise<void>): Move =>
  (world, dice) => ({ line, take: () => run(world, dice) });

const previewedUp = command("preview, up", async (world) => {
  const shown = await world.run(world.stack, preview(world.stack));
  const done = await world.run(world.stack, up(world.stack));
  refusesWithReason(shown);
  refusesWithReason(done);
  keepsPreviewsPromise(shown, done);
});

export const plainUp = command("up", async (world) => refusesWithReason(await world.run(world.stack, up(world.stack))));

const refreshingUp = command("up --refresh", async (world) =>
  refusesWithReason(await world.run(world.stack, upWithRefresh(world.stack))),
);

const onlyRefresh = command("refresh", async (world) => {
  const looked = await world.run(world.stack, refresh(world.stack));
  refusesWithReason(looked);
  stateAgreesWithService(looked);
});

const destroyed = command("destroy", async (world) => {
  refusesWithReason(await world.run(world.stack, destroy(world.stack)));
});

/** The machine goes down after the last request: of what was done, only a part is recorded. */
const killedUp: Move = (world, dice) => ({
  line: "an up is killed",
  take: async () => {
    const { stack } = world;
    const observed = await world.run(stack, up(stack));
    const lost = new Set<string>();
    for (const name of new Set([...observed.records.keys(), ...observed.recordsNow.keys()])) {
      if (dice.roll(3) === 2) continue;
      const before = observed.records.get(name);
      if (before === observed.recordsNow.get(name)) continue;
      lost.add(name);
      if (before) stack.resources.set(name, before);
      else stack.resources.delete(name);
    }
    // Whose record is lost takes those along that depend on it.
    for (const [name, { dependencies }] of stack.resources) {
      if (dependencies.some((other) => !stack.resources.has(other))) stack.resources.delete(name);
    }
  },
});

const colleaguesUp = command("somebody else runs the same program in a state of their own", async (world) => {
  world.colleagueUsed = true;
  refusesWithReason(await world.run(world.colleague, up(world.colleague)));
});

/** What a program cannot mean is refused before anything happens. */
const invalid: Move = (world, dice) => {
  const [name] = dice.pick([...world.items].filter(([, { kind }]) => kind !== "teamRoster")) ?? [];
  if (name === undefined) return undefined;
  const { [name]: declaration } = world.program;
  const wrong = dice.pick([{ colour: "red" }, { organization: 7, team: 7, name: "" }])!;
  const program = { ...world.program, [name]: { ...declaration!, inputs: { ...declaration!.inputs, ...wrong } } };
  return {
    line: `preview with ${JSON.stringify(wrong)} in ${name}`,
    take: async () => {
      const { error } = await world.run(world.stack, { ...preview(world.stack), program });
      if (error === undefined) throw new Broken("An invalid program is refused", `${JSON.stringify(wrong)} in ${name}`);
    },
  };
};

const mishaps: Fault["action"][] = [
  { drop: "before" },
  { drop: "after" },
  { truncate: true },
  { status: 500 },
  { status: 500, after: true },
  { status: 502, body: "<html>Bad gateway</html>", after: true },
  { status: 503, headers: { "retry-after": "0" } },
  { status: 429, headers: { "retry-after": "0" } },
  { status: 403, body: { detail: "No." } },
  { status: 401, body: { detail: "No." } },
  { status: 200 },
  { repeat: "previous" },
];

/** One call, or it and those after it, come to grief. */
const faulty: Move = (world, dice) => {
  const method = dice.pick([undefined, "POST", "PATCH", "DELETE", "GET"] as const);
  const times = dice.pick([1, 1, 2, 6])!;
  const nth = 1 + dice.roll(6);
  const action = dice.pick(mishaps)!;
  const run = dice.pick([up, up, upWithRefresh, up, refresh, preview, destroy])!(world.stack);
  return {
    line: `${run.name}, in which ${JSON.stringify({ method, nth, times, action })}`,
    take: async () => {
      await world.emulator.faults({ match: { ...(method && { method }), nth }, action, times });
      await world.run(world.stack, { ...run, faulty: true });
    },
  };
};

export const commands: Move[] = [
  previewedUp,
  plainUp,
  plainUp,
  refreshingUp,
  onlyRefresh,
  command("preview", async (world) => refusesWithReason(await world.run(world.stack, preview(world.stack)))),
  destroyed,
  killedUp,
  colleaguesUp,
  invalid,
  faulty,
  faulty,
  faulty,
];

interface Remedy {
  says: RegExp;
  /** Does what the message says. */
  follow(world: World, stack: Stack, found: RegExpExecArray): void | Promise<void>;
}

const itemsWhere = (world: World, test: (text: string) => boolean) =>
  [...world.items].filter(([, item]) => test(JSON.stringify(item)));

/** What people do after a refusal. */
const remedies: Remedy[] = [
  {
    says: /(?:organization|team) named "([^"]+)" exists already[^]*adopt: "([^"]+)"/,
    follow(world, _, [, name, adopt]) {
      for (const [key, item] of world.items) {
        if (item.fields["name"] === name) world.items.set(key, { ...item, fields: { ...item.fields, adopt } });
      }
    },
  },
  {
    says: /There is no team "?([-\w]+)"? in organization/,
    follow(world, _, [, adopt]) {
      for (const [key, item] of world.items) {
        if (item.fields["adopt"] !== adopt) continue;
        const { adopt: __, ...fields } = item.fields;
        world.items.set(key, { ...item, fields });
      }
    },
  },
  {
    says: /Team ([-\w]+)\/([-\w]+) is not deleted, because of .* that no declaration knows/,
    async follow(world, _, [, organization, team]) {
      const row = world.organization(organization!)!;
      const found = row.teams.find(({ uid }) => uid === team)!;
      for (const { email } of found.members) {
        const user = world.service.people.find((one) => one.email === email)!.uid;
        await world.emulator.api("DELETE", `/organizations/${row.slug}/teams/${found.slug}/members/${user}/`);
      }
    },
  },
  {
    says: /Organization ([-\w]+) is not deleted, because of what is inside/,
    async follow(world, _, [, organization]) {
      const row = world.organization(organization!)!;
      for (const { email, role } of row.members) {
        const user = world.service.people.find((one) => one.email === email)!.uid;
        if (role !== "owner") await world.emulator.api("DELETE", `/organizations/${row.slug}/members/${user}/`);
      }
    },
  },
  {
    says: /"([^"]+)" is not mailed again\. They have been mailed/,
    follow(world, _, [, email]) {
      for (const [key, item] of itemsWhere(world, (text) => text.toLowerCase().includes(email!.toLowerCase()))) {
        if (item.kind === "organizationMember")
          world.items.set(key, { ...item, fields: { ...item.fields, maxEmails: 100 } });
      }
    },
  },
  {
    says: /User ([-\w]+) is no member of organization .* nobody can be invited by uid/,
    follow(world, _, [, uid]) {
      const email = world.service.people.find((row) => row.uid === uid)!.email;
      for (const [key, item] of world.items) {
        if (item.kind !== "organizationMember" || !item.spelling || !("user" in item.spelling)) continue;
        if (item.spelling.user === uid) world.items.set(key, { ...item, spelling: { email } });
      }
    },
  },
  { says: /Run pulumi refresh, so that state knows/, follow() {} },
  {
    says: /Organization ([-\w]+) is not visible to this API key/,
    follow(world, stack, [, uid]) {
      const assumed = stack.environment["AVALA_ASSUME_DELETED"] ?? "";
      stack.environment = { ...stack.environment, AVALA_ASSUME_DELETED: `${assumed} ${uid}` };
      for (const [key, item] of world.items) {
        if (item.fields["adopt"] !== uid) continue;
        const { adopt: _, ...fields } = item.fields;
        world.items.set(key, { ...item, fields });
      }
    },
  },
];

/**
 * Brings a stack to what is declared. Every error says what to do, and is followed; no message comes twice, so there are
 * as many runs as messages, and one without. What that one takes away at its end (a person who leaves the organization
 * leaves its teams) is seen by one more look: hence the second. Then everything is settled.
 */
async function converge(world: World, stack: Stack): Promise<Observed> {
  const told = new Set<string>();
  for (;;) {
    const { error, steps } = await world.run(stack, upWithRefresh(stack));
    if (error === undefined) {
      const quiet = steps.every((step) => !step.startsWith("delete ") && !step.startsWith("replace "));
      return quiet ? world.run(stack, refresh(stack)) : world.run(stack, upWithRefresh(stack));
    }
    for (const message of error.message.split("\n")) {
      const found = remedies.map((remedy) => ({ remedy, match: remedy.says.exec(message) })).find(({ match }) => match);
      if (!found || told.has(message)) {
        throw new Broken("What an error tells to do helps", `${told.has(message) ? "again " : ""}${message}`);
      }
      told.add(message);
      world.script.push(`  told: ${message.slice(0, 160)}`);
      await found.remedy.follow(world, stack, found.match!);
    }
    await world.look();
  }
}

/** Once nothing happens any more: everything comes to what is declared, and stays as it is, for whoever runs the program. */
export async function settle(world: World): Promise<void> {
  const stacks = [...(world.colleagueUsed ? [world.colleague] : []), world.stack];
  for (const stack of stacks) await converge(world, stack);
  for (const stack of stacks.slice(0, -1)) await converge(world, stack);
  for (const stack of stacks) {
    const looked = await world.run(stack, upWithRefresh(stack));
    if (looked.error) throw new Broken("Settled stacks run without errors", looked.error.message);
    stateAgreesWithService(looked);
    serviceIsAsDeclared(looked);
    staysSettled(await world.run(stack, preview(stack)));
  }
}
