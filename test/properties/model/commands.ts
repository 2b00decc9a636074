import type { Fault } from "../../../emulator/src/index.js";
import { Broken } from "./observed.js";
import { keepsPreviewsPromise } from "./promises/convergence.js";
import { stateAgreesWithService } from "./promises/records.js";
import { refusesWithReason, fixFor } from "./expectedErrors.js";
import { down, preview, refresh, up, upWithRefresh } from "./runs.js";
import { acme, admin, type Dice, type Move, type World } from "./world.js";

const command =
  (line: string, run: (world: World, dice: Dice) => Promise<void>): Move =>
  (world, dice) => ({ line, take: () => run(world, dice) });

const previewedUp = command("preview, up", async (world) => {
  const shown = await world.run(world.stack, preview(world.stack));
  const done = await world.run(world.stack, up(world.stack));
  refusesWithReason(world, shown);
  refusesWithReason(world, done);
  keepsPreviewsPromise(shown, done);
});

export const plainUp = command("up", async (world) =>
  refusesWithReason(world, await world.run(world.stack, up(world.stack))),
);

const refreshingUp = command("up --refresh", async (world) =>
  refusesWithReason(world, await world.run(world.stack, upWithRefresh(world.stack))),
);

const onlyRefresh = command("refresh", async (world) => {
  const looked = await world.run(world.stack, refresh(world.stack));
  refusesWithReason(world, looked);
  stateAgreesWithService(looked);
});

const destroyed = command("destroy", async (world) => {
  refusesWithReason(world, await world.run(world.stack, down(world.stack)));
});

/** The machine goes down after the last request: only a part of the changes is recorded. */
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
    // A lost record also removes those that depend on it.
    for (const [name, { dependencies }] of stack.resources) {
      if (dependencies.some((other) => !stack.resources.has(other))) stack.resources.delete(name);
    }
  },
});

const colleaguesUp = command("somebody else runs the same program in a state of their own", async (world) => {
  world.colleagueUsed = true;
  refusesWithReason(world, await world.run(world.colleague, up(world.colleague)));
});

/** An invalid program is refused before anything happens. */
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
  { status: 404, body: { detail: "Not found." } },
  { status: 404, body: { detail: "Not found." }, after: true },
  { status: 409, body: { detail: "Conflict." } },
  { status: 409, body: { detail: "Conflict." }, after: true },
  { status: 401, body: { detail: "No." } },
  { status: 200 },
  { repeat: "previous" },
];

/** One call, or it and all after it, fail. */
const faulty: Move = (world, dice) => {
  const method = dice.pick([undefined, "POST", "PATCH", "DELETE", "GET"] as const);
  const times = dice.pick([1, 1, 2, 6])!;
  const nth = 1 + dice.roll(6);
  const action = dice.pick(mishaps)!;
  const run = dice.pick([up, up, upWithRefresh, up, refresh, preview, down])!(world.stack);
  return {
    line: `${run.name}, in which ${JSON.stringify({ method, nth, times, action })}`,
    take: async () => {
      await world.emulator.faults({ match: { ...(method && { method }), nth }, action, times });
      const observed = await world.run(world.stack, { ...run, faulty: true });
      // A run that has survived its faults has still read everything.
      if (run.name === "refresh") stateAgreesWithService(observed);
    },
  };
};

/** The next run begins before reads show the changes of the last one. */
const hasty = command("up, at once", async (world) =>
  refusesWithReason(world, await world.run(world.stack, { ...up(world.stack), atOnce: true })),
);

/** The causes of the last refusal are corrected. */
const obey: Move = (world) => {
  const follow = world.lastErrors.map((line) => fixFor(world, world.stack, line)).find(Boolean);
  if (!follow) return undefined;
  return { line: "follow the error", take: async () => follow() };
};

/** The key is revoked in the middle of a run; the next one is another key of the same person. */
const revoked: Move = (world, dice) => {
  const nth = 1 + dice.roll(8);
  const run = dice.pick([up, upWithRefresh, down])!(world.stack);
  return {
    line: `${run.name}, in which the key is revoked after call ${nth}`,
    take: async () => {
      const key = world.stack.environment["AVALA_API_KEY"]!;
      const act = async () => void (await world.emulator.revokeKey(key));
      await world.run(world.stack, { ...run, meanwhile: { nth, act } });
      await world.emulator.addKey(key, world.keyEmail(world.stack));
    },
  };
};

/** The API key's user loses their role, or their access, in the middle of a run, and gets it back afterwards. */
const downgraded: Move = (world, dice) => {
  const organization = world.organization(acme)!;
  const uid = world.uid(admin)!;
  const isAdmin = organization.members.some(
    ({ email, role }) => email === world.addresses.get(admin) && role === "admin",
  );
  if (!isAdmin || world.keyEmail(world.stack) !== world.addresses.get(admin)) return undefined;
  const nth = 1 + dice.roll(8);
  const removed = dice.roll(3) === 2;
  const run = dice.pick([up, upWithRefresh, down])!(world.stack);
  const member = `/organizations/${organization.slug}/members/${uid}/`;
  const act = () =>
    removed
      ? (world.emulator.api("DELETE", member) as Promise<void>)
      : (world.emulator.api("PATCH", `${member}role/`, { role: "member" }) as Promise<void>);
  return {
    line: `${run.name}, in which ${admin} is ${removed ? "removed" : "made a member"} after call ${nth}`,
    take: async () => {
      await world.run(world.stack, { ...run, meanwhile: { nth, act } });
      await world.readmit();
    },
  };
};

export const commands: Move[] = [
  previewedUp,
  plainUp,
  plainUp,
  refreshingUp,
  onlyRefresh,
  command("preview", async (world) => refusesWithReason(world, await world.run(world.stack, preview(world.stack)))),
  destroyed,
  killedUp,
  colleaguesUp,
  obey,
  obey,
  hasty,
  revoked,
  downgraded,
  invalid,
  faulty,
  faulty,
  faulty,
];
