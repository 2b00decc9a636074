import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { writeKeptPreviews, writeShortcuts } from "./executable.js";
import type { Project } from "./pulumi.js";
import { Repository, type Result } from "./workflow.js";

type Texts = Record<string, string>;

interface Job {
  rules: { if: string }[];
  needs?: string[];
  environment: string | { name: string };
  variables?: Texts;
  script: string[];
  artifacts?: { paths: string[] };
}

/** What one pipeline came to. */
export interface Pipeline {
  /** What "Pipelines must succeed" looks at. */
  status: "success" | "failed";
  jobs: Record<string, Result>;
  log: string;
}

/** One request to GitLab. */
export interface Asked {
  request: string;
  body: Texts;
}

/**
 * Runs the jobs of a GitLab pipeline: their scripts in a real shell, on the programs that are really there and on a real
 * repository, with a server of its own in place of GitLab's API.
 */
export class Pipelines {
  readonly repository: Repository;
  readonly #project: Project;
  readonly #folder: string;
  readonly #server: Server;
  readonly #asked: Asked[] = [];
  /** What the API answers, by `METHOD path`; what is not there, it answers with 404. A text is a file's content. */
  answers: Record<string, unknown> = {};
  /** Answers again, in place of `answers`, once this request has been answered. */
  afterwards: Record<string, unknown> = {};
  /** Predefined variables. */
  variables: Texts = {};
  /** Variables by environment: a job has those of its own one. */
  environments: Record<string, Texts> = {};
  /** Whether scripts find the real `npm` and `npx`, in place of shortcuts. */
  hasNpm = false;
  /** Whether a tree that has been previewed is not previewed again. */
  keepsPreviews = false;

  private constructor(project: Project) {
    this.#project = project;
    this.#folder = join(project.folder, "gitlab");
    mkdirSync(this.#folder);
    writeShortcuts(this.#shortcuts);
    writeKeptPreviews(this.#previews);
    this.repository = new Repository(join(this.#folder, "origin"));
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(([status, content]) => response.writeHead(status).end(content));
    });
  }

  static async open(project: Project): Promise<Pipelines> {
    const pipelines = new Pipelines(project);
    pipelines.#server.listen(0, "127.0.0.1");
    await once(pipelines.#server, "listening");
    return pipelines;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Requests since this was last called. */
  asked(): Asked[] {
    return this.#asked.splice(0);
  }

  /** A file of the artifacts of a job. */
  artifact(job: string, path: string): Buffer {
    return readFileSync(join(this.#kept(job), path));
  }

  async run(file: string): Promise<Pipeline> {
    const {
      stages: _stages,
      workflow,
      default: _image,
      variables,
      ...jobs
    } = parse(readFileSync(file, "utf8")) as {
      stages: string[];
      workflow: { rules: { if: string }[] };
      default: object;
      variables: Texts;
    } & Record<string, Job>;
    const pipeline: Pipeline = { status: "success", jobs: {}, log: "" };
    if (!this.#applies(workflow.rules)) throw new Error("No pipeline is made for this event.");
    for (const [name, job] of Object.entries(jobs as Record<string, Job>)) {
      if (!this.#applies(job.rules)) continue;
      const needs = job.needs ?? [];
      pipeline.jobs[name] = needs.every((other) => pipeline.jobs[other] === "success")
        ? await this.#runJob(name, job, variables, pipeline)
        : "skipped";
    }
    if (Object.values(pipeline.jobs).includes("failure")) pipeline.status = "failed";
    return pipeline;
  }

  async #runJob(name: string, job: Job, variables: Texts, pipeline: Pipeline): Promise<Result> {
    const machine = mkdtempSync(join(this.#folder, "machine-"));
    const [folder, temporary] = [join(machine, "build"), join(machine, "tmp")];
    for (const made of [folder, temporary]) mkdirSync(made);
    if (job.variables?.["GIT_STRATEGY"] !== "none") this.#checkout(folder);
    for (const other of job.needs ?? []) {
      if (existsSync(this.#kept(other))) cpSync(this.#kept(other), folder, { recursive: true });
    }
    const env = {
      ...variables,
      ...this.variables,
      ...job.variables,
      ...this.environments[typeof job.environment === "string" ? job.environment : job.environment.name],
      CI_API_V4_URL: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v4`,
      CI_PROJECT_DIR: folder,
      CI_REPOSITORY_URL: this.#url,
      TMPDIR: temporary,
      PATH: [
        ...(this.hasNpm ? [] : [this.#shortcuts]),
        ...(this.keepsPreviews ? [this.#previews] : []),
        this.#project.environment()["PATH"],
      ].join(":"),
      no_proxy: "127.0.0.1",
    };
    const script = `cd ${folder}\n${job.script.join("\n")}`;
    // The shell of GitLab's runners.
    const { code, stdout, stderr } = await this.#project.exec("bash", ["-eo", "pipefail", "-c", script], env);
    pipeline.log += `${stdout}\n${stderr}\n`;
    if (code === 0) this.#keep(name, folder, job.artifacts?.paths ?? []);
    rmSync(machine, { recursive: true, force: true });
    return code === 0 ? "success" : "failure";
  }

  #checkout(folder: string): void {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "pipe" });
    git("init", "--quiet");
    git("remote", "add", "origin", this.#url);
    git("fetch", "--quiet", "--depth=20", "origin", this.variables["CI_COMMIT_SHA"]!);
    git("checkout", "--quiet", "--detach", "FETCH_HEAD");
  }

  #keep(job: string, folder: string, paths: readonly string[]): void {
    rmSync(this.#kept(job), { recursive: true, force: true });
    for (const path of paths) {
      mkdirSync(dirname(join(this.#kept(job), path)), { recursive: true });
      cpSync(join(folder, path), join(this.#kept(job), path), { recursive: true });
    }
  }

  #kept(job: string): string {
    return join(this.#folder, "kept", job);
  }

  get #shortcuts(): string {
    return join(this.#folder, "shortcuts");
  }

  get #previews(): string {
    return join(this.#folder, "previews");
  }

  get #url(): string {
    return `file://${this.repository.folder}`;
  }

  async #answer(request: IncomingMessage): Promise<[status: number, content: string | Buffer]> {
    const body = Buffer.concat(await request.toArray()).toString();
    const asked = `${request.method} ${request.url!.replace("/api/v4/", "")}`;
    this.#asked.push({ request: asked, body: Object.fromEntries(new URLSearchParams(body)) });
    const tokens = Object.values(this.environments).map(({ GITLAB_API_TOKEN }) => GITLAB_API_TOKEN);
    if (!tokens.filter(Boolean).includes(String(request.headers["private-token"]))) return [401, "{}"];
    if (!(asked in this.answers)) return [404, "{}"];
    const answer = this.answers[asked];
    if (asked in this.afterwards) this.answers[asked] = this.afterwards[asked];
    return [200, Buffer.isBuffer(answer) ? answer : JSON.stringify(answer)];
  }

  #applies(rules: readonly { if: string }[]): boolean {
    return rules.some((rule) => rule.if.split(" && ").every((condition) => this.#holds(condition)));
  }

  #holds(condition: string): boolean {
    const [, name, text, other] = /^\$(\w+) == (?:"([^"]*)"|\$(\w+))$/.exec(condition) ?? [];
    if (name === undefined) throw new Error(`${condition} cannot be told here.`);
    return this.variables[name] === (text ?? this.variables[other!]);
  }
}
