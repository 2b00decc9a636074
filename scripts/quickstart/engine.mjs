import { appendFileSync } from "node:fs";
import { say } from "../project.mjs";
import { ensurePulumi } from "../pulumi.mjs";
import { runStep } from "../run.mjs";
import { LOG, PROGRAM, STATE } from "./folder.mjs";
import { StoryError } from "./storyError.mjs";

const CHANGES = new Set(["up", "refresh", "destroy"]);
const KINDS = ["Organization", "Team", "OrganizationMember", "TeamMembership"];
const ROW =
  /^\s*([-+~])\s+pulumi-nodejs:dynamic\/avala:(\w+) (\S+) (?:creat|updat|delet)(?:e|ed)\b(?:.*(\[diff: [^\]]*\]))?/;

/**
 * Finds pulumi. What is answered opens it on the copy of the example, with the environment of a service:
 *
 * - `pulumi("up")` answers what was done to each resource, or is planned: `sign`, `kind`, `name`, `diff`.
 * - `unchanged()` is a preview that must be empty; it answers how many resources there are.
 * - `outputs()` answers the stack's outputs.
 */
export async function findEngine() {
  const { command, env } = await ensurePulumi({ log: say, env: ownEnvironment() });
  return (environment) => openEngine((args) => runPulumi(command, args, { ...env, ...environment }));
}

async function openEngine(run) {
  await run(["stack", "init", "quickstart"]);
  return Object.assign(async (name) => rowsOf(await run([name])), {
    async unchanged() {
      const lines = await run(["preview", "--expect-no-changes"]);
      const rows = rowsOf(lines);
      const count = lines.map((line) => /^\s*(\d+) unchanged$/.exec(line)?.[1]).find(Boolean);
      if (rows.length > 0 || count === undefined) throw new StoryError("the preview is not empty.");
      return count;
    },
    outputs: async () => JSON.parse((await run(["stack", "output", "--json"])).join("\n")),
  });
}

/** Nothing of the caller's own Pulumi or Avala: the story must not touch their state, nor send their key anywhere. */
function ownEnvironment() {
  const rest = Object.entries(process.env).filter(([name]) => !/^(AVALA|PULUMI)_/i.test(name));
  return {
    ...Object.fromEntries(rest),
    PULUMI_BACKEND_URL: `file://${STATE}`,
    PULUMI_CONFIG_PASSPHRASE: "quickstart",
    // The types of the example are checked with the project; the compiler would check them again in each of ten runs.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
}

async function runPulumi(command, given, env) {
  const change = CHANGES.has(given[0]) ? ["--yes", "--skip-preview"] : [];
  const args = [...given, ...change, "--non-interactive", "--color", "never"];
  const lines = [];
  const onLine = (line) => {
    lines.push(line);
    appendFileSync(LOG, `${line}\n`);
  };
  appendFileSync(LOG, `\n$ pulumi ${args.join(" ")}\n`);
  const code = await runStep(command, args, { cwd: PROGRAM, env, onLine, ownGroup: true });
  if (code === 0) return lines;
  const reasons = lines.filter((line) => /^\s*(?:\w+: )?error: /.test(line)).map((line) => line.trim());
  throw new StoryError([`pulumi ${given.join(" ")} ended with exit code ${code}.`, ...new Set(reasons)].join("\n  "));
}

/** Sorted, for pulumi prints them as they end. */
function rowsOf(lines) {
  const rows = lines.flatMap((line) => {
    const [, sign, kind, name, diff = ""] = ROW.exec(line) ?? [];
    return sign ? [{ sign, kind, name, diff }] : [];
  });
  return rows.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.name.localeCompare(b.name));
}
