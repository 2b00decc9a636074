import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { columns, jsonText } from "../output/terminal.js";
import { printable, quoted } from "../../provider/core/text.js";
import type { ExitCode } from "../command.js";
import { RefusedError, StackError, UsageError } from "../errors.js";
import { inputText } from "../input.js";
import { parse, type StackTarget } from "../pulumi/run.js";
import { importInto, previewAfter, previewedSteps, stepsIn, type PreviewedStep } from "../pulumi/engine.js";
import { Filling, type Skipped } from "./fillImportFile.js";
import { replaceAll } from "./folder.js";
import type { Entry, ImportFile } from "./importFile.js";
import type { ImportInvocation } from "./options.js";
import { importCommands } from "./project.js";
import { Deployments } from "./deployments.js";

const howToWrite = "Create it with: pulumi preview --import-file import.json.";

/** What became of the file. */
interface Filled {
  path: string;
  filled: Entry[];
  leftOut: Skipped[];
  /** Printed with them. */
  notes: string[];
  hasSecrets: boolean;
  /** Number of entries with an id that could not be completed: they stay in the file. */
  incomplete: number;
}

/** Fills in the engine's import file of an existing program: ids, inputs and outputs of what exists already. */
export async function fill(invocation: ImportInvocation): Promise<ExitCode | void> {
  const { options, terminal, environment, operands } = invocation;
  for (const name of ["out", "style"] as const) {
    if (options[name] !== undefined)
      throw new UsageError(`--${name} and --fill cannot be combined.`, "Omit one of them.");
  }
  if (operands.length > 0) {
    throw new UsageError(
      "<organization> and --fill cannot be combined.",
      "Omit <organization>: the program declares it.",
    );
  }
  const path = resolve(options.fill!);
  const stackTarget: StackTarget = { options: { cwd: options.cwd, stack: options.stack }, environment };
  const steps = await plannedSteps(invocation, stackTarget, path);
  const done = await fillIn(invocation, path, importFileIn(await inputText(path, howToWrite), path), steps);
  for (const note of done.notes) terminal.note(printable(note, 1000));
  if (options.run && done.incomplete > 0) refuseIncomplete(done);
  if (options.run && done.filled.length > 0) await importInto(stackTarget, terminal, path);
  const shown = options.run ? await previewAfter(stackTarget, terminal, "any") : "";
  if (options.json) terminal.json(asJson(done, options.run));
  else show(invocation, done, shown);
  return done.incomplete > 0 ? 2 : undefined;
}

/** The engine would import nothing of such a file. */
function refuseIncomplete({ incomplete, leftOut }: Filled): void {
  const lines = leftOut.map(({ kind, name, reason }) => `\n  ${kind} ${quoted(name)}: ${reason}`);
  throw new RefusedError(
    `${incomplete} of the entries in the file could not be completed. Nothing was imported.`,
    `Declare their objects in the program, or remove them from the file:${lines.join("")}`,
  );
}

/** What the program declares: the preview writes the import file too, where there is none yet. */
async function plannedSteps(
  { options, terminal }: ImportInvocation,
  stackTarget: StackTarget,
  path: string,
): Promise<PreviewedStep[]> {
  if (options.preview !== undefined)
    return stepsIn(await inputText(options.preview, howToWrite), quoted(options.preview));
  return previewedSteps(stackTarget, terminal, existsSync(path) ? [] : ["--import-file", path]);
}

function importFileIn(text: string, path: string): ImportFile {
  const content = parse(text, quoted(path, 200)) as ImportFile | null;
  const { resources } = content ?? {};
  if (
    Array.isArray(resources) &&
    resources.every(({ type, name }) => [type, name].every((one) => typeof one === "string"))
  )
    return content!;
  throw new StackError(
    `${quoted(path, 200)} is not a Pulumi import file.`,
    "Create it with: pulumi preview --import-file import.json.",
  );
}

async function fillIn(
  invocation: ImportInvocation,
  path: string,
  file: ImportFile,
  steps: PreviewedStep[],
): Promise<Filled> {
  const deployments = new Deployments(invocation, steps);
  try {
    const filling = new Filling(file, steps, deployments);
    const entries = await filling.entries();
    const { leftOut, notes, secrets, nameTable, incomplete } = filling;
    const names = Object.keys(nameTable).length === 0 ? {} : { nameTable };
    const text = `${jsonText({ ...file, ...names, resources: entries }, 2)}\n`;
    await replaceAll(dirname(path), [{ name: basename(path), text, secret: secrets > 0 }]);
    const filled = entries.filter(({ type, outputs }) => outputs !== undefined && type.includes("/avala:"));
    return { path, filled, leftOut, notes, hasSecrets: secrets > 0, incomplete: incomplete.length };
  } finally {
    await deployments.close();
  }
}

function show({ options, terminal }: ImportInvocation, done: Filled, preview: string): void {
  const { filled, leftOut, hasSecrets, incomplete } = done;
  if (leftOut.length > 0) {
    terminal.heading(`Skipped (${leftOut.length})`);
    const rows = leftOut.map(({ kind, name, reason }) => [kind, name, reason]);
    for (const line of columns(rows)) terminal.result(`  ${line}`);
    terminal.result("");
  }
  terminal.result(`${printable(options.fill!, 200)}: ${filled.length} completed, ${leftOut.length} skipped.`);
  if (hasSecrets) terminal.note("The file contains values that the program keeps secret: delete it after the import.");
  if (options.run)
    return terminal.result(`Imported.\n${preview.trim()}\n${printable(options.fill!, 200)} may be deleted.`);
  if (filled.length === 0 || incomplete > 0) return;
  terminal.result("\nNext:");
  for (const command of importCommands(options.fill!)) {
    terminal.result(`  ${leftOut.length === 0 ? command : command.replace(" --expect-no-changes", "")}`);
  }
}

/** The shape of `--json` with `--fill`; docs/reference/commands.md describes it. */
function asJson({ path, filled, leftOut, notes, hasSecrets, incomplete }: Filled, imported: boolean): object {
  return {
    file: path,
    filled: filled.map(({ type, name, logicalName = name, id }) => ({ type, name: logicalName, id })),
    leftOut,
    notes,
    hasSecrets,
    incomplete,
    imported,
  };
}
