import { execFile, execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { resources as schemas } from "../../provider/schema/index.js";
import { fastStart } from "./fastStart.js";

const root = resolve(__dirname, "../..");
const workFolder = join(root, ".work/e2e");
const stackName = "test";
const projectName = "e2e";
const common = ["--stack", stackName, "--non-interactive", "--color", "never"];
/** No command of these tests takes a tenth of it; a command that takes longer hangs. */
const deadlineMs = 150_000;

export type Kind = "Organization" | "Team" | "OrganizationMember" | "TeamMembership" | "TeamRoster" | "Invitation";

/** One declaration of a program given as data; see programs/fromJson.js. */
export interface Declared {
  kind: Kind | "People" | "Component" | "Provider";
  name: string;
  /** Name for `ref` if it is not the logical one. */
  key?: string;
  args?: Record<string, unknown>;
  options?: Record<string, unknown>;
  /** Reads this id instead of managing a resource. */
  get?: unknown;
}

/** Stands for a resource declared before, or for one of its outputs. */
export const ref = (name: string, property?: string) => ({
  $ref: name,
  ...(property === undefined ? {} : { property }),
});

/** The step of one run of the engine for one resource; `op` is `create`, `update`, `delete`, `create-replacement`, … */
export interface Step {
  op: string;
  urn: string;
  kind: string;
  name: string;
  old: ResourceState | undefined;
  new: ResourceState | undefined;
}

export interface ResourceState {
  urn: string;
  type: string;
  id?: string;
  provider?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  deletedWith?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
}

interface Latest {
  resources?: ResourceState[];
  pending_operations?: unknown[];
}

/** One preview, update or refresh; of an update with its preview the engine logs the update alone. */
export interface EngineRun {
  steps: Step[];
  /** Diagnostics other than debug ones, each as often as the engine emitted it. */
  diagnostics: { severity: string; urn: string; message: string }[];
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
  /** The output that the user sees: both streams. */
  screen: string;
  runs: EngineRun[];
  /** The last run, in words: "create Team core", sorted. */
  steps: string[];
  /** The errors about a resource, by its logical name. */
  errors: { name: string; message: string }[];
}

interface Cli {
  command: string;
  env: NodeJS.ProcessEnv;
}

let cli: Promise<Cli> | undefined;

/** The CLI and environment of scripts/pulumi.mjs, asked in a process of its own: jest does not load ES modules. */
function findCli(): Promise<Cli> {
  const script =
    `const { ensurePulumi } = await import(${JSON.stringify(join(root, "scripts/pulumi.mjs"))});` +
    "const { command, env } = await ensurePulumi(); process.stdout.write(JSON.stringify({ command, env }));";
  const options = { cwd: root, env: plainEnvironment(), maxBuffer: 1 << 24 };
  return promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], options).then(
    ({ stdout }) => JSON.parse(stdout) as Cli,
  );
}

/** No setting of the caller's Avala, of jest or of a surrounding stack reaches a program. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(AVALA_|JEST_|NODE_ENV$|NODE_OPTIONS$|PULUMI_(CONFIG|STACK|NODEJS))/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** A Pulumi project in a folder of its own, with its own state. Close it at the end of the test. */
export class Project {
  readonly folder: string;
  readonly #cli: Cli;
  readonly #env: Record<string, string>;
  readonly #running = new Set<ChildProcess>();
  #commands = 0;

  private constructor(found: Cli, env: Record<string, string>) {
    mkdirSync(workFolder, { recursive: true });
    this.folder = mkdtempSync(join(workFolder, "p-"));
    this.#cli = found;
    this.#env = env;
  }

  /**
   * Creates a project with an empty stack. Its program declares what `declare` lists, unless `files` replace it.
   * @param env the environment of the program and its host, in addition to that of the CLI
   */
  static async open(env: Record<string, string>, files: Record<string, string> = {}): Promise<Project> {
    const project = new Project(await (cli ??= findCli()), env);
    for (const folder of ["state", "tmp"]) mkdirSync(join(project.folder, folder));
    project.write({
      "Pulumi.yaml": `name: ${projectName}\nruntime: nodejs\n`,
      "package.json": JSON.stringify({ name: projectName, private: true, main: "index.js" }),
      "index.js": 'module.exports = require("../../../test/support/programs/fromJson.js");\n',
      "program.json": JSON.stringify({ resources: [] }),
      ...files,
    });
    if (files["index.ts"] !== undefined) rmSync(join(project.folder, "index.js"));
    await project.#init(env, files);
    return project;
  }

