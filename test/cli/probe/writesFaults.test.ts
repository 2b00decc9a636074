import type { Fault, Settings } from "../../../emulator/src/index.js";
import { acme } from "../../lifecycle/support.js";
import { trialDesk, type Tried } from "./trial.js";

const desk = trialDesk();
jest.setTimeout(120_000);

const invite = ["new@example.com"];
const html = "<!doctype html><title>Sign in</title>";

const actions: Record<string, Fault["action"]> = {
  "is lost": { drop: "before" },
  "is carried out, and its answer lost": { drop: "after" },
  "is carried out, and its answer cut": { truncate: true },
  "is answered 500": { status: 500, body: { detail: "Server error." } },
  "is carried out, and answered 500": { status: 500, body: { detail: "Server error." }, after: true },
  "is answered 403": { status: 403, body: { detail: "No." } },
  "is answered 404": { status: 404, body: { detail: "Not found." } },
  "is answered by a login page": { status: 200, headers: { "content-type": "text/html" }, body: html },
};

/** What is wrong after a run: its organization is gone, or the command says exactly what is left. */
async function wrongAfter({ left, own, requests }: Tried, others: unknown, faulted: string): Promise<string[]> {
  const { organizations } = await desk.emulator.state();
  const remaining = organizations.filter(({ name }) => name.startsWith(own.name));
  const active = remaining.filter(({ isActive }) => isActive !== false);
  const emails = (await desk.emulator.emails()).map(({ to }) => to);
  const problems = {
    "the organization is left, and it is not said": active.length > 0 && !left,
    "it is said to be left, and is gone": left?.exists === true && remaining.length === 0,
    "it is said that it may be left, and it is": left?.exists === false && remaining.length > 0 && faulted !== creation,
    "another uid is said": left?.uid !== undefined && remaining.length > 0 && remaining[0]!.uid !== left.uid,
    "another slug is said": left?.slug !== undefined && remaining.length > 0 && remaining[0]!.slug !== left.slug,
    "another organization has changed":
      JSON.stringify(organizations.filter((row) => !remaining.includes(row))) !== JSON.stringify(others),
    "a write has left the organization": requests.some(
      (line) => !line.startsWith("GET ") && line !== "POST /organizations/" && !line.includes("*"),
    ),
    "an email went elsewhere": emails.some((to) => to !== "new@Example.com"),
    "more than two emails": emails.length > 2,
    "too many requests": requests.length > 90,
  };
  return Object.entries(problems).flatMap(([problem, is]) => (is ? [problem] : []));
}

/**
 * Runs it once for each of its requests.
 * @param methods requests of other methods are left out
 */
async function everywhere(settings: Partial<Settings>, run: (at: number) => Promise<Tried>, methods = /./) {
  const { requests: clean } = await desk.run(settings, { invite });
  const problems: string[] = [];
  const left: string[] = [];
  for (const [index, request] of clean.entries()) {
    if (!methods.test(request)) continue;
    await desk.emulator.reset(acme(settings));
    const { organizations: others } = await desk.emulator.state();
    const tried = await run(index + 1);
    if (tried.left) left.push(request);
    const wrong = await wrongAfter(tried, others, request);
    problems.push(...wrong.map((problem) => `${index + 1} ${request}: ${problem} ${JSON.stringify(tried.left)}`));
  }
  return { problems, left, cells: clean.length };
}

const creation = "POST /organizations/";

/** Reads lag, slugs move, and the organization is not deleted with content. */
const hard: Partial<Settings> = {
  writeBody: "minimal",
  organizationDelete: "refuse",
  slugFollowsName: true,
  readLagMs: 1500,
};

describe("a request of the writes of a probe", () => {
  it.each<[what: string, settings: Partial<Settings>, left: string[]]>([
    ["is lost", {}, [creation]],
    ["is carried out, and its answer lost", {}, []],
    ["is carried out, and its answer cut", {}, []],
    ["is answered 500", {}, [creation]],
    ["is carried out, and answered 500", {}, []],
    ["is answered 403", {}, []],
    ["is answered 404", {}, []],
    ["is answered by a login page", {}, [creation]],
    ["is carried out, and its answer lost", hard, []],
    ["is answered by a login page", hard, [creation]],
  ])("%s, on %j: nothing is left, or said to be left, but after %j", async (what, settings, expected) => {
    const run = async (at: number) => {
      await desk.emulator.faults({ match: { nth: at }, action: actions[what]! });
      return desk.run(settings, { invite });
    };
    // Reads carry out nothing.
    const methods = what.startsWith("is carried out") ? /^(?!GET)/ : /./;
    const { problems, left, cells } = await everywhere(settings, run, methods);
    expect(problems).toEqual([]);
    expect(left).toEqual(expected);
    expect(cells).toBeGreaterThan(45);
  });

  it("is refused for the rate limit: the trial ends, and nothing is left, but after the creation", async () => {
    const { problems, left } = await everywhere({}, (at) => desk.run({}, { invite, throttled: { at } }));
    expect(problems).toEqual([]);
    expect(left).toEqual([creation]);
  });

  it("is refused for the rate limit, as all after it are: what is left is said", async () => {
    const { problems, left, cells } = await everywhere({}, (at) =>
      desk.run({}, { invite, throttled: { at, forever: true } }),
    );
    expect(problems).toEqual([]);
    expect(left).toHaveLength(cells);
  });

  it("is followed by a stop: nothing is left", async () => {
    const { problems, left } = await everywhere({}, (at) => desk.run({}, { invite, stopBefore: at }));
    expect(problems).toEqual([]);
    expect(left).toEqual([]);
  });

  it.each<[what: string, fault: Fault["match"], action: string, why: string]>([
    [
      "the deletion is refused",
      { method: "DELETE", path: "^/organizations/probe-\\w+/$" },
      "is answered 403",
      "DELETE was answered 403",
    ],
    [
      "the deletion is lost",
      { method: "DELETE", path: "^/organizations/probe-\\w+/$" },
      "is lost",
      "DELETE was answered UND_ERR_SOCKET",
    ],
    [
      "the deletion is answered by a login page",
      { method: "DELETE", path: "^/organizations/probe-\\w+/$" },
      "is answered by a login page",
      "DELETE was answered 200 (HTML)",
    ],
  ])("always fails: %s", async (_what, match, action, why) => {
    await desk.emulator.faults({ match: match!, action: actions[action]!, times: null });
    const { left, own } = await desk.run();
    const { organizations } = await desk.emulator.state();
    const { name, slug, uid } = organizations[1]!;
    expect(left).toEqual({ name, slug, uid, exists: true, pending: 0, why });
    expect(name).toBe(`${own.name} renamed`);
  });

  it.each<[Partial<Settings>, pending: number | undefined, why: string | undefined]>([
    [{}, undefined, undefined],
    [{ organizationDelete: "soft" }, 1, "it is inactive, and its invitations could not be cancelled"],
  ])("always fails: the cancellation of an invitation, on %j", async (settings, pending, why) => {
    await desk.emulator.faults({ match: { path: "/cancel/$" }, action: actions["is answered 500"]!, times: null });
    const { left } = await desk.run(settings, { invite });
    expect([left?.pending, left?.why]).toEqual([pending, why]);
    const own = (await desk.emulator.state()).organizations.slice(1);
    const statuses = own.flatMap(({ invitations }) => invitations.map(({ status }) => status));
    expect(statuses.filter((status) => status === "pending")).toHaveLength(pending ?? 0);
  });
});
