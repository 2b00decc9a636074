import { parseArgs } from "node:util";
import { SeedError, StartError, StateFileError } from "./errors.js";
import type { KeyOwner, Profile, Seed, ServerOptions } from "./index.js";
import { readJsonFile, reasonOf } from "./jsonFile.js";
import { settingLine } from "./platform.js";
import { LOCAL_KEY } from "./service.js";

const STATE_FILE = ".avala/emulator.json";
/** Addresses under which a program on the same machine reaches 127.0.0.1 or [::1], which is all that is answered. */
const HOSTS = ["127.0.0.1", "::1", "0.0.0.0", "::"];

export const HELP = `Usage: avala-emulator [options]

Serves Avala's organizations API on 127.0.0.1, and sends no email. It prints what a program needs to reach it.

  --port 8787          port to listen on; 0 takes a free one
  --state file         keeps the state in this file, default ${STATE_FILE}
  --memory             keeps the state in memory only
  --seed file.json     initial people, keys and organizations, used if the state is new
  --profile file.json  settings that pulumi-avala probe has measured of a deployment, in place of the defaults
  --key KEY=email      one more API key and its user; may be repeated
  --key KEY=email:organizations.read,organizations.write
                       the same, restricted to these scopes; with nothing after the colon, to none
  --host 127.0.0.1     address to listen on: ${HOSTS.join(", ")}. On the last two, everybody who
                       reaches this machine can read and change everything; in a container they are needed
  --help               prints this text

avk_local is the key of owner@example.com. http://127.0.0.1:8787/ is a page that shows the content, with buttons to
answer invitations and to make drift.`;

const OPTIONS = {
  port: { type: "string", default: "8787" },
  state: { type: "string" },
  memory: { type: "boolean" },
  seed: { type: "string" },
  profile: { type: "string" },
  key: { type: "string", multiple: true, default: [] as string[] },
  host: { type: "string", default: "127.0.0.1" },
  help: { type: "boolean", short: "h" },
} as const;

/** A command line, with `files` that are not read yet; `undefined` if it asks for the help text. */
export interface CommandLine {
  port: number;
  host: string;
  keys: Record<string, KeyOwner>;
  /** `undefined`: in memory. */
  stateFile: string | undefined;
  files: { seed?: string | undefined; profile?: string | undefined };
}

/** Throws StartError, which says what is wrong and what to do. */
export function parseCommandLine(args: string[]): CommandLine | undefined {
  const values = valuesOf(args);
  if (values.help) return undefined;
  if (values.memory && values.state !== undefined) {
    throw new StartError("--memory and --state contradict each other: leave one of them out.");
  }
  if (!HOSTS.includes(values.host)) {
    throw new StartError(`--host takes ${HOSTS.join(", ")}, not ${JSON.stringify(values.host)}.`);
  }
  return {
    port: portOf(values.port),
    host: values.host,
    keys: keysOf(values.key),
    stateFile: values.memory ? undefined : (values.state ?? STATE_FILE),
    files: { seed: values.seed, profile: values.profile },
  };
}