  /** Creates the stack: the first of its description with the CLI, and further ones as copies of its files. */
  async #init(env: Record<string, string>, files: Record<string, string>): Promise<void> {
    const command = ["stack", "init", "--no-select"];
    const config = `Pulumi.${stackName}.yaml`;
    const isSpecial = Object.keys(env).some((name) => /^PULUMI_(?!NODEJS_|SKIP_CHECKPOINTS)/.test(name));
    if (isSpecial || config in files) return void (await this.expectOk(command));
    const description = [this.#cli.command, readFileSync(join(this.folder, "Pulumi.yaml"), "utf8")];
    const created = join(root, ".work/stacks", createHash("sha1").update(description.join("\n")).digest("hex"));
    if (existsSync(created)) return cpSync(created, this.folder, { recursive: true });
    await this.expectOk(command);
    const partial = mkdtempSync(join(workFolder, "stack-"));
    for (const name of ["state", config]) cpSync(join(this.folder, name), join(partial, name), { recursive: true });
    mkdirSync(dirname(created), { recursive: true });
    try {
      renameSync(partial, created);
    } catch (error) {
      rmSync(partial, { recursive: true });
      // Another worker has been faster.
      if (!existsSync(created)) throw error;
    }
  }

  write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
  }

  /** Sets the program. */
  declare(resources: readonly Declared[], exported: Record<string, unknown> = {}): void {
    this.write({ "program.json": JSON.stringify({ resources, exported }) });
  }

  up(args: string[] = ["--skip-preview"], env?: Record<string, string>): Promise<Outcome> {
    return this.run(["up", "--yes", ...args], env);
  }

  preview(args: string[] = [], env?: Record<string, string>): Promise<Outcome> {
    return this.run(["preview", ...args], env);
  }

  refresh(args: string[] = ["--skip-preview"], env?: Record<string, string>): Promise<Outcome> {
    return this.run(["refresh", "--yes", ...args], env);
  }

  destroy(args: string[] = ["--skip-preview"], env?: Record<string, string>): Promise<Outcome> {
    return this.run(["destroy", "--yes", ...args], env);
  }

  /** Runs a command that has to succeed; if it fails, the error contains the output that the user would see. */
  async expectOk(args: string[], env?: Record<string, string>): Promise<Outcome> {
    const outcome = await this.run(args, env);
    if (outcome.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${outcome.code}:\n${outcome.screen}`);
    return outcome;
  }

  /** Runs the CLI on the stack of the project. */
  async run(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
    const log = join(this.folder, `events-${++this.#commands}.jsonl`);
    const reported = ["up", "preview", "refresh", "destroy"].includes(args[0]!) ? ["--event-log", log] : [];
    const ended = await this.exec(this.#cli.command, [...args, ...common, ...reported], env);
    const runs = existsSync(log) ? runsOf(readFileSync(log, "utf8")) : [];
    const steps = (runs.at(-1)?.steps ?? []).map(({ op, kind, name }) => `${op} ${kind} ${name}`).toSorted();
    const errors = runs
      .flatMap(({ diagnostics }) => diagnostics)
      .filter(({ severity, urn }) => severity === "error" && urn !== "")
      .map(({ urn, message }) => ({ name: nameOf(urn), message }));
    return { ...ended, screen: `${ended.stdout}\n${ended.stderr}`, runs, steps, errors };
  }

  /** Starts an update at one request a second, and kills the engine as soon as the condition is true. */
  async killedUp(cameAbout: () => Promise<boolean>): Promise<void> {
    const engine = this.start(["up", "--yes", "--skip-preview"], { AVALA_REQUESTS_PER_SECOND: "1" });
    while (engine.isAlive() && !(await cameAbout())) await pause(50);
    const processes = engine.processes();
    engine.signal("SIGKILL");
    const { code } = await engine.ended;
    if (code !== null) throw new Error(`The update ended by itself, with ${code}.`);
    // The provider process ends itself; the engine's own language host may take minutes.
    for (const { pid } of processes.filter(isLanguageHost)) process.kill(pid);
  }

  /** Starts the CLI on the stack of the project, in a process group of its own as a shell does, and does not wait. */
  start(args: string[], env: Record<string, string> = {}): Started {
    const screen = join(this.folder, `screen-${++this.#commands}.txt`);
    const output = openSync(screen, "w");
    const child = spawn(this.#cli.command, [...args, ...common], {
      cwd: this.folder,
      env: this.environment(env),
      detached: true,
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    this.#running.add(child);
    return new Started(child, screen);
  }

  /** Runs any program in the folder and the environment of the project, and ends it at the deadline. */
  async exec(command: string, args: string[], env: Record<string, string> = {}) {
    const child = spawn(command, args, {
      cwd: this.folder,
      env: this.environment(env),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: deadlineMs,
      killSignal: "SIGKILL",
    });
    this.#running.add(child);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const code = await new Promise<number>((ended, failed) => {
      child.once("error", failed).once("close", (status, signal) => {
        if (signal) failed(new Error(`${command} ${args.join(" ")} was ended by ${signal}:\n${stdout}\n${stderr}`));
        else ended(status ?? 1);
      });
    }).finally(() => this.#running.delete(child));
    return { code, stdout, stderr };
  }

  environment(env: Record<string, string> = {}): NodeJS.ProcessEnv {
    const temporary = join(this.folder, "tmp");
    return {
      ...this.#cli.env,
      // The CLI logs each command into its home.
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "local",
      PULUMI_DEBUG_COMMANDS: "true",
      // A command of the CLI ends before what it has in memory is worth collecting.
      GOGC: "400",
      ...fastStart,
      TMPDIR: temporary,
      TEMP: temporary,
      TMP: temporary,
      ...this.#env,
      ...env,
    };
  }

  /** The text of the state file. */
  stateText(): string {
    return readFileSync(this.#stateFile(), "utf8");
  }

  /** Replaces the state. */
  writeState(text: string): void {
    writeFileSync(this.#stateFile(), text);
  }

  #stateFile(): string {
    const stacks = join(this.folder, "state/.pulumi/stacks");
    // The only file there; an example has a name of its own.
    const [name] = readdirSync(stacks);
    return join(stacks, name!, `${stackName}.json`);
  }

  /** The state as `pulumi stack export` writes it, without that command. */
  exported(): string {
    return JSON.stringify({ version: 3, deployment: this.#latest() });
  }

  /** The resources in state, without stack and providers. */
  resources(): ResourceState[] {
    return (this.#latest().resources ?? []).filter(({ type }) => type.includes("/avala:"));
  }

  /** The pending operations in the state. */
  pending(): unknown[] {
    return this.#latest().pending_operations ?? [];
  }

  #latest(): Latest {
    const { checkpoint } = JSON.parse(this.stateText()) as { checkpoint: { latest?: Latest } };
    return checkpoint.latest ?? {};
  }

  /** The resource of this logical name in state. */
  resource(name: string): ResourceState {
    const found = this.resources().find(({ urn }) => nameOf(urn) === name);
    if (!found) throw new Error(`State holds no resource named ${name}.`);
    return found;
  }

  /** Outputs of a resource in state. */
  outputs(name: string): Record<string, unknown> {
    return this.resource(name).outputs ?? {};
  }

  /** Ends running processes and removes the folder. */
  close(): void {
    for (const child of this.#running) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A running command. */
export class Started {
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  readonly #child: ChildProcess;
  readonly #screen: string;

  constructor(child: ChildProcess, screen: string) {
    this.#child = child;
    this.#screen = screen;
    this.ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  }

  isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Signals the process group in the foreground, as a terminal does at Ctrl-C. */
  interrupt(): void {
    process.kill(-this.#child.pid!, "SIGINT");
  }

  /** Both streams so far. */
  screen(): string {
    return readFileSync(this.#screen, "utf8");
  }

  /** The processes that the engine has started, and their descendants. */
  processes(): Process[] {
    return descendantsOf(this.#child.pid!, runningProcesses());
  }
}

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

export const isLanguageHost = ({ command }: Process): boolean => command.includes("pulumi-language-nodejs");
/** The process that runs the handlers, without the shell that has started it. */
export const isProviderHost = ({ command }: Process): boolean => /^\S*node\S* .*cmd\/dynamic-provider/.test(command);

export function runningProcesses(): Process[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)/.exec(line) ?? [];
    if (command === undefined || state!.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

export function descendantsOf(pid: number, all: readonly Process[]): Process[] {
  const children = all.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, all)]);
}

/** Matches a screen with a stack trace on it. */
export const stackTrace = /^.*\bat .+\.(ts|js):\d+/m;

export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/** `Team` of a type token; the type itself if it is not ours. */
function kindOf(type: string): string {
  const last = type.slice(type.lastIndexOf(":") + 1);
  return Object.values(schemas).some(({ kind }) => kind === last) ? last : type;
}

interface Metadata {
  op: string;
  urn: string;
  type: string;
  old?: ResourceState | null;
  new?: ResourceState | null;
}

interface EngineEvent {
  preludeEvent?: object;
  resOutputsEvent?: { metadata: Metadata };
  diagnosticEvent?: { urn?: string; severity: string; message: string };
}

/** Steps of nothing but the engine's own book-keeping are left out. */
const quiet = new Set(["same", "read", "refresh", "read-discard", "discard"]);

function runsOf(log: string): EngineRun[] {
  const runs: EngineRun[] = [];
  for (const line of log.split("\n").filter(Boolean)) {
    const event = JSON.parse(line) as EngineEvent;
    if (event.preludeEvent) runs.push({ steps: [], diagnostics: [] });
    const run = runs.at(-1);
    if (!run) continue;
    if (event.resOutputsEvent && isOurs(event.resOutputsEvent.metadata))
      run.steps.push(stepOf(event.resOutputsEvent.metadata));
    const said = event.diagnosticEvent;
    if (said && said.severity !== "debug") {
      run.diagnostics.push({ severity: said.severity, urn: said.urn ?? "", message: said.message });
    }
  }
  return runs;
}

function isOurs({ op, type }: Metadata): boolean {
  return !quiet.has(op) && type.includes("/avala:");
}

function stepOf({ op, urn, type, old, new: now }: Metadata): Step {
  return { op, urn, kind: kindOf(type), name: nameOf(urn), old: old ?? undefined, new: now ?? undefined };
}
