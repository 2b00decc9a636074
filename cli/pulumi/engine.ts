import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readDataFile } from "../../provider/core/dataFile.js";
import { printable } from "../../provider/core/text.js";
import { shellWord } from "../../provider/core/shell.js";
import { StackError } from "../errors.js";
import { errorsIn, parse, reasonIn, runPulumi, type StackTarget } from "./run.js";
import type { Terminal } from "../output/terminal.js";

/** Whether each of the packages can be found by a program in the folder. */
export function missingPackages(folder: string, names: readonly string[]): string[] {
  const { resolve: find } = createRequire(join(resolve(folder), "index.js"));
  return names.filter((name) => {
    try {
      find(`${name}/package.json`);
      return false;
    } catch {
      return true;
    }
  });
}

/** The folder of this package as a file in the folder names it: where it is installed, else where npm will install it. */
export function packageFolder(folder: string): string {
  const above = foldersFrom(folder).findIndex((one) => existsSync(join(one, "node_modules/pulumi-avala")));
  return `${above <= 0 ? "./" : "../".repeat(above)}node_modules/pulumi-avala`;
}

/** Whether programs of the folder are ES modules: its package.json, the nearest one, says so. */
export function isModule(folder: string): boolean {
  const file = foldersFrom(folder)
    .map((one) => join(one, "package.json"))
    .find((path) => existsSync(path));
  try {
    return file !== undefined && (readDataFile(file) as { type?: unknown }).type === "module";
  } catch {
    // npm says what is wrong with it.
    return false;
  }
}

/** The folder, and all above it. */
function foldersFrom(folder: string): string[] {
  const folders = [resolve(folder)];
  while (dirname(folders.at(-1)!) !== folders.at(-1)) folders.push(dirname(folders.at(-1)!));
  return folders;
}

/** No checkpoint after each entry: an import sends nothing to Avala, and one that is broken off can be run again. */
const importEnvironment = { PULUMI_SKIP_CHECKPOINTS: "true" };

/** What `pulumi` is run with to import the entries of a file. */
export function importArguments(importFile: string): string[] {
  return ["import", "--file", importFile, "--yes", "--skip-preview", "--protect=false", "--generate-code=false"];
}

/** Imports the entries of an import file into the state. Sends nothing to Avala. */
export async function importInto(stackTarget: StackTarget, terminal: Terminal, file: string): Promise<void> {
  await requireCli(stackTarget);
  await requireStack(stackTarget);
  terminal.note("Running pulumi import.");
  const { code, stdout, stderr } = await runPulumi(stackTarget, importArguments(file), importEnvironment);
  if (code === 0) return;
  terminal.note(`${stdout}\n${stderr}`.trim());
  throw new StackError(
    `pulumi import failed: ${reasonIn(stderr || stdout)} Nothing was changed in Avala.`,
    "Fix the problem and run the command again.",
  );
}

/** Records in the state what has changed in Avala since; changes nothing there. */
export async function refreshState(stackTarget: StackTarget, terminal: Terminal): Promise<void> {
  await requireStack(stackTarget);
  terminal.note("Running pulumi refresh.");
  const { code, stdout, stderr } = await runPulumi(stackTarget, ["refresh", "--yes", "--skip-preview"]);
  if (code === 0) return;
  terminal.note(`${stdout}\n${stderr}`.trim());
  throw new StackError(
    `pulumi refresh failed: ${reasonIn(stderr || stdout)}`,
    "Fix the problem and run the command again.",
  );
}

/** @returns what the preview shows */
export async function previewAfter(
  stackTarget: StackTarget,
  terminal: Terminal,
  expected: "no changes" | "any",
): Promise<string> {
  terminal.note("Running pulumi preview.");
  const arguments_ = expected === "any" ? ["preview"] : ["preview", "--expect-no-changes", "--diff"];
  const { code, stdout, stderr } = await runPulumi(stackTarget, arguments_);
  if (code === 0) return stdout;
  terminal.note(`${stdout}\n${stderr}`.trim());
  throw new StackError(
    `The import succeeded, but pulumi preview ${expected === "any" ? "failed" : "failed or shows changes"}: ${reasonIn(stderr.trim() || errorLines(stdout))} Nothing was changed in Avala.`,
    "Check the output of pulumi preview --diff before pulumi up.",
  );
}

/** Without `--json`, the engine prints the errors among the changes. */
function errorLines(stdout: string): string {
  const lines = stdout.split("\n").filter((line) => /^\s*error:/.test(line));
  return lines.map((line) => line.trim()).join(" ");
}

/** A step of a preview, as `pulumi preview --json` tells it. */
export interface PreviewedStep {
  op: string;
  urn: string;
  newState?: {
    type: string;
    inputs?: Record<string, unknown>;
    provider?: string;
    /** URN. */
    parent?: string;
    propertyDependencies?: Record<string, string[]>;
  };
}

/** What a preview of the program plans, and what stays as it is. */
export async function previewedSteps(
  stackTarget: StackTarget,
  terminal: Terminal,
  more: readonly string[] = [],
): Promise<PreviewedStep[]> {
  await requireStack(stackTarget);
  terminal.note("Running pulumi preview.");
  const { code, stdout, stderr } = await runPulumi(stackTarget, ["preview", "--json", "--show-sames", ...more]);
  if (code !== 0) {
    throw new StackError(
      `pulumi preview failed: ${reasonIn(`${errorsIn(stdout)} ${stderr}`)}`,
      "Run it yourself to see its complete output.",
    );
  }
  return stepsIn(stdout, "pulumi preview --json");
}

/** @param source where the text is from, for messages */
export function stepsIn(text: string, source: string): PreviewedStep[] {
  const { steps } = parse(text, source) as { steps?: unknown };
  if (Array.isArray(steps)) return steps as PreviewedStep[];
  throw new StackError(`${source} contains no steps.`, "Pass the output of: pulumi preview --json.");
}

/** The first version of the CLI whose import takes inputs and outputs from a file: before, it cannot read our resources. */
const firstCli = [3, 254] as const;

async function requireCli(stackTarget: StackTarget): Promise<void> {
  const { stdout } = await runPulumi({ ...stackTarget, options: { cwd: stackTarget.options.cwd, stack: undefined } }, [
    "version",
  ]);
  const [major = 0, minor = 0] = stdout.trim().replace(/^v/, "").split(".").map(Number);
  if (major > firstCli[0] || (major === firstCli[0] && minor >= firstCli[1])) return;
  throw new StackError(
    `The import of dynamic resources requires Pulumi ${firstCli.join(".")}.0 or newer; this is ${printable(stdout, 40)}.`,
    "Upgrade the Pulumi CLI and run the command again.",
  );
}

async function requireStack(stackTarget: StackTarget): Promise<void> {
  const named = stackTarget.options.stack;
  const { code, stderr } = await runPulumi(stackTarget, ["stack", "--show-name"]);
  if (code === 0) return;
  throw new StackError(
    `${named === undefined ? "No stack is selected" : "The stack cannot be selected"}: ${reasonIn(stderr)}`,
    `In the project's folder, run pulumi stack init ${named === undefined ? "prod" : `--stack ${shellWord(named)}`} or pulumi stack select; then run the command again.`,
  );
}
