import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { Seed } from "../../emulator/src/index.js";
import { program as commandLine } from "../support/commandLine.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";
import { filesIn, SecretSearch, spellingsOf, type Finding } from "../support/secrets.js";

jest.setTimeout(240_000);

/** Keys that look otherwise in a URL and in Base64. */
const keys = {
  /** AVALA_API_KEY. */
  environment: "avk_environment+/=7f3c91d8",
  /** AVALA_API_KEY with a key that belongs to nobody. */
  wrong: "avk_wrong+/=3d97b0fe",
  /** Named by `apiKeyEnv` of an explicit provider. */
  named: "avk_named+/=88ae41b6",
  /** The stack's configuration, as a secret. */
  configured: "avk_configured+/=20b9e64a",
  /** `apiKey` of an explicit provider, which takes it from the stack's configuration. */
  explicit: "avk_explicit+/=c5d10f27",
};
/** Of an invitation whose link the program has asked for. */
const askedToken = "asked+/=for-51f6c0";

const seed: Seed = {
  people: ["owner", "second", "third"].map((name) => ({ email: `${name}@example.com` })),
  keys: [
    { key: keys.environment, email: "owner@example.com" },
    { key: keys.configured, email: "owner@example.com" },
    { key: keys.explicit, email: "second@example.com" },
    { key: keys.named, email: "third@example.com" },
  ],
  organizations: [
    {
      name: "Given",
      members: [{ email: "owner@example.com", role: "owner" }],
      invitations: [{ email: "zed@example.com", token: askedToken }],
    },
  ],
};

/** Every source of a key, everything that sends a link by email, and the functions that return links. */
const everySecret = `
const pulumi = require("@pulumi/pulumi");
const { Provider, getInvitations, getInvitationsOutput, getOrganizationsOutput, ...avala } = require("pulumi-avala");

module.exports = async () => {
  const url = { baseUrl: process.env.URL, allowInsecureBaseUrl: true };
  const explicit = { provider: new Provider("explicit", { apiKey: new pulumi.Config().require("tenantKey"), ...url }) };
  const named = { provider: new Provider("named", { apiKeyEnv: "NAMED_API_KEY", ...url }) };
  const acme = new avala.Organization("acme", { name: "Acme" });
  const core = new avala.Team("core", { organization: acme, name: "Core" });
  new avala.OrganizationMember("ada", { organization: acme, email: "ada@example.com" });
  new avala.Invitation("bob", { organization: acme, email: "bob@example.com" });
  new avala.TeamMembership("ada-core", { team: core, email: "ada@example.com", role: "lead" });
  const beta = new avala.Organization("beta", { name: "Beta" }, explicit);
  new avala.OrganizationMember("cy", { organization: beta, email: "cy@example.com" }, explicit);
  const gamma = new avala.Organization("gamma", { name: "Gamma" }, named);
  return {
    plain: await getInvitations({ organization: "given" }),
    output: getInvitationsOutput({ organization: "given" }),
    others: getOrganizationsOutput({ ...named, dependsOn: gamma }),
  };
};
`;

/**
 * Files in which the engine itself writes its secrets, as SECURITY.md says: only if it logs all that passes between its
 * processes.
 */
