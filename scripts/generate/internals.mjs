// The generated parts of the pages in docs/internals.
import { execFileSync } from "node:child_process";
import { PROJECT } from "../project.mjs";
import { operations, person, promises, statements, steps } from "./sources.mjs";
import { cell, lowerFirst, table, upperFirst } from "./text.mjs";

const COMMANDS = ["preview", "up", "refresh", "upAfterRefresh", "destroy"];

/** A person's situations, a table for each. */
export function personTables() {
  const titles = COMMANDS.map((command) => (command === "upAfterRefresh" ? "up after refresh" : command));
  return Object.entries(person.situations).map(([situation, description]) => {
    const rows = Object.entries(person.table[situation]).map(([declaration, row]) => {
      const cells = COMMANDS.map((command) => row[command].replaceAll("; ", "<br>"));
      return [person.declarations[declaration], ...cells];
    });
    return `## ${description.replace(/\.$/, "")}\n\n${table(["declared", ...titles], rows)}`;
  });
}

/** Each operation of the API, with what uses it. */
export function operationsTable() {
  const kind = (name) => {
    if (/^[A-Z]/.test(name)) return `[${name}](../reference/resources/${lowerFirst(name)}.md)`;
    if (name.startsWith("get")) return `[${name}](../reference/functions.md)`;
    return `[npx pulumi-avala ${name}](../reference/commands.md)`;
  };
  const rows = Object.entries(operations).map(([id, through]) => {
    const proofs = Object.values(through).map((step) => steps[step]);
    return [id, Object.keys(through).map(kind).join("<br>"), proofs.join("<br>")];
  });
  return table(["operation", "used by", "tested in the step"], rows);
}

/** Each guarantee and its tests. */
export function guarantees() {
  return promises.map(({ promise, tests }) => {
    const lines = tests.map(({ where, how, cases }) => {
      const count = cases ? ` **${cases[0].toLocaleString("en")} ${cases[1]}.**` : "";
      return `- [\`test/${where}\`](../../test/${where}): ${how}.${count}`;
    });
    return `## ${promise}\n\n${lines.join("\n")}`;
  });
}

const probedBy = { reads: "reading", writes: "writing", emails: "an email" };
const howTheProviderCopes = { yes: "works", refuses: "ends with an error", no: "is wrong" };
const needsOf = ({ probe }) => ("never" in probe ? undefined : probe.needs);

/** How many statements there are, and how they are probed. */
export function statementCounts() {
  const count = (needs) => statements.filter((statement) => needsOf(statement) === needs).length;
  const probed = Object.entries(probedBy).map(([needs, how]) => `${count(needs)} are probed by ${how}`);
  const assumed = statements.filter(({ basis }) => basis === "assumed").length;
  return `${statements.length} statements, of which ${assumed} are assumed: ${probed.join(", ")}, and ${count(undefined)} not at all.`;
}

/** The statements of a section. */
export function statementTable(section) {
  const titles = ["statement", "what Avala does", "basis", "what the provider does", "probed by", "where it differs"];
  const rows = statements
    .filter((statement) => statement.section === section)
    .map(({ name, claim, basis, source, provider, probe, copes, test }) => [
      `\`${name}\``,
      claim,
      `${basis}<br>${upperFirst(source)}`,
      provider,
      "never" in probe ? `not at all: ${probe.never.replace(/\.$/, "")}` : probedBy[probe.needs],
      `${howTheProviderCopes[copes]}<br>[${test.replace(/^test\/|\.test\.ts$/g, "")}](../../${test})`,
    ]);
  return table(
    titles,
    rows.map((row) => row.map(cell)),
  );
}

/** Which room of the package imports which, and which room of the command line. */
export const importArrows = () =>
  [
    arrowsAmong("^(?:provider/[^/]+|cli)"),
    "Inside of the command line, `main.ts` and `commands.ts` left out:",
    arrowsAmong("^cli/(?!main|commands\\.)[^/]+"),
  ].join("\n\n");

function arrowsAmong(rooms) {
  const options = ["--include-only", rooms, "--collapse", rooms, "--output-type", "mermaid"];
  const args = ["node_modules/.bin/depcruise", "provider", "cli", ...options];
  const lines = execFileSync(process.execPath, args, { cwd: PROJECT, encoding: "utf8" }).trim().split("\n");
  const arrows = lines.filter((line) => line.includes("-->"));
  // The order of imports in a file must not change the page.
  return ["```mermaid", ...lines.slice(0, -arrows.length), ...arrows.toSorted(), "```"].join("\n");
}
