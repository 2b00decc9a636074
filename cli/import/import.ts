import { nameOf, parseUrn } from "../pulumi/urn.js";
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { shellWord } from "../../provider/core/shell.js";
import { printable, quoted } from "../../provider/core/text.js";
import { resources, typeToken } from "../../provider/schema/index.js";
import { defineCommand } from "../command.js";
import { RefusedError, StackError, UsageError } from "../errors.js";
import type { StackTarget } from "../pulumi/run.js";
import { withSession } from "../session.js";
import type { Terminal } from "../output/terminal.js";
import {
  importInto,
  isModule,
  missingPackages,
  packageFolder,
  previewAfter,
  previewedSteps,
  refreshState,
} from "../pulumi/engine.js";
import { fill } from "./fill.js";
import { openFolder, textIn, writeFiles, type Folder } from "./folder.js";
import { importFileOf } from "./importFile.js";
import { readLiving, type Living } from "./liveOrganization.js";
import { nameBefore, organizationKeyOf } from "./names.js";
import {
  compilerPackages,
  importNames,
  filesOf,
  importCommands,
  packagesOf,
  type FirstLine,
  type ImportNames,
} from "./project.js";
import { options, type ImportInvocation } from "./options.js";
import { schemaLine } from "./text.js";
import type { Style } from "./program.js";
import { version } from "../../provider/core/version.js";

export const importCommand = defineCommand({
  name: "import",
  summary: "Generate a Pulumi project for an existing organization, or complete an import file for a program.",
  operands: [
    { name: "<organization>", description: "the organization's slug or uid; not with --fill", optional: true },
  ],
  options,
  about: [
    "Reads an organization and generates a complete Pulumi project for it: a program, a file with its people, and the import file with which pulumi import records the existing objects in the state. The preview afterwards shows no change. Nothing is changed in Avala, and no email is sent.",
    "In the folder of an existing Pulumi project it adds a program file and its data files, and changes no other file. Run again, it updates the files it has written; if a file that would change has been edited, it writes nothing.",
    "With --fill it completes the file that pulumi preview --import-file has written for your own program: it adds the ids, inputs and outputs of all resources that exist already.",
  ],
  sends: [
    "GET /organizations/, and of the organization its detail, teams, members and invitations",
    "GET /organizations/{slug}/teams/{team}/members/  of each team",
  ],
  examples: [
    "import acme --out acme",
    "import acme --style roster --out acme",
    "import acme --run --stack prod",
    "import --fill import.json",
  ],
  exitCodes: [["2", "with --fill: an entry with an id could not be completed, and is unchanged in the file"]],
  run: (invocation) => (invocation.options.fill === undefined ? importOrganization(invocation) : fill(invocation)),
});

/** What is reported at the end. */
interface Written {
  living: Living;
  style: Style;
  folder: Folder;
  names: ImportNames;
  beside: boolean;
  files: string[];
  changed: string[];
}

async function importOrganization(invocation: ImportInvocation): Promise<void> {
  const { options, terminal } = invocation;
  const written = await write(invocation, referenceIn(invocation), styleIn(options.style));
  for (const note of written.living.notes) terminal.note(printable(note, 1000));
  const missing = missingIn(written);
  const imported = options.run ? await runImport(invocation, written, missing) : false;
  if (options.json) terminal.json(asJson(written, missing, imported));
  else show(invocation, written, missing, imported);
}

function referenceIn({ operands, options }: ImportInvocation): string {
  const [reference] = operands;
  if (options.preview !== undefined) throw new UsageError("--preview requires --fill.", "Omit it, or add --fill.");
  if (reference !== undefined) return reference;
  throw new UsageError("import needs <organization> or --fill.", "Run pulumi-avala import --help.");
}

function styleIn(style: string | undefined): Style | undefined {
  if (style === undefined || style === "edges" || style === "roster") return style;
  throw new UsageError(`Unknown style ${quoted(style)}.`, "Use --style edges or --style roster.");
}

async function write(invocation: ImportInvocation, reference: string, style: Style | undefined): Promise<Written> {
  const path = resolve(invocation.options.out ?? invocation.options.cwd ?? ".");
  return withSession(invocation, async (session) => {
    const snapshot = session.loadSnapshot();
    const { uid, slug } = await snapshot.organization(reference);
    const folder = await openFolder(path, uid);
    const before = folder.earlier?.record;
    const chosen = style ?? before?.style ?? "edges";
    if (before !== undefined && before.style !== chosen) {
      throw new RefusedError(
        `${quoted(path, 200)} was written in the style ${before.style}, whose resources have different names. Nothing was written.`,
        "To change the style, import into a different folder with --out.",
      );
    }
    const living = await readLiving(snapshot, uid, before?.names ?? {});
    const beside = folder.earlier ? folder.earlier.name !== importNames("", false).record : folder.isTaken;
    const names = importNames(nameBefore(before?.names, uid) ?? organizationKeyOf(slug), beside);
    const imported = await importFileOf(living, chosen, session.observer(snapshot), names);
    const firstLine = firstLineIn(folder, beside);
    const files = filesOf(living, chosen, names, imported, { beside, version, firstLine });
    const named = Object.fromEntries([[uid, living.key], ...living.teams.map((team) => [team.uid, team.key])]);
    const record = { organization: uid, style: chosen, names: { ...before?.names, ...named } };
    const changed = await writeFiles(folder, files, names.record, record);
    return { living, style: chosen, folder, names, beside, files: files.map(({ name }) => name), changed };
  });
}

