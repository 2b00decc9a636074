import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { sentence } from "../../provider/core/text.js";
import type { Invocation } from "../command.js";
import { StackError } from "../errors.js";

/** Where a command is run, as far as Pulumi is concerned. */
export type StackTarget = {
  options: Pick<Invocation["options"], "cwd" | "stack">;
  environment: Invocation["environment"];
};

const projectFiles = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** The file of the Pulumi project in a folder. */
export function projectFileIn(folder: string): string | undefined {
  return projectFiles.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/** The folder of the Pulumi project: the given or current one, or one above it. */
export function projectFolder({ options }: StackTarget): string | undefined {
  let folder = resolve(options.cwd ?? ".");
  for (;;) {
    if (projectFileIn(folder) !== undefined) return folder;
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
}

export function isInProject(stackTarget: StackTarget): boolean {
  return projectFolder(stackTarget) !== undefined;
}

/** The stack's configuration by key, secrets included. */
export async function stackConfiguration(stackTarget: StackTarget): Promise<ReadonlyMap<string, string>> {
  const rows = parse(await pulumi(stackTarget, ["config", "--json", "--show-secrets"]), "pulumi config");
  const values = Object.entries(rows as Record<string, { value?: unknown }>).map(
    ([key, row]) => [key, row.value] as const,
  );
  return new Map(values.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/**
 * The stack's state, as `pulumi stack export` writes it.
 * @param secrets with those in clear, for comparing: nothing of them may be shown or written
 * @param version an earlier one, as `pulumi stack history` counts them
 */
export async function exportedState(
  stackTarget: StackTarget,
  { secrets = false, version }: { secrets?: boolean; version?: string } = {},
): Promise<unknown> {
  const more = [...(secrets ? ["--show-secrets"] : []), ...(version === undefined ? [] : ["--version", version])];
  const fix =
    "Pass a version that pulumi stack history lists. Backends other than Pulumi Cloud export no versions: pass a file, such as an earlier output of pulumi stack export, or a checkpoint file of the backend's history.";
  const text = await pulumi(stackTarget, ["stack", "export", ...more], version === undefined ? undefined : fix);
  return parse(text, "pulumi stack export");
}

/** What `pulumi version` prints; undefined where there is no CLI on the PATH. */
export async function cliVersion({ environment }: StackTarget): Promise<string | undefined> {
  const env = { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    return (await promisify(execFile)("pulumi", ["version"], { env })).stdout.trim();
  } catch {
    return undefined;
  }
}

/**
 * What `pulumi preview --json` writes of the stack, with what stays as it is; an error where the preview fails.
 * @param more further arguments
 * @param instead for the fix of a failure: what the command takes in place of its own preview
 */
export async function previewed(
  { options, environment }: StackTarget,
  more: readonly string[] = [],
  instead = "",
): Promise<string> {
  const stack = options.stack === undefined ? [] : ["--stack", options.stack];
  const common = ["--non-interactive", "--color", "never", "--cwd", resolve(options.cwd ?? ".")];
  const env = { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const args = ["preview", "--json", "--show-sames", "--show-replacement-steps", ...more, ...stack, ...common];
  return promisify(execFile)("pulumi", args, { env, maxBuffer: 1 << 30 }).then(
    ({ stdout }) => stdout,
    ({ stdout = "", stderr = "", code }: { stdout?: string; stderr?: string; code?: unknown }) => {
      const why = code === "ENOENT" ? "the Pulumi CLI is not on the PATH." : reasonIn(`${errorsIn(stdout)} ${stderr}`);
      throw new StackError(`pulumi preview failed: ${why}`, `Fix the problem${instead}.`);
    },
  );
}

/** What a failed preview says of its failure: in its JSON, as a rule. */
export function errorsIn(text: string): string {
  try {
    const { diagnostics } = JSON.parse(text) as { diagnostics?: { severity: string; message: string }[] };
    return (diagnostics ?? [])
      .filter(({ severity }) => severity === "error")
      .map(({ message }) => message)
      .join(" ");
  } catch {
    return "";
  }
}

/** JSON of a known source; an error that names it, and nothing of its content, otherwise. */
export function parse(text: string, source: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new StackError(`${source} is not valid JSON.`, "Pass the output of: pulumi stack export.");
  }
}

/**
 * Runs the CLI on the project and the stack, and answers what it prints on stdout.
 * @param fix instead of the usual one
 */
async function pulumi(stackTarget: StackTarget, args: string[], fix?: string): Promise<string> {
  const configures = args[0] === "config";
  const { code, stdout, stderr } = await runPulumi(stackTarget, args);
  if (code === 0) return stdout;
  // Only stderr: with --show-secrets the key is on stdout.
  throw new StackError(
    `pulumi ${configures ? "config" : "stack export"} failed: ${reasonIn(stderr)}`,
    fix ??
      `Fix the problem, or select the stack with --stack and the project's folder with --cwd${configures ? ", or set AVALA_API_KEY" : ""}.`,
  );
}

/** Why a command of the CLI failed, in its own words. */
export function reasonIn(output: string): string {
  return output.trim() === "" ? "no reason given." : sentence(output);
}

/**
 * Runs the CLI on the project and the stack, to its end.
 * @throws StackError where there is no CLI
 */
export async function runPulumi(
  { options, environment }: StackTarget,
  args: string[],
  more: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const stack = options.stack === undefined ? [] : ["--stack", options.stack];
  const common = ["--non-interactive", "--color", "never", "--cwd", resolve(options.cwd ?? ".")];
  const env = { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true", ...more };
  try {
    const output = await promisify(execFile)("pulumi", [...args, ...stack, ...common], { env, maxBuffer: 1 << 30 });
    return { code: 0, ...output };
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code !== "ENOENT") return { code: typeof code === "number" ? code : 1, stdout, stderr };
    throw new StackError(
      "This is a Pulumi project, but the Pulumi CLI is not on the PATH.",
      "Install it; or set AVALA_API_KEY, and pass --state <file> to commands that accept it.",
    );
  }
}
