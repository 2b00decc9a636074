import { cpSync, existsSync, readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { raw } from "jq-wasm";
import { executable } from "./executable.js";

type Texts = Record<string, string>;

/** One request to GitHub, as the stand-in for `gh` took it. */
export type Call = Texts;

interface Command {
  folder: string;
  args: string[];
  environment: Texts;
}

const texts = [
  "jq",
  "json",
  "repo",
  "name",
  "dir",
  "label",
  "state",
  "limit",
  "title",
  "description",
  "comment",
  "body-file",
  "signer-workflow",
  "source-ref",
  "source-digest",
];
const flags = ["paginate", "silent", "force"];
const options = {
  method: { type: "string", default: "GET" },
  field: { type: "string", short: "F" },
  ...Object.fromEntries(texts.map((name) => [name, { type: "string" as const }])),
  ...Object.fromEntries(flags.map((name) => [name, { type: "boolean" as const }])),
} as const;

/** Passes folder, arguments and environment on, and prints the answer: a shell starts in a tenth of the time of Node.js. */
const client = (port: number) => `#!/bin/bash
exec 3<> /dev/tcp/127.0.0.1/${port} || exit
{ printf '%s\\0' "$#" "$PWD" "$@"; env -0; printf '\\0'; } >&3
IFS= read -r code <&3
if [ "$code" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$code"
`;

/**
 * Stands in for GitHub's `gh` in tests of workflows: it keeps what it is asked, and answers from `answers`, by "METHOD path"
 * or command. An answer of `{ "$pages": [...] }` comes page by page, and only the first one without --paginate. Expressions
 * of --jq are evaluated by jq itself.
 */
export class GitHub {
  /** What `gh` answers; what is not there, it fails for. */
  answers: Record<string, unknown> = {};
  readonly #artifacts: string;
  readonly #server: Server;
  readonly #calls: Call[] = [];

  /**
   * @param programs the folder to write the program into
   * @param artifacts the folder of artifacts, by run and name
   */
  static async open(programs: string, artifacts: string): Promise<GitHub> {
    const github = new GitHub(artifacts);
    github.#server.listen(0, "127.0.0.1");
    await once(github.#server, "listening");
    const { port } = github.#server.address() as { port: number };
    executable(join(programs, "gh"), client(port));
    return github;
  }

  private constructor(artifacts: string) {
    this.#artifacts = artifacts;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  close(): void {
    this.#server.close();
  }

  /** What has been asked since this was last called. */
  calls(): Call[] {
    return this.#calls.splice(0);
  }

  #serve(socket: Socket): void {
    let received = "";
    let command: Command | undefined;
    socket.setEncoding("utf8").on("data", (part: string) => {
      received += part;
      if (command) return;
      command = commandIn(received);
      if (command) void this.#ended(command).then((text) => socket.end(text));
    });
  }

  /** The exit code on a line, and the output. */
  #ended(command: Command): Promise<string> {
    return this.#answer(command).then(
      (output) => `0\n${output}`,
      (error: Error) => `1\n${error.message}\n`,
    );
  }

  async #answer({ folder, args, environment }: Command): Promise<string> {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options }) as {
      values: Texts & { paginate?: never };
      positionals: string[];
    };
    if (!environment["GH_TOKEN"]) throw new Error("gh: GH_TOKEN is not set");
    const { method, jq: filter, dir, "body-file": file, field, paginate, ...asked } = values;
    const bodyFile = file ?? field?.replace(/^body=@/, "");
    const [what, path, subject] = positionals;
    const command = what === "attestation" ? positionals.slice(0, 2) : positionals;
    this.#calls.push({
      command: command.join(" "),
      ...(what === "api" && { method: method! }),
      ...asked,
      ...(bodyFile !== undefined && { body: readFileSync(resolve(folder, bodyFile), "utf8") }),
    });
    if (what === "run") {
      cpSync(join(this.#artifacts, subject!, asked.name!), resolve(folder, dir!), { recursive: true });
    } else if (what === "attestation") {
      const isAttested = this.#known("attestation verify") === true;
      if (!isAttested || !existsSync(resolve(folder, subject!))) throw new Error("gh: no attestation matches");
    } else if (filter !== undefined) {
      const found = this.#known(what === "api" ? `${method} ${path}` : command.join(" "));
      const pages = (found as { $pages?: object[] } | null)?.$pages ?? [found as object];
      return filtered(paginate ? pages : pages.slice(0, 1), withEnvironment(filter, environment));
    } else if (this.answers[`fails ${method}`]) {
      throw new Error("gh: the request failed");
    }
    return "";
  }

  #known(key: string): unknown {
    if (!(key in this.answers)) throw new Error(`gh: nothing is known of ${key}`);
    return this.answers[key];
  }
}

/** The command once all of it has come: the number of arguments, folder, arguments, environment, and an empty text. */
function commandIn(received: string): Command | undefined {
  const parts = received.split("\0");
  const start = 2 + Number(parts[0]);
  const end = parts.indexOf("", start);
  if (end === -1 || end === parts.length - 1) return undefined;
  const variables = parts.slice(start, end).map((line) => [line.split("=", 1)[0]!, line.slice(line.indexOf("=") + 1)]);
  return { folder: parts[1]!, args: parts.slice(2, start), environment: Object.fromEntries(variables) as Texts };
}

/** `env.NAME` of the real program's jq; the one of the tests sees no environment. */
const withEnvironment = (expression: string, environment: Texts) =>
  expression.replaceAll(/\benv\.([A-Z_]+)/g, (_, name: string) => JSON.stringify(environment[name] ?? null));

async function filtered(pages: readonly object[], expression: string): Promise<string> {
  let output = "";
  for (const page of pages) {
    const lines = await raw(page, expression, ["-r"]);
    if (lines !== "") output += `${lines.trimEnd()}\n`;
  }
  return output;
}
