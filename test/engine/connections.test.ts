import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { commands } from "../../cli/commands.js";
import type { Seed } from "../../emulator/src/index.js";
import { program as commandLine } from "../support/commandLine.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { fastStart } from "../support/fastStart.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

/** See test/support/connections.cjs. */
interface Connection {
  args: string[];
  way: "connect" | "look-up" | "listen" | "datagram";
  to: string;
}

const preload = `--require ${JSON.stringify(resolve(__dirname, "../support/connections.cjs"))}`;
const emulatorProgram = resolve(__dirname, "../../emulator/dist/main.js");

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connections-"));
  file = join(folder, "connections.jsonl");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What has been recorded since the last call. */
function recorded(): Connection[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  rmSync(file);
  return lines.map((line) => JSON.parse(line) as Connection);
}

const recording = () => ({ NODE_OPTIONS: preload, RECORDED_CONNECTIONS: file });

describe("the recorder", () => {
  it.each([
    ["fetch", 'fetch("http://127.0.0.1:59999/").catch(() => {})', "connect 127.0.0.1:59999"],
    ["https", 'require("https").get("https://127.0.0.1:9/").on("error", () => {})', "connect 127.0.0.1:9"],
    ["http2", 'require("http2").connect("http://127.0.0.1:9/").on("error", () => {})', "connect 127.0.0.1:9"],
    ["tls", 'require("tls").connect({ port: 9, host: "127.0.0.1" }).on("error", () => {})', "connect 127.0.0.1:9"],
    ["net", 'require("net").connect(9, "127.0.0.1").on("error", () => {})', "connect 127.0.0.1:9"],
    ["a socket", 'new (require("net").Socket)().on("error", () => {}).connect(9)', "connect localhost:9"],
    ["a look-up", 'require("dns").lookup("localhost", () => {})', "look-up localhost"],
    [
      "a datagram",
      's = require("dgram").createSocket("udp4"); s.send("x", 9, "127.0.0.1", () => s.close())',
      "datagram 9 127.0.0.1",
    ],
    ["a server", 's = require("net").createServer().listen(0, "127.0.0.1", () => s.close())', "listen 127.0.0.1"],
  ])("sees %s", async (_, code, line) => {
    await promisify(execFile)(process.execPath, ["-e", code], { env: { ...process.env, ...recording() } });
    expect(
      recorded()
        .map(({ way, to }) => `${way} ${to}`)
        .join("\n"),
    ).toContain(line);
  });
});

/** A proxy that notes where to it is asked to connect, and refuses it. */
async function refusingProxy() {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket
      .on("error", () => undefined)
      .once("data", (text) => {
        asked.push(text.toString().split("\n", 1)[0]!.trim());
        socket.destroy();
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, close: () => server.close() };
}

describe("no telemetry: a process of this package connects to the deployment of its settings and to the engine alone:", () => {
  let emulator: TestEmulator;
  let proxy: Awaited<ReturnType<typeof refusingProxy>>;
  let project: Project;

  const owner = "owner@example.com";
  const eve = "eve@example.com";
  const declared: Declared[] = [
    { kind: "Organization", name: "acme", args: { name: "Acme" } },
    { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } },
    { kind: "OrganizationMember", name: "ada", args: { organization: ref("acme"), email: "ada@example.com" } },
    { kind: "TeamMembership", name: "ada-core", args: { team: ref("core"), email: "ada@example.com" } },
  ];

  beforeAll(async () => {
    const organizations: Seed["organizations"] = [
      { name: "Given", members: [{ email: owner, role: "owner" }, { email: eve }] },
      { name: "Left", members: [{ email: eve, role: "owner" }, { email: owner }] },
    ];
    emulator = await startEmulator({ seed: { people: [{ email: owner }, { email: eve }], organizations } });
    // The CLI would go through it to any other machine; it cannot be recorded itself, because it is not a Node program.
    proxy = await refusingProxy();
    project = await Project.open({
      ...emulator.environment(),
      ...recording(),
      NODE_OPTIONS: `${fastStart.NODE_OPTIONS} ${preload}`,
      HTTP_PROXY: proxy.url,
      HTTPS_PROXY: proxy.url,
      NO_PROXY: "127.0.0.1,localhost",
    });
    project.declare(declared);
    recorded();
  });
  afterAll(async () => {
    project?.close();
    proxy?.close();
    await emulator?.close();
  });

  /** The engine's own addresses are arguments of the processes that it starts; they report to it at any time. */
  const isEngine = ({ args, to }: Connection) => args.slice(1).some((arg) => arg.split("=").at(-1) === to);

  /** Which process did what, once each, without the engine. */
  function summary(): string[] {
    const all = recorded().filter((row) => row.way !== "connect" || !isEngine(row));
    const ownListeners = all.filter(({ way }) => way === "listen").map(({ to }) => to);
    const peer = ({ to }: Connection) => {
      if (to === `127.0.0.1:${emulator.port}`) return "Avala";
      return ownListeners.includes(to) ? "this machine" : to;
    };
    const lines = all.map((row) => {
      const to = row.way === "listen" ? row.to.replace(/:\d+$/, "") : peer(row);
      return `${basename(row.args[0]!.replace(/\/index\.js$/, ""))}: ${row.way} ${to}`;
    });
    return [...new Set(lines)].toSorted();
  }

  const ofCommand = ["cli.js: connect Avala"];
  const ofEngine = ["dynamic-provider: connect Avala", "dynamic-provider: listen 127.0.0.1"];
  const ofRehearsal = [...ofCommand, "cli.js: listen 127.0.0.1", "dynamic-provider: connect this machine", ...ofEngine];
  const stack = ["--stack", "test"];

  const runs: [command: string, args: string[], connections: string[]][] = [
    ["import", ["given", "--out", "given"], ofCommand],
    ["drift", stack, ofCommand],
    ["review", stack, ofEngine],
    ["rehearse", stack, ofRehearsal.toSorted()],
    ["access", ["--live", ...stack], ofCommand],
    ["status", stack, ofCommand],
    ["resend", ["acme", "ada@example.com"], ofCommand],
    ["transfer-ownership", ["given", "--to", eve, "--yes"], ofCommand],
    ["leave", ["left", "--yes"], ofCommand],
    ["doctor", stack, ofCommand],
    ["probe", [], ofCommand],
    ["completion", ["bash"], []],
  ];

  it("pulumi up", async () => {
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    expect(summary()).toEqual(ofEngine);
  });

  it.each(runs)("%s %j", async (command, args, connections) => {
    const { code, stderr } = await project.exec(process.execPath, [commandLine, command, ...args]);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    expect(summary()).toEqual(connections);
  });

  it("every command is tried", () => {
    expect(runs.map(([command]) => command).toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
  });

  it("the emulator listens and connects to nothing", async () => {
    const options = { env: { ...process.env, ...recording() } };
    const child = spawn(process.execPath, [emulatorProgram, "--port", "0", "--memory"], options);
    await once(child.stdout, "data");
    child.kill();
    await once(child, "close");
    expect(summary()).toEqual(["main.js: listen 127.0.0.1"]);
  });

  it("the Pulumi CLI asked for nothing outside this machine, and asks for its newest version unless that is switched off", async () => {
    expect(proxy.asked).toEqual([]);
    await project.expectOk(["stack"], { PULUMI_SKIP_UPDATE_CHECK: "false" });
    expect(proxy.asked).toEqual(["CONNECT api.pulumi.com:443 HTTP/1.1"]);
  });
});
