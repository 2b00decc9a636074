import { resolve } from "node:path";
import { defineCommand, sharedOptions, type Invocation } from "../command.js";
import { UnhealthyError } from "../errors.js";
import { columns, plural, type Terminal } from "../output/terminal.js";
import { profileOption, readProfile } from "../probe/profileFile.js";
import { statements } from "../probe/statements/index.js";
import type { Check } from "./check.js";
import { planChecks } from "./plan.js";
import { profileChecks } from "./profile.js";
import { engineChecks, programChecks } from "./program.js";
import { serviceChecks } from "./service.js";
import { settingsChecks } from "./settings.js";
import { systemChecks } from "./system.js";
import { nodeCheck } from "./versions.js";

const options = {
  ...profileOption("Also say what this profile of the deployment, which pulumi-avala probe --out has written, means."),
  program: {
    type: "boolean",
    description: "Also run pulumi preview, and look for what would stop the update: names, targets, the key.",
  },
  ...sharedOptions,
} as const;

export const doctor = defineCommand({
  name: "doctor",
  summary: "Check versions, settings, API key and connection, and suggest fixes.",
  operands: [],
  options,
  about: [
    "Checks everything that a program needs: the versions of Node, Pulumi, its SDK and TypeScript; whether this package can be resolved from the program's folder, as the engine requires; the active settings and their sources; whether Avala is reachable and accepts the API key, which user it belongs to, and that user's roles; and whether the clocks agree. Each problem is printed with a fix.",
    "With --profile, it says which statements of the contract that the provider relies on differ in the deployment, what that means, and whether the provider works with it.",
    "With --program it runs pulumi preview, and asks Avala what a preview does not ask: whether the organizations, teams and people that the program names exist, whether the names of new ones are free, whether the targets of adopt exist, and whether the key may change what is to be changed. Resources of an explicit Provider are checked with its key, if the environment or the state holds it. An approved change can then be applied. Nothing is changed.",
    "It also works outside a project and without a key, and skips the checks that are then impossible. It never prints the key. The exit code is 1 if a check fails; warnings do not count.",
  ],
  sends: [
    "GET /users/me/permissions/, GET /organizations/ and GET /users/me/  once each, if there is a key",
    "GET /organizations/{slug}/members/  once, for an organization of at most 100 people",
    "GET /organizations/, …/teams/ and …/members/  with --program, for the organizations that the program names",
  ],
  examples: [
    "doctor",
    "doctor --program --stack prod",
    "doctor --profile avala-profile.json",
    "doctor --stack prod --cwd infra",
    "doctor --json | jq '.checks[] | select(.level != \"ok\")'",
  ],
  run: examine,
});

const groups = ["Machine and program", "Settings", "Avala", "Planned update", "Deployment"] as const;
type Groups = Record<(typeof groups)[number], Check[]>;

async function examine(invocation: Invocation<typeof options>): Promise<void> {
  const { options, terminal } = invocation;
  const profile = options.profile === undefined ? undefined : await readProfile(options.profile);
  const [engine, { settings, checks }] = await Promise.all([engineChecks(invocation), settingsChecks(invocation)]);
  const service = settings ? await serviceChecks(settings, terminal) : [];
  const isUsable = settings !== undefined && !service.some(({ level }) => level === "error");
  const found: Groups = {
    "Machine and program": [
      ...systemChecks(resolve(options.cwd ?? ".")),
      nodeCheck(process.versions.node),
      ...engine,
      ...programChecks(invocation),
    ],
    Settings: checks,
    Avala: service,
    "Planned update": options.program ? await planChecks(invocation, isUsable ? settings : undefined, terminal) : [],
    Deployment: profile ? profileChecks(profile, statements, Date.now()) : [],
  };
  const all = Object.values(found).flat();
  const errors = all.filter(({ level }) => level === "error");
  if (options.json) terminal.json({ ok: errors.length === 0, checks: all });
  else show(found, all, terminal);
  if (errors.length === 0) return;
  throw new UnhealthyError(
    `${errors.length} of ${all.length} checks failed (${[...new Set(errors.map(({ name }) => name))].join(", ")}); see the ${errors.length === 1 ? "fix" : "fixes"} above.`,
    "",
  );
}

function show(found: Groups, all: readonly Check[], terminal: Terminal): void {
  for (const group of groups) {
    if (found[group].length === 0) continue;
    terminal.heading(group);
    const lines = columns(found[group].map(({ level, message }) => [level, message]));
    for (const [index, line] of lines.entries()) {
      terminal.result(`  ${line}`);
      const { fix } = found[group][index]!;
      if (fix !== undefined) terminal.result(`  -> ${fix}`);
    }
    terminal.result("");
  }
  const count = (level: Check["level"]) => all.filter((check) => check.level === level).length;
  terminal.result(`${count("ok")} passed, ${plural(count("warning"), "warning")}, ${count("error")} failed.`);
}
