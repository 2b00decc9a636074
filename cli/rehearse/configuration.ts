import { StackError } from "../errors.js";
import { parse, reasonIn, runPulumi, type StackTarget } from "../pulumi/run.js";
import { propertiesOf } from "../pulumi/values.js";
import type { Passphrase } from "./passphrase.js";

/** A value of a stack's configuration, as `pulumi config --json --show-secrets` writes it. */
export interface ConfigurationRow {
  /** In clear; of an object, its JSON. */
  value?: string;
  /** Only of objects and lists. */
  objectValue?: unknown;
  secret?: boolean;
}

/** By key: `<namespace>:<name>`. */
export type Configuration = Readonly<Record<string, ConfigurationRow>>;

/**
 * The configuration of a stack, secrets in clear: nothing of it may be shown or written.
 * @throws StackError if the stack imports environments of Pulumi ESC
 */
export async function readConfiguration(stackTarget: StackTarget): Promise<Configuration> {
  await refuseEnvironments(stackTarget);
  return (await json(stackTarget, ["config", "--json", "--show-secrets"])) as Configuration;
}

/** The plain values by key: what `stackConfiguration` reads. */
export function valuesOf(configuration: Configuration): ReadonlyMap<string, string> {
  const rows = Object.entries(configuration).map(([key, { value }]) => [key, value] as const);
  return new Map(rows.filter((row): row is [string, string] => typeof row[1] === "string"));
}

/** The text of a stack configuration file with these values. JSON, which YAML includes. */
export function configurationFile(configuration: Configuration, passphrase: Passphrase): string {
  const rows = Object.entries(configuration).map(
    ([key, row]) => `${JSON.stringify(key)}: ${valueText(row, passphrase)}`,
  );
  const text = `{"encryptionsalt": ${JSON.stringify(passphrase.salt)}, "config": {${rows.join(", ")}}}\n`;
  return text.replaceAll(notInYaml, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Allowed in JSON as they are, but not in YAML. */
const notInYaml = /[\u007f-\u009f\ufeff\ufffe\uffff]/g;
/** In JSON: a text, or the name of a property with its colon. */
const textPattern = /("(?:[^"\\]|\\.)*")(\s*:)?/g;

/**
 * Objects keep the spelling of their numbers. An object is secret if a text in it is: only texts can be, so all of them
 * are encrypted.
 */
function valueText({ value = "", objectValue, secret }: ConfigurationRow, passphrase: Passphrase): string {
  const text = objectValue === undefined ? JSON.stringify(value) : value;
  if (secret !== true) return text;
  return text.replaceAll(textPattern, (found: string, quoted: string, colon: string | undefined) =>
    colon === undefined ? JSON.stringify({ secure: passphrase.encrypted(JSON.parse(quoted) as string) }) : found,
  );
}

/**
 * Values of an environment are part of the configuration, but its environment variables cannot be copied, and no
 * command says whether there are any. Only Pulumi Cloud has environments: with another backend no run succeeds.
 */
async function refuseEnvironments(stackTarget: StackTarget): Promise<void> {
  const { url } = propertiesOf(
    await json({ ...stackTarget, options: { ...stackTarget.options, stack: undefined } }, ["whoami", "--json"]),
  );
  if (typeof url === "string" && !/^https?:/.test(url)) return;
  const imported = await json(stackTarget, ["config", "env", "ls", "--json"]);
  if (Array.isArray(imported) && imported.length === 0) return;
  throw new StackError(
    "The stack configuration imports environments of Pulumi ESC. Their environment variables cannot be copied, so a rehearsal could differ from the run.",
    "Use pulumi-avala review, or rehearse a stack without environment: in its configuration.",
  );
}

async function json(stackTarget: StackTarget, args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runPulumi(stackTarget, args);
  const command = `pulumi ${args.filter((arg) => !arg.startsWith("-")).join(" ")}`;
  if (code === 0) return parse(stdout, command);
  // Only stderr: secrets are on stdout.
  throw new StackError(
    `${command} failed: ${reasonIn(stderr)}`,
    "Fix the problem, or select the stack with --stack and the project's folder with --cwd.",
  );
}