const engineLogs = {
  /** In the file of PULUMI_DEBUG_GRPC: messages with the stack's configuration, a provider's arguments, outputs. */
  messages: [
    "LanguageRuntime/Run request",
    "ResourceMonitor/RegisterResource request",
    "ResourceMonitor/RegisterResource response",
    "ResourceMonitor/RegisterResourceOutputs request",
    "ResourceProvider/CheckConfig request",
    "ResourceProvider/Configure request",
    "ResourceProvider/DiffConfig request",
  ],
  /** In the log of `-v=9`: the same, value by value. */
  values:
    /arshaling property for RPC\[(?:Provider\[\w+\]\.(?:CheckConfig|DiffConfig|Configure)\(.*?\)\.\w+|ResourceMonitor\.RegisterResource\(pulumi:providers:pulumi-nodejs,explicit\)|ResourceMonitor\.RegisterResourceOutputs\(.*?\))\]: (?:value|acceptUrl|copyLink)=\{.*/g,
  /** Not the keys of the environment, and no link for which no program has asked. */
  secrets: ["asked", "configured", "explicit"],
};

describe("secrets", () => {
  let emulator: TestEmulator;
  let project: Project;
  let search: SecretSearch;
  let tokens: string[];
  let failed: string[];
  const screens: Record<string, string> = {};
  let watch: ReturnType<typeof watched>;

  /** Of the stack's configuration: the environment contains neither key nor base URL. */
  const byConfiguration = { AVALA_API_KEY: "", AVALA_BASE_URL: "" };
  const all = ["--debug", "--logtostderr", "--logflow", "-v=9"];
  const traces = () => ["--tracing=file:./calls.trace", `--otel-traces=file://${join(project.folder, "spans.trace")}`];

  async function run(name: string, args: string[], env: Record<string, string> = {}) {
    const { code, screen } = await project.run(args, {
      ...env,
      PULUMI_DEBUG_GRPC: join(project.folder, `${name}.grpc`),
    });
    screens[name] = screen;
    return code;
  }

  /** The built command line, in the folder of the project. */
  async function command(name: string, args: string[], env: Record<string, string> = {}) {
    const ended = await project.exec(process.execPath, [commandLine, ...args], { PULUMI_STACK: "test", ...env });
    screens[name] = ended.stdout + ended.stderr;
    return ended.code;
  }

  /** As a user does who does not want the value in the history of a shell. */
  async function configure(key: string, value: string, ...flags: string[]) {
    const script = `printf %s "$VALUE" | pulumi config set --stack test ${[...flags, key].join(" ")}`;
    const ended = await project.exec("sh", ["-c", script], { VALUE: value });
    screens[`set ${key}`] = ended.stdout + ended.stderr;
    return ended.code;
  }

  beforeAll(async () => {
    emulator = await startEmulator({ seed });
    const env = { ...emulator.environment(keys.environment), URL: emulator.url, NAMED_API_KEY: keys.named };
    project = await Project.open(env, { "index.js": everySecret });
    watch = watched(join(project.folder, "tmp"));
    const codes = {
      configured: await configure("avala:apiKey", keys.configured, "--secret"),
      tenant: await configure("tenantKey", keys.explicit, "--secret"),
      url: await configure("avala:baseUrl", emulator.url),
      insecure: await configure("avala:allowInsecureBaseUrl", "true"),
      up: await run("up", ["up", "--yes", "--skip-preview", ...all]),
      preview: await run("preview", ["preview", "--json", "--debug", "-v=9", "--save-plan=plan.json", ...traces()]),
      status: await command("status", ["status", "--organization", "acme", "--json"]),
      resend: await command("resend", ["resend", "acme", "bob@example.com"]),
      configuredStatus: await command("configured status", ["status", "--organization", "acme"], byConfiguration),
      wrongStatus: await command("wrong status", ["status", "--json"], { AVALA_API_KEY: keys.wrong }),
      wrong: await run("wrong", ["refresh", "--yes", "--diff", ...all], { AVALA_API_KEY: keys.wrong }),
      refresh: await run("refresh", ["refresh", "--yes", "--skip-preview", "--diff", ...all], byConfiguration),
      outputs: await run("outputs", ["stack", "output", "--json"]),
      exported: await run("export", ["stack", "export"]),
      history: await run("history", ["stack", "history", "--json"]),
    };
    tokens = (await emulator.state()).organizations.flatMap(({ invitations }) => invitations.map(({ token }) => token));
    const destroy = await run("destroy", ["destroy", "--yes", "--skip-preview", ...all], byConfiguration);
    failed = Object.entries({ ...codes, destroy })
      .filter(([, code]) => code !== 0)
      .map(([name]) => name);

    const invited = tokens.filter((token) => token !== askedToken);
    search = new SecretSearch({
      ...keys,
      asked: askedToken,
      ...Object.fromEntries(invited.map((token, index) => [`invited ${index}`, token])),
    });
    await watch.end();
  });
  afterAll(async () => {
    project?.close();
    await emulator?.close();
    await watch?.end();
  });

  /** Line by line, so that a failure shows what writes them. */
  const inLines = (texts: string[]) =>
    texts
      .flatMap((text) => text.replaceAll(engineLogs.values, "").split("\n"))
      .flatMap((line) => search.inText(line.slice(0, 400), line));
  const isGrpc = (file: string) => file.endsWith(".grpc");
  /** Of `--tracing` and `--otel-traces`: the same messages, in forms of their own. */
  const isTrace = (file: string) => file.endsWith(".trace");
  const isVerbose = (file: string) => /^tmp\/pulumi\b.*\.log\./.test(file);
  const filesOf = (is: (file: string) => boolean) =>
    filesIn(project.folder)
      .filter(is)
      .map((file) => readFileSync(join(project.folder, file), "utf8"));
  const namesOf = (findings: Finding[]) => [...new Set(findings.map(({ secret }) => secret))].toSorted();

  it("are used by the run that is searched", async () => {
    expect(failed).toEqual(["wrongStatus", "wrong"]);
    const by = (await emulator.requests()).map((call) => call.by);
    expect([...new Set(by)].toSorted()).toEqual(
      [null, "owner@example.com", "second@example.com", "third@example.com"].toSorted(),
    );
    expect(tokens).toHaveLength(4);
  });

  it("are on no screen", () => {
    expect(inLines(Object.values(screens))).toEqual([]);
  });

  it("are in no file of the project, its state, its history, the CLI's home and the temporary folder", () => {
    const others = (file: string) => !isGrpc(file) && !isVerbose(file) && !isTrace(file);
    expect(search.inFolder(project.folder, others)).toEqual([]);
    // The search finds secrets where they are expected.
    const names = filesIn(project.folder);
    for (const kind of [
      /^plan\.json$/,
      /\/history\//,
      /\/backups\//,
      /\.bak$/,
      /^events-/,
      /^Pulumi\.test\.yaml$/,
      /^home\//,
    ]) {
      expect(names).toContainEqual(expect.stringMatching(kind));
    }
  });

  it("are in the arguments of no process, and in no file that a process writes for the others of its run", () => {
    const { processes, notes } = watch;
    expect([...search.inText("arguments", processes()), ...search.inText("notes", notes())]).toEqual([]);
    for (const program of ["dynamic-provider", "pulumi-language-nodejs", "resend acme", "config --json"]) {
      expect(processes()).toContain(program);
    }
    expect(notes()).toMatch(/^[\da-f]{32} [\da-f]{32} /m);
    expect(notes()).toMatch(/^who [\da-f]{32} [\da-f]{32}$/m);
  });

  it("are in the engine's own logs only if it logs everything it is given", () => {
    const [verbose] = filesOf(isVerbose);
    const logs = [...Object.values(screens), verbose!];
    expect(inLines(logs)).toEqual([]);
    const values = logs.flatMap((text) => text.match(engineLogs.values) ?? []);
    expect(namesOf(values.flatMap((value) => search.inText("value", value)))).toEqual(engineLogs.secrets);

    for (const trace of ["calls.trace", "spans.trace"]) {
      expect(namesOf(search.inFolder(project.folder, (file) => file === trace))).toEqual(engineLogs.secrets);
    }

    const messages = filesOf(isGrpc).flatMap((text) => text.split("\n").filter(Boolean));
    const found = messages.flatMap((line) => {
      const { method, request, response, ...others } = JSON.parse(line) as Record<string, unknown>;
      expect(search.inText("others", JSON.stringify(others))).toEqual([]);
      return Object.entries({ request, response }).flatMap(([side, message]) =>
        search.inText(`${String(method).replace("/pulumirpc.", "")} ${side}`, JSON.stringify(message ?? "")),
      );
    });
    expect(namesOf(found)).toEqual(engineLogs.secrets);
    expect([...new Set(found.map(({ place }) => place))].toSorted()).toEqual(engineLogs.messages);
  });
});

describe("a search for secrets", () => {
  const secret = "avk_planted+/=&1";
  const search = new SecretSearch({ planted: secret });
  const forms = [...new Set(spellingsOf(secret).map(([form]) => form))];

  it("finds one in each form, at each position", () => {
    for (const before of ["", "a", "ab", "abc"]) {
      const text = `${before}${secret}${before}`;
      const written = {
        clear: text,
        URL: new URLSearchParams({ text }).toString(),
        hex: Buffer.from(text).toString("hex"),
        base64: Buffer.from(text).toString("base64"),
        base64url: Buffer.from(text).toString("base64url"),
      };
      expect(Object.keys(written)).toEqual(forms);
      for (const [form, noise] of Object.entries(written)) {
        expect(search.inText("here", `… ${noise} …`)).toContainEqual({ secret: "planted", form, place: "here" });
      }
    }
  });

  it("finds one in a file, in a file's name and in compressed data, and nowhere else", () => {
    const folder = mkdtempSync(join(tmpdir(), "planted-"));
    try {
      mkdirSync(join(folder, "deep"));
      writeFileSync(join(folder, "deep/clear"), `key: ${secret}`);
      writeFileSync(join(folder, "packed.gz"), gzipSync(Buffer.from(secret).toString("hex")));
      writeFileSync(join(folder, encodeURIComponent(secret)), "");
      writeFileSync(join(folder, "innocent"), secret.slice(0, -1));
      const found = search.inFolder(folder).map(({ form, place }) => `${form} ${place}`);
      expect(found.toSorted()).toEqual([`URL ${encodeURIComponent(secret)}`, "clear deep/clear", "hex packed.gz"]);
      expect(search.inFolder(folder, (file) => !file.includes("/"))).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Records what others on the machine can see during a run: arguments of processes, notes of our hosts. */
function watched(temporary: string) {
  const lines = new Set<string>();
  const files = new Map<string, string>();
  const end = new AbortController();
  const watching = (async () => {
    while (!end.signal.aborted) {
      const { stdout } = await promisify(execFile)("ps", ["-A", "-ww", "-o", "args="], { maxBuffer: 1 << 26 });
      for (const line of stdout.split("\n")) lines.add(line);
      for (const name of readdirSync(temporary).filter((entry) => entry.startsWith("pulumi-avala-"))) {
        try {
          for (const file of filesIn(join(temporary, name))) {
            files.set(`${name}/${file}`, readFileSync(join(temporary, name, file), "utf8"));
          }
        } catch (error) {
          // Its process has ended since the folder was listed.
          if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        }
      }
      await pause(50);
    }
  })();
  return {
    processes: () => [...lines].join("\n"),
    notes: () => [...files].flat().join("\n"),
    async end() {
      end.abort();
      await watching;
    },
  };
}
