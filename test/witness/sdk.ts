import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type AvalaClient, createClient } from "../../provider/client/index.js";

export type Kind = "sync" | "async";
export const KINDS: Kind[] = ["sync", "async"];

/** A page as the SDK returns it. */
export interface Page {
  rows: Record<string, unknown>[];
  /** What the SDK read out of the links to the other pages. */
  next: string | null;
  previous: string | null;
}

/** An exception of the SDK. */
export interface Raised {
  /** Module and class. */
  type: string;
  message: string;
  status_code: number | null;
  body: unknown;
  details: unknown;
  retry_after: number | null;
}

export interface Outcome {
  result?: unknown;
  error?: Raised;
  rateLimit?: Record<string, string | null>;
}

export interface SdkCall {
  method: string;
  args?: unknown[];
  options?: Record<string, unknown>;
}

export type Model = "Organization" | "OrganizationMember" | "Invitation" | "Team" | "TeamMember";

export interface Description {
  version: string;
  /** By method, the names of its parameters. */
  operations: Record<Kind, Record<string, string[]>>;
  /** By class, the names of its fields. */
  models: Record<Model, string[]>;
}

/** The provider's client, without its limits and its retries. */
export const ourClient = ({ url, key }: { url: string; key: string }): AvalaClient =>
  createClient({ apiKey: key, baseUrl: url, requestsPerMinute: 100_000, requestsPerSecond: 10_000, mostTries: 1 });

/** A process that calls the official SDK: driver.py, with one line of JSON for each call and each outcome. */
export function startSdk(python: string) {
  // Without the proxies and the keys of this machine.
  const { PATH, SYSTEMROOT } = process.env;
  const child = spawn(python, ["-I", "-X", "utf8", join(__dirname, "driver.py")], {
    env: { PATH, SYSTEMROOT, AVALA_ALLOW_INSECURE_BASE_URL: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  /** One at a time: outcomes come in the order of the calls. */
  async function ask(line: object): Promise<unknown> {
    child.stdin.write(`${JSON.stringify(line)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`The SDK's process ended: ${said}`);
    return JSON.parse(value as string);
  }

  return {
    call: async (
      kind: Kind,
      { url, key }: { url: string; key: string },
      { method, args = [], options = {} }: SdkCall,
    ) => (await ask({ kind, url, key, method, args, options })) as Outcome,
    describe: async () => (await ask({})) as Description,
    async close(): Promise<void> {
      child.stdin.end();
      await ended;
      if (said !== "") throw new Error(`The SDK's process wrote to stderr: ${said}`);
    },
  };
}

export type Sdk = ReturnType<typeof startSdk>;