/** The same line as before: a file does not change because packages have been installed since. */
function firstLineIn({ path }: Folder, beside: boolean): FirstLine {
  return (name, schema) => {
    const before = existsSync(join(path, name))
      ? /^(# yaml-language-server: .*?)\r?\n/.exec(textIn(join(path, name)))
      : null;
    return before ? `${before[1]}\n` : schemaLine(schema, beside ? packageFolder(path) : undefined);
  };
}

/** Packages that a program of the folder could not find. */
function missingIn({ folder, style, beside }: Written): string[] {
  const own = beside ? [] : Object.keys(compilerPackages);
  return missingPackages(folder.path, ["@pulumi/pulumi", "pulumi-avala", ...Object.keys(packagesOf(style)), ...own]);
}

/** An own project without packages of its own may find others above it, of other versions. */
function needsInstall({ folder, beside }: Pick<Written, "folder" | "beside">, missing: readonly string[]): boolean {
  return missing.length > 0 || (!beside && !existsSync(join(folder.path, "node_modules")));
}

async function runImport({ options, terminal, environment }: ImportInvocation, written: Written, missing: string[]) {
  const { path } = written.folder;
  const stackTarget = { options: { cwd: path, stack: options.stack }, environment };
  if (missing.length > 0) {
    throw new StackError(
      `The files were written, but ${missing.join(", ")} cannot be resolved from ${quoted(path, 200)}.`,
      `In that folder, run ${written.beside ? `npm install ${missing.join(" ")}` : "npm install"}; then run the command again.`,
    );
  }
  if (written.beside) await requireDeclared(stackTarget, terminal, written);
  // What else is in the stack is not ours to refresh.
  else if (written.folder.earlier) await refreshState(stackTarget, terminal);
  await importInto(stackTarget, terminal, written.names.importFile);
  await previewAfter(stackTarget, terminal, "no changes");
  return true;
}

/** What is in the state and not in the program would be deleted by the next up. */
async function requireDeclared(
  stackTarget: StackTarget,
  terminal: Terminal,
  { living, names, folder }: Written,
): Promise<void> {
  const steps = await previewedSteps(stackTarget, terminal);
  const type = typeToken(resources.organization.kind);
  const isDeclared = (urn: string) => parseUrn(urn).type === type && nameOf(urn) === living.key;
  if (steps.some(({ urn, op }) => op !== "delete" && isDeclared(urn))) return;
  throw new StackError(
    `The files were written, but the program does not use ${names.program} yet. If it were imported now, the next pulumi up would delete all of it.`,
    `Add this line to the program, then run the command again:  ${lineFor(names, folder.path)}`,
  );
}

/** In an ES module, the name of a file has its ending, as it is after the compilation. */
function lineFor({ program }: ImportNames, path: string): string {
  return `import "./${program.replace(/\.ts$/, isModule(path) ? ".js" : "")}";`;
}

function show({ terminal }: ImportInvocation, written: Written, missing: string[], imported: boolean): void {
  const { living, folder, files, changed } = written;
  const memberships = living.teams.reduce((sum, { members }) => sum + members.length, 0);
  const here = relative(process.cwd(), folder.path) || ".";
  terminal.heading(
    `${counted(living.people.length, "person", "people")}${living.owner ? " plus the owner" : ""}, ${counted(living.teams.length, "team")}, ${counted(memberships, "team membership")}`,
  );
  const unchanged = files.length - changed.length;
  if (changed.length > 0) terminal.result(`Written: ${changed.map((name) => join(here, name)).join(", ")}`);
  if (unchanged > 0) terminal.result(`Unchanged: ${counted(unchanged, "file")}`);
  const steps = stepsOf(written, missing, imported);
  if (steps.length > 0) {
    terminal.result("\nNext:");
    for (const step of here === "." ? steps : [changeTo(here), ...steps]) terminal.result(`  ${step}`);
    terminal.result(`Afterwards, ${written.names.importFile} may be deleted.`);
  }
  if (imported)
    terminal.result(`Imported. pulumi preview shows no change. ${written.names.importFile} may be deleted.`);
}

/** A path that begins with a hyphen would be an option. */
function changeTo(folder: string): string {
  return `cd ${shellWord(folder.startsWith("-") ? `./${folder}` : folder)}`;
}

/** What is left to do in the folder, as commands and one line of program. */
function stepsOf({ beside, names, folder }: Written, missing: string[], imported: boolean): string[] {
  if (imported) return [];
  const line = beside ? [`Add to the program:  ${lineFor(names, folder.path)}`] : [];
  const needed = needsInstall({ folder, beside }, missing);
  const install = needed ? [beside ? `npm install ${missing.join(" ")}` : "npm install"] : [];
  const stack = beside ? [] : ["pulumi stack init prod"];
  const refresh = folder.earlier && !beside ? ["pulumi refresh"] : [];
  return [...install, ...line, ...(folder.earlier ? [] : stack), ...refresh, ...importCommands(names.importFile)];
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The shape of `--json`; docs/reference/commands.md describes it. */
function asJson(written: Written, missing: string[], imported: boolean): object {
  const { living, style, folder, files, changed } = written;
  return {
    organization: { uid: living.uid, slug: living.slug, name: living.inputs["name"] },
    style,
    folder: folder.path,
    files,
    changed,
    people: living.people.length,
    teams: living.teams.length,
    teamMemberships: living.teams.reduce((sum, { members }) => sum + members.length, 0),
    notes: living.notes,
    imported,
    next: stepsOf(written, missing, imported),
  };
}
