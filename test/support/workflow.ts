import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { writeKeptPreviews, writeShortcuts } from "./executable.js";
import { GitHub, type Call } from "./gh.js";
import type { Project } from "./pulumi.js";

type Texts = Record<string, string>;

interface Step {
  name?: string;
  id?: string;
  uses?: string;
  run?: string;
  shell?: string;
  if?: string;
  with?: Texts;
  env?: Texts;
}

interface Job {
  uses?: string;
  with?: Texts;
  secrets?: Texts;
  environment?: string;
  needs?: string | string[];
  if?: string;
  env?: Texts;
  outputs?: Texts;
  steps: Step[];
}

export interface Workflow {
  on: { workflow_call?: { inputs?: Record<string, { default?: unknown }> } };
  defaults?: { run: { shell: string } };
  jobs: Record<string, Job>;
}

export type Result = "success" | "failure" | "skipped";

/** What one run of a workflow came to. */
export interface Run {
  /** Results of the jobs, by the name of their checks: `review / access-review`. */
  checks: Record<string, Result>;
  /** The steps that failed, as `job: step`. */
  failed: string[];
  /** Everything that steps printed. */
  log: string;
}

/** A commit of a repository: files by path, with a text, or a link's target. */
export type Tree = Record<string, string | { link: string }>;

const root = resolve(__dirname, "../..");
/** Where workflows and actions of this repository are called from. */
const ownAddress = /^avala-ai\/pulumi-avala\/(.+)@v[\d.]+$/;
const known = { "github.token": "token-of-the-job", "vars.PULUMI_STACK": "test" };
const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A bare repository, as a service for git hosts it. */
export class Repository {
  readonly folder: string;
  /** Names of contents that it holds. */
  readonly #blobs = new Map<string, string>();

  constructor(folder: string) {
    this.folder = folder;
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", folder]);
    this.#git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
  }

  /** A commit of exactly these files on top of its parents. */
  commit(files: Tree, ...parents: string[]): string {
    const index = join(this.folder, "index-of-test");
    rmSync(index, { force: true });
    const env = { GIT_INDEX_FILE: index };
    const entries = Object.entries(files).map(([path, content]) => {
      const [mode, data] = typeof content === "string" ? ["100644", content] : ["120000", content.link];
      return `${mode} ${this.#blob(data!)}\t${path}\0`;
    });
    this.#git(["update-index", "-z", "--index-info"], env, entries.join(""));
    const tree = this.#git(["write-tree"], env);
    return this.#git(["commit-tree", tree, "-m", "A change", ...parents.flatMap((parent) => ["-p", parent])], env);
  }

  #blob(data: string): string {
    const name = this.#blobs.get(data) ?? this.#git(["hash-object", "-w", "--stdin"], {}, data);
    this.#blobs.set(data, name);
    return name;
  }

  treeOf(commit: string): string {
    return this.#git(["rev-parse", `${commit}^{tree}`]);
  }

  point(ref: string, commit: string): void {
    this.#git(["update-ref", ref, commit]);
  }

  #git(args: string[], env: Texts = {}, input = ""): string {
    const who = {
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@example.com",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@example.com",
    };
    const options = { cwd: this.folder, input, encoding: "utf8" as const, env: { ...process.env, ...who, ...env } };
    return execFileSync("git", args, options).trim();
  }
}

/**
 * Runs the jobs of a workflow of GitHub's, also of those that it calls in this repository: shell steps in a real shell, on
 * the programs that are really there and on a real repository; of the actions it knows what they leave behind. `gh` is a
 * stand-in, which keeps what it is asked.
 */
export class Runner {
  readonly repository: Repository;
  readonly #project: Project;
  readonly #desk: string;
  readonly #github: GitHub;
  /** Values of expressions, by their path: `github.sha`. */
  context: Texts = {};
  /** Secrets by environment: a job has those of its own one. */
  environments: Record<string, Texts> = {};
  /** Before a step of this name, for what happens in the meantime. */
  before: Record<string, () => void> = {};
  /** In place of inputs of the called workflow. */
  inputs: Record<string, unknown> = {};
  /** Whether steps find the real `npm` and `npx`, in place of shortcuts. */
  hasNpm = false;
  /** Whether a tree that has been previewed is not previewed again. */
  keepsPreviews = false;

  static async open(project: Project): Promise<Runner> {
    const desk = join(project.folder, "github");
    writeShortcuts(join(desk, "shortcuts"));
    writeKeptPreviews(join(desk, "previews"));
    return new Runner(project, desk, await GitHub.open(join(desk, "bin"), join(desk, "artifacts")));
  }

