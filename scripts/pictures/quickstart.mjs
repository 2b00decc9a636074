import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../project.mjs";
import { runStep } from "../run.mjs";
import { RECORDED } from "./story.mjs";

/** The steps that the picture shows. */
const SHOWN = /^1\. [^]*?(?=\n\n4\. )/m;

/** Runs the quickstart, and writes what it has printed of its first steps. */
export async function recordQuickstart() {
  const lines = [];
  const onLine = (line) => lines.push(line);
  const code = await runStep(process.execPath, ["scripts/quickstart.mjs"], { cwd: PROJECT, onLine });
  if (code !== 0) throw new Error(`The quickstart ended with exit code ${code}:\n${lines.join("\n")}`);
  writeFileSync(join(RECORDED, "quickstart.txt"), quickstartText(lines.join("\n")));
}

/** The first steps without what differs from run to run: how long a step took, and the order in which teams and people were created. */
export function quickstartText(printed) {
  const [steps] = SHOWN.exec(printed) ?? [];
  if (steps === undefined) throw new Error(`The quickstart has not printed its first steps:\n${printed}`);
  const steady = steps
    .replaceAll(/, [\d.]+ s$/gm, "")
    .replaceAll(/(?:^ {5}team .*\n)+/gm, (teams) => `${teams.trimEnd().split("\n").toSorted().join("\n")}\n`)
    .replaceAll(
      /^( {5}(?:invited|members) +)(.*)$/gm,
      (_, label, people) => label + people.split(", ").toSorted().join(", "),
    );
  return `\u001b[1m$ npm run quickstart\u001b[22m\n${steady}\n`;
}
