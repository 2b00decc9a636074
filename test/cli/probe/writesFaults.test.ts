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
  "is answered 429": { status: 429, headers: { "retry-after": "0" }, body: { detail: "Slow down." } },
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
    "it is said that it may be left, although its creation was answered":
      left?.exists === false && faulted !== "POST /organizations/",
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

/** Runs it with a fault at each single request. */
async function everywhere(settings: Partial<Settings>, action: Fault["action"]) {
  const { requests: clean } = await desk.run(settings, { invite });
  const problems: string[] = [];
  let left = 0;
  for (const [at, request] of clean.entries()) {
    await desk.emulator.reset(acme(settings));
    const { organizations: others } = await desk.emulator.state();
    await desk.emulator.faults({ match: { nth: at + 1 }, action });
    const tried = await desk.run(settings, { invite });
    if (tried.left) left++;
    const wrong = await wrongAfter(tried, others, request);
    problems.push(...wrong.map((problem) => `${at + 1} ${request}: ${problem} ${JSON.stringify(tried.left)}`));
  }
  return { problems, left, cells: clean.length };
}

/** Reads lag, slugs move, and the organization is not deleted with content. */
const hard: Partial<Settings> = {
  writeBody: "minimal",
  organizationDelete: "refuse",
  slugFollowsName: true,
  readLagMs: 1500,
};

describe("a request of the writes of a probe", () => {
  it.each<[string, Partial<Settings>]>([
    ...Object.keys(actions).map((what): [string, Partial<Settings>] => [what, {}]),
    ["is carried out, and its answer lost", hard],
    ["is answered 500", hard],
    ["is answered by a login page", hard],
  ])("%s, on %j: the organization is deleted, or said to be left", async (what, settings) => {
    const { problems, cells, left } = await everywhere(settings, actions[what]!);
    expect(problems).toEqual([]);
    process.stderr.write(`${what}: ${cells} requests, ${left} times something may be left\n`);
  });
});