function valuesOf(args: string[]) {
  // Node.js would explain a fault in several lines.
  const { tokens } = parseArgs({ args, options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") throw usageFault(`The argument ${JSON.stringify(token.value)} is not an option.`);
    if (token.kind === "option") requireKnown(token.name, token);
  }
  return parseArgs({ args, options: OPTIONS }).values;
}

function requireKnown(name: string, { rawName, value, inlineValue }: ParsedOption): void {
  if (!Object.hasOwn(OPTIONS, name)) throw usageFault(`The option ${rawName} is unknown.`);
  const takesValue = OPTIONS[name as keyof typeof OPTIONS].type === "string";
  if (!takesValue && value !== undefined) throw usageFault(`The option ${rawName} takes no value.`);
  const isMissing = value === undefined || value === "" || (value.startsWith("-") && !inlineValue);
  if (takesValue && isMissing) throw usageFault(`The option ${rawName} needs a value.`);
}

interface ParsedOption {
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

const usageFault = (what: string): StartError => new StartError(`${what} avala-emulator --help lists the options.`);

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65536) return port;
  throw new StartError(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}.`);
}

function keysOf(pairs: readonly string[]): Record<string, KeyOwner> {
  const owners = new Map<string, KeyOwner>();
  for (const pair of pairs) {
    const at = pair.lastIndexOf("=");
    const key = pair.slice(0, Math.max(at, 0));
    const [email = "", scopes] = pair.slice(at + 1).split(":");
    if (key === "") throw new StartError("--key takes KEY=email or KEY=email:scope,scope: a key is missing.");
    if (owners.has(key)) throw new StartError("--key is given twice for one key: leave one of them out.");
    owners.set(key, { email, scopes: scopes?.split(",").filter(Boolean) });
  }
  return Object.fromEntries(owners);
}

/** Reads the files of a command line. */
export function serverOptions({ files, ...plain }: CommandLine): ServerOptions {
  const content = (option: "seed" | "profile") => {
    const file = files[option];
    if (file === undefined) return undefined;
    try {
      return readJsonFile(file);
    } catch (error) {
      throw new StartError(`The file ${file} of --${option} cannot be read: ${sentence(reasonOf(error))}`, {
        cause: error,
      });
    }
  };
  return { ...plain, seed: content("seed") as Seed | undefined, profile: content("profile") as Profile | undefined };
}

/** One line for the person who has typed a command: what happened, why, and what to do. */
export function explain(error: unknown, line: CommandLine | undefined): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return `avala-emulator: ${oneLine(line === undefined ? message : explained(error, code, line))}`;
}

function explained(error: unknown, code: string | undefined, { port, host, files }: CommandLine): string {
  const { message } = error as Error;
  if (error instanceof StateFileError) {
    return `${sentence(message)} Start with another file (--state), or without one (--memory).`;
  }
  if (error instanceof SeedError) return refused(error, files);
  if (code === "EADDRINUSE") {
    return `Port ${port} of ${host} is taken, perhaps by another emulator. Stop that program, or start with --port 0, which takes a free port.`;
  }
  if (code === "EACCES") return `This user may not listen on port ${port}. Start with a port above 1023.`;
  if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT") {
    return `This machine does not have the address ${host}. Start with another --host.`;
  }
  return message;
}

function refused({ part, message }: SeedError, files: CommandLine["files"]): string {
  if (part === "keys") return sentence(`--key is refused: ${message.replace(/^keys: /, "")}`);
  return `The file ${files[part] ?? ""} of --${part} is refused: ${sentence(message.replace(/^profile: /, ""))} Correct it; the README of the emulator describes its format.`;
}

const sentence = (text: string): string => (text.endsWith(".") ? text : `${text}.`);

/** Files and values may contain line breaks and control characters. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]+/gu, " ");

/** What a start prints: where things are, and what makes a program use them. */
export function greeting({ host, stateFile, files }: CommandLine, { url, resumed, keyWorks }: Started): string {
  const unused = (["seed", "profile"] as const).filter((name) => files[name] !== undefined).map((name) => `--${name}`);
  const kept = unused.length === 0 ? "continued" : `continued, so ${unused.join(" and ")} had no effect`;
  const open = host === "0.0.0.0" || host === "::";
  return [
    "Avala emulator",
    `  Page   ${new URL("/", url).href}`,
    `  API    ${url}`,
    `  State  ${stateFile === undefined ? "in memory, until it stops" : stateFile + (resumed ? ` (${kept})` : "")}`,
    ...(open ? [`  Open   to everybody who reaches this machine, because of --host ${host}`] : []),
    "",
    settingLine("AVALA_BASE_URL", url),
    keyWorks
      ? settingLine("AVALA_API_KEY", LOCAL_KEY)
      : "# The state has revoked avk_local: set AVALA_API_KEY to another key.",
    settingLine("AVALA_ALLOW_INSECURE_BASE_URL", "1"),
  ].join("\n");
}

interface Started {
  url: string;
  resumed: boolean;
  keyWorks: boolean;
}
