import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Stack } from "../support/stack.js";
import { declared, kinds, seed } from "./everyKind.js";

/* Keys that are restricted to scopes: a forbidden step is refused with the name of the scope, and never recorded as done. */

jest.setTimeout(60_000);

const before = declared("before", "member", "member");
const after = declared("after", "admin", "lead");

let emulator: TestEmulator;
beforeEach(async () => {
  emulator = await startEmulator({ seed });
  await emulator.addKey("avk_read", "owner@example.com", ["organizations.read"]);
  await emulator.addKey("avk_write", "owner@example.com", ["organizations.write"]);
  await emulator.addKey("avk_both", "owner@example.com", ["organizations.read", "organizations.write"]);
  await emulator.addKey("avk_none", "owner@example.com", []);
});
afterEach(() => emulator.close());

function stackOf(key: string, of?: Stack): Stack {
  const stack = of ?? new Stack({});
  stack.environment = emulator.environment(key);
  stack.parallel = true;
  return stack;
}

/** The messages of a run that fails. */
async function refused(run: Promise<unknown>): Promise<string[]> {
  const ended = await run.then(
    () => undefined,
    (error: Error) => error,
  );
  if (ended === undefined) throw new Error("The run was not refused.");
  return (ended instanceof AggregateError ? (ended.errors as Error[]) : [ended]).map(({ message }) => message);
}

/** The outputs in the state, by name. */
const recordOf = (stack: Stack) => structuredClone(Object.fromEntries(stack.resources));

/** A refusal of the service, with the scope that is missing. */
const forbidden = (method: string, scope: string) =>
  expect.stringMatching(
    new RegExp(`^${method} /organizations/\\S* answered 403.* has the scope ${scope},.*\\[AVALA_FORBIDDEN\\]`, "s"),
  ) as string;

it("with organizations.read, previews and refreshes work, each write is refused, and nothing counts as done", async () => {
  const stack = stackOf("avk_local");
  await stack.up(before);
  const standing = (await emulator.state()).organizations;
  const recorded = recordOf(stack);
  await emulator.clearLog();

  stackOf("avk_read", stack);
  expect((await stack.preview(after)).steps.toSorted()).toEqual(kinds.map((kind) => `update ${kind}`).toSorted());
  expect((await stack.refresh()).steps.toSorted()).toEqual(kinds.map((kind) => `same ${kind}`).toSorted());
  expect(await emulator.writes()).toEqual([]);
  const write = forbidden("(POST|PATCH|DELETE)", "organizations\\.write");
  const messages = await refused(stack.up(after));
  expect(messages).toEqual(kinds.map(() => write));
  expect((await refused(stack.destroy())).length).toBeGreaterThan(0);
  expect((await emulator.requests()).filter(({ method }) => method !== "GET").map(({ status }) => status)).toEqual(
    (await emulator.writes()).map(() => 403),
  );
  expect((await emulator.state()).organizations).toEqual(standing);
  expect(await emulator.emails()).toEqual([]);
  // A roster records its completed steps: not all of them.
  const { teamRoster: roster, ...others } = recordOf(stack);
  expect({ ...others, teamRoster: recorded["teamRoster"] }).toEqual(recorded);
  expect(roster).toMatchObject({ initErrors: [write], outputs: { __unfinished: true } });

  // With the scope, the same run completes the rest.
  stackOf("avk_both", stack);
  expect((await stack.up(after)).steps.toSorted()).toEqual(kinds.map((kind) => `update ${kind}`).toSorted());
});

it("with organizations.read, nothing is created", async () => {
  const standing = await emulator.state();
  const stack = stackOf("avk_read");
  const write = forbidden("(POST|PATCH|DELETE)", "organizations\\.write");
  expect(await refused(stack.up(after))).toEqual(kinds.map(() => write));
  expect(await emulator.state()).toEqual(standing);
  // A roster records its completed steps: none.
  expect([...stack.resources.keys()]).toEqual(["teamRoster"]);
});

it.each(["avk_write", "avk_none"])("without organizations.read, %s does nothing: it cannot read", async (key) => {
  const stack = stackOf("avk_local");
  await stack.up(before);
  const made = await emulator.state();
  const recorded = recordOf(stack);
  await emulator.clearLog();
  stackOf(key, stack);
  const read = forbidden("GET", "organizations\\.read");
  // A preview of a settled stack sends no request.
  for (const run of [() => stack.refresh(), () => stack.up(after), () => stack.destroy()]) {
    for (const message of await refused(run())) expect(message).toEqual(read);
  }
  expect(recordOf(stack)).toEqual(recorded);
  expect(await emulator.writes()).toEqual([]);
  expect((await emulator.state()).organizations).toEqual(made.organizations);
});
