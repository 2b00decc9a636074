import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { program } from "../../support/commandLine.js";
import { office } from "../support.js";

const o = office();
const write = ["probe", "--write"];
const yes = [...write, "--yes"];
const invite = ["--invite", "zoe@example.com", "--invite", "new@example.com"];

const names = async () => (await o.emulator.state()).organizations.map(({ name }) => name);

describe("probe --write", () => {
  it("says what it does, and reports statements that only writes can show", async () => {
    const { code, stdout, stderr } = await o.desk.run([...yes, ...invite, "--out", "profile.json"]);
    expect([code, await names()]).toEqual([0, ["Acme"]]);
    expect(stderr).toContain('an organization named "pulumi-avala probe" and a random number');
    expect(stderr).toContain("invites zoe@example.com, new@example.com and cancels the invitations: 2 emails");
    const profile = readFileSync(join(o.desk.folder, "profile.json"), "utf8");
    expect(JSON.parse(profile)).toMatchObject({
      settings: { writeBody: "full", readLagMs: 0, organizationDelete: "hard", lowercaseEmails: false },
      statements: { "creation-is-201": { verdict: "holds" }, "invitation-is-201": { verdict: "holds" } },
    });
    expect(stdout + profile).not.toMatch(/example\.com|pulumi-avala probe [\da-f]|avk_/);
    expect((await o.emails()).toSorted()).toEqual(["invitation new@Example.com", "invitation zoe@Example.com"]);
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ["without --yes and without a terminal", write, {}, "AVALA_NOT_CONFIRMED"],
    ["with AVALA_READ_ONLY", yes, { AVALA_READ_ONLY: "1" }, "AVALA_READ_ONLY"],
    ["to invite something that is not an address", [...yes, "--invite", "zoe"], {}, "AVALA_USAGE"],
    [
      "to invite more than three addresses",
      [...yes, ...["a", "b", "c", "d"].flatMap((name) => ["--invite", `${name}@example.com`])],
      {},
      "AVALA_USAGE",
    ],
  ])("is refused %s: no request is sent", async (_, args, env, errorCode) => {
    const { code, stderr } = await o.desk.run(args, { env, stdin: "probe\n" });
    expect([code, stderr]).toEqual([1, expect.stringContaining(`[${errorCode}]`)]);
    expect(await o.emulator.calls()).toEqual([]);
  });

  it.each([
    ["the word probe", "probe\r", 0, "POST /organizations/"],
    ["another text", "yes\r", 1, undefined],
    ["Ctrl-C", "\u0003", 130, undefined],
  ])("asks at a terminal; answered by %s", async (_, typed, code, first) => {
    expect(await o.desk.atTerminal(write, () => typed)).toMatchObject({ code, asked: true });
    expect((await o.emulator.writes())[0]).toBe(first);
    expect(await names()).toEqual(["Acme"]);
  });

  it("ends with 2 if updates reset other fields: the provider does not cope with that", async () => {
    const withoutPhone = (body: string) => body.replace('"phone":"+1 202 555 0143"', '"phone":""');
    o.between.expect({ on: /^GET .*probe-\w+\/$/, fate: withoutPhone, times: 99 });
    const { code, stdout } = await o.desk.run(yes);
    expect([code, stdout]).toEqual([2, expect.stringContaining("Changed by updates of other fields: phone.")]);
  });

  it("says what is left if the organization cannot be deleted, and how to remove it", async () => {
    await o.emulator.faults({
      match: { method: "DELETE", path: "/organizations/probe-\\w+/$" },
      action: { status: 403 },
      times: null,
    });
    const { code, stdout, stderr } = await o.desk.run([...yes, "--json"]);
    const { name, slug, uid } = (await o.emulator.state()).organizations[1]!;
    expect(code).toBe(1);
    expect(stderr).toContain(`The organization "${name}" (slug "${slug}", uid ${uid}) of the probe is left at Avala`);
    expect(stderr).toContain(`send DELETE /organizations/${slug}/ with the same API key. [AVALA_PROBE_LEFT]`);
    expect(stdout).not.toContain(uid);
  });
});

type Signal = "SIGINT" | "SIGTERM";

/** Runs it until a request is on its way, of which nothing has happened yet. */
async function until(method: string, path: string, delayMs: number, args = yes): Promise<Running> {
  await o.emulator.faults({ match: { method: method as "POST", path }, action: { delayMs } });
  const child = spawn(process.execPath, [program, ...args], {
    cwd: o.desk.folder,
    env: { PATH: process.env["PATH"]!, ...o.desk.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const running = new Running(child);
  while ((await o.emulator.faultsLeft()).length > 0) await sleep(5);
  return running;
}

class Running {
  stderr = "";
  readonly #ended: Promise<unknown[]>;

  constructor(private readonly child: ChildProcess) {
    child.stderr!.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    child.stdout!.resume();
    this.#ended = once(child, "close");
  }

  send(signal: Signal): void {
    this.child.kill(signal);
  }

  async says(text: string): Promise<void> {
    while (!this.stderr.includes(text)) await once(this.child.stderr!, "data");
  }

  async code(): Promise<number> {
    return (await this.#ended)[0] as number;
  }
}

describe("probe --write that is interrupted", () => {
  // Without the proxy: what is still on its way when a test ends is dropped by the emulator.
  beforeEach(() => (o.desk.environment = o.emulator.environment()));

  it.each<[method: string, path: string, signal: Signal, code: number]>([
    ["POST", "^/organizations/$", "SIGINT", 130],
    ["POST", "^/organizations/$", "SIGTERM", 143],
    ["PATCH", "^/organizations/[^/]+/$", "SIGINT", 130],
    ["POST", "/teams/$", "SIGTERM", 143],
    ["GET", "/teams/probe-.*members/", "SIGINT", 130],
    ["POST", "/invitations/$", "SIGINT", 130],
    ["DELETE", "^/organizations/probe-\\w+/$", "SIGINT", 130],
  ])("at %s %s by %s deletes its organization first", async (method, path, signal, code) => {
    const running = await until(method, path, 300, [...yes, "--invite", "new@example.com"]);
    running.send(signal);
    expect([await running.code(), running.stderr]).toEqual([
      code,
      expect.stringContaining("Interrupted. The organization of the probe is deleted, and nothing else was changed."),
    ]);
    expect(await names()).toEqual(["Acme"]);
    expect((await o.emulator.emails()).filter(({ to }) => to !== "new@Example.com")).toEqual([]);
  });

  it("twice stops at once, and says what is left", async () => {
    const running = await until("DELETE", "^/organizations/probe-\\w+/$", 60_000);
    running.send("SIGINT");
    await running.says("Press Ctrl-C again");
    running.send("SIGINT");
    expect(await running.code()).toBe(130);
    const { name, slug, uid } = (await o.emulator.state()).organizations[1]!;
    expect(running.stderr).toContain(`"${name}" (slug "${slug}", uid ${uid}) of the probe is left at Avala.`);
  });

  it("twice during the creation says that the organization may be left", async () => {
    const running = await until("POST", "^/organizations/$", 60_000);
    running.send("SIGTERM");
    await running.says("Press Ctrl-C again");
    running.send("SIGINT");
    expect(await running.code()).toBe(130);
    expect(running.stderr).toMatch(
      /The organization "pulumi-avala probe [\da-f]{10}" of the probe may be left at Avala\. Look for that name/,
    );
  });
});