  private constructor(project: Project, desk: string, github: GitHub) {
    this.#project = project;
    this.#desk = desk;
    this.#github = github;
    this.repository = new Repository(join(desk, "origin"));
  }

  close(): void {
    this.#github.close();
  }

  /** What `gh` answers, by `METHOD path` or command; what is not there, it fails for. */
  get answers(): Record<string, unknown> {
    return this.#github.answers;
  }

  set answers(answers: Record<string, unknown>) {
    this.#github.answers = answers;
  }

  /** What has been asked of GitHub since this was last called. */
  calls(): Call[] {
    return this.#github.calls();
  }

  /** The folder of an uploaded artifact. */
  uploaded(artifact: string): string {
    return join(this.#desk, "uploads", artifact);
  }

  /** Puts a folder where `gh run download <run>` finds it as an artifact. */
  keep(artifact: string, run: number, folder = this.uploaded(artifact)): void {
    const kept = join(this.#desk, "artifacts", String(run), artifact);
    rmSync(kept, { recursive: true, force: true });
    cpSync(folder, kept, { recursive: true });
  }

  async run(file: string): Promise<Run> {
    const run: Run = { checks: {}, failed: [], log: "" };
    for (const [name, job] of Object.entries(read(file).jobs)) {
      const called = job.uses === undefined ? undefined : read(join(root, ownFile(job.uses)));
      if (!called) throw new Error(`${name} calls no workflow of this repository.`);
      const declared = Object.entries(called.on.workflow_call?.inputs ?? {});
      const defaults = declared.map(([input, { default: value }]) => [input, value]);
      const inputs = { ...Object.fromEntries(defaults), ...job.with, ...this.inputs } as Record<string, unknown>;
      await this.#runJobs(called, name, inputs, Object.keys(job.secrets ?? {}), run);
    }
    return run;
  }

  async #runJobs(workflow: Workflow, caller: string, inputs: Record<string, unknown>, secrets: string[], run: Run) {
    const values = new Map<string, string>(Object.entries({ ...known, ...this.context }));
    for (const [name, value] of Object.entries(inputs)) values.set(`inputs.${name}`, String(value));
    for (const [name, job] of Object.entries(workflow.jobs)) {
      const needed = [job.needs ?? []].flat();
      const ready = needed.every((other) => values.get(`needs.${other}.result`) === "success");
      const own = new Map(values);
      for (const secret of secrets) {
        own.set(`secrets.${secret}`, this.environments[job.environment ?? ""]?.[secret] ?? "");
      }
      const failed =
        ready || job.if === "always()" ? await this.#runJob(job, workflow.defaults?.run.shell, own, run) : undefined;
      const result = !ready && job.if !== "always()" ? "skipped" : failed === undefined ? "success" : "failure";
      if (failed !== undefined) run.failed.push(`${name}: ${failed}`);
      run.checks[`${caller} / ${name}`] = result;
      values.set(`needs.${name}.result`, result);
      for (const [output, expression] of Object.entries(job.outputs ?? {})) {
        values.set(`needs.${name}.outputs.${output}`, result === "success" ? filled(expression, own) : "");
      }
    }
  }

  /** The first step that failed. Each job has a machine of its own. */
  async #runJob(
    job: Job,
    shell: string | undefined,
    values: Map<string, string>,
    run: Run,
  ): Promise<string | undefined> {
    const machine = mkdtempSync(join(this.#desk, "machine-"));
    for (const folder of ["workspace", "temp"]) mkdirSync(join(machine, folder));
    const steps = job.steps.flatMap((step) => (step.uses === undefined ? [step] : stepsOf(step)));
    try {
      for (const step of steps) {
        const { code, output } = await this.#step({ shell, ...step }, job.env ?? {}, values, machine);
        run.log += output;
        if (code !== 0) return step.name ?? step.uses;
      }
      return undefined;
    } finally {
      rmSync(machine, { recursive: true, force: true });
    }
  }

  async #step(step: Step, shared: Texts, values: Map<string, string>, machine: string) {
    if (step.if !== undefined && !holds(step.if, values)) return { code: 0, output: "" };
    const fill = (all: Texts = {}) =>
      Object.fromEntries(Object.entries(all).map(([name, value]) => [name, filled(text(value), values)]));
    if (step.uses !== undefined) return this.#act(step.uses, fill(step.with), join(machine, "workspace"), values);
    this.before[step.name ?? ""]?.();
    const programs = ["bin", ...(this.hasNpm ? [] : ["shortcuts"]), ...(this.keepsPreviews ? ["previews"] : [])].map(
      (folder) => join(this.#desk, folder),
    );
    const outputs = join(machine, "outputs");
    writeFileSync(outputs, "");
    const env = {
      ...fill({ ...shared, ...step.env }),
      GITHUB_OUTPUT: outputs,
      GITHUB_REPOSITORY: "acme/access",
      GITHUB_SHA: values.get("github.sha") ?? "",
      RUNNER_TEMP: join(machine, "temp"),
      PATH: [...programs, this.#project.environment()["PATH"]].join(":"),
    };
    if (step.shell !== "bash") throw new Error("Without `shell: bash` a failure in a pipe is not noticed.");
    const script = `cd ${join(machine, "workspace")}\n${step.run!}`;
    const { code, stdout, stderr } = await this.#project.exec("bash", ["-eo", "pipefail", "-c", script], env);
    for (const line of readFileSync(outputs, "utf8").split("\n").filter(Boolean)) {
      const at = line.indexOf("=");
      values.set(`steps.${step.id}.outputs.${line.slice(0, at)}`, line.slice(at + 1));
    }
    return { code, output: `${stdout}\n${stderr}\n` };
  }

  #act(uses: string, inputs: Texts, workspace: string, values: ReadonlyMap<string, string>) {
    const done = { code: 0, output: "" };
    const action = uses.split("@")[0];
    if (action === "actions/setup-node" || action === "pulumi/actions" || action === "actions/attest") return done;
    if (action === "actions/checkout") {
      if (inputs["ref"] !== undefined || inputs["path"] !== undefined)
        throw new Error("Only its own commit is checked out.");
      const git = (...args: string[]) => execFileSync("git", args, { cwd: workspace, stdio: "pipe" });
      git("init", "--quiet");
      git("remote", "add", "origin", `file://${this.repository.folder}`);
      git("fetch", "--quiet", "--depth=1", "origin", valueOf("github.sha", values));
      git("checkout", "--quiet", "--detach", "FETCH_HEAD");
      return done;
    }
    const { name, path = "." } = inputs;
    if (action === "actions/upload-artifact") {
      const from = resolve(workspace, path);
      rmSync(this.uploaded(name!), { recursive: true, force: true });
      cpSync(from, join(this.uploaded(name!), statSync(from).isDirectory() ? "." : basename(from)), {
        recursive: true,
      });
      return done;
    }
    if (action === "actions/download-artifact") {
      cpSync(this.uploaded(name!), join(workspace, path), { recursive: true });
      return done;
    }
    throw new Error(`What ${uses} does is not known here.`);
  }
}

export function read(file: string): Workflow {
  return parse(readFileSync(file, "utf8")) as Workflow;
}

/** The path in this repository of what is called by its address. */
export function ownFile(uses: string): string {
  const [, path] = ownAddress.exec(uses) ?? [];
  if (path === undefined) throw new Error(`${uses} is not a file of this repository.`);
  return path;
}

/** The steps of an action of this repository; any other action as it is. */
function stepsOf(step: Step): Step[] {
  if (!ownAddress.test(step.uses!)) return [step];
  const action = parse(readFileSync(join(root, ownFile(step.uses!), "action.yml"), "utf8")) as {
    inputs: Record<string, { default: string }>;
    runs: { steps: Step[] };
  };
  // Its inputs go to actions alone, of which nothing is run here.
  return action.runs.steps.map(({ with: _with, ...inner }) => inner);
}

function filled(template: string, values: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\$\{\{ ([^}]+) \}\}/g, (_, expression: string) => {
    const [, path, yes, no] = /^(\S+) && '([^']*)' \|\| '([^']*)'$/.exec(expression) ?? [];
    return path === undefined ? valueOf(expression, values) : valueOf(path, values) === "true" ? yes! : no!;
  });
}

function valueOf(path: string, values: ReadonlyMap<string, string>): string {
  const value = values.get(path);
  if (value === undefined) throw new Error(`The value of ${path} is not known here.`);
  return value;
}

function holds(condition: string, values: ReadonlyMap<string, string>): boolean {
  if (!/^[\w.-]+$/.test(condition)) throw new Error(`${condition} cannot be told here.`);
  return valueOf(condition, values) === "true";
}

/** The folder in which a test writes files of this tree. */
export function written(folder: string, files: Record<string, string>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}
