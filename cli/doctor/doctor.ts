import { defineCommand, sharedOptions, type Invocation } from "../command.js";
import { UnhealthyError } from "../errors.js";
import { columns, type Terminal } from "../output/terminal.js";
import type { Check } from "./check.js";
import { engineChecks, programChecks } from "./program.js";
import { serviceChecks } from "./service.js";
import { settingsChecks } from "./settings.js";
import { nodeCheck } from "./versions.js";

const options = sharedOptions;

export const doctor = defineCommand({
  name: "doctor",
  summary: "Check versions, settings, key and connection, and say how to correct what is wrong.",
  operands: [],
  options,
  about: [
    "Looks at everything that a program needs: the versions of Node, Pulumi, its SDK and TypeScript; whether the program's folder finds this package, as the engine has to; which settings are in force and where they come from; whether Avala can be reached, takes the key, to whom it belongs, and in which role; and whether the clocks agree. Each finding that is not in order comes with what to do.",
    "It works outside of a project and without a key too, and says what it could not look at. Nothing of a key is shown. It ends with 1 where something keeps programs from working; warnings do not count.",
  ],
  sends: [
    "GET /users/me/permissions/, GET /organizations/ and GET /users/me/  once each, where there is a key",
    "GET /organizations/{slug}/members/  once, of an organization of at most 100 people",
  ],
  examples: ["doctor", "doctor --stack prod --cwd infra", "doctor --json | jq '.checks[] | select(.level != \"ok\")'"],
  run: examine,
});

const groups = ["Machine and program", "Settings", "Avala"] as const;
type Groups = Record<(typeof groups)[number], Check[]>;

async function examine(invocation: Invocation<typeof options>): Promise<void> {
  const { options, terminal } = invocation;
  const [engine, { settings, checks }] = await Promise.all([engineChecks(invocation), settingsChecks(invocation)]);
  const found: Groups = {
    "Machine and program": [nodeCheck(process.versions.node), ...engine, ...programChecks(invocation)],
    Settings: checks,
    Avala: settings ? await serviceChecks(settings) : [],
  };
  const all = Object.values(found).flat();
  const errors = all.filter(({ level }) => level === "error");
  if (options.json) terminal.json({ ok: errors.length === 0, checks: all });
  else show(found, all, terminal);
  if (errors.length === 0) return;
  throw new UnhealthyError(
    `${errors.length} of ${all.length} checks ${errors.length === 1 ? "is" : "are"} not in order: ${[...new Set(errors.map(({ name }) => name))].join(", ")}.`,
    "Each says what to do.",
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
  terminal.result(`${count("ok")} in order, ${count("warning")} to look at, ${count("error")} wrong.`);
}
