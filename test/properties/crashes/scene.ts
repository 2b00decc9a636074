import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import { openStoppingProxy, type Moment, type Stop } from "./stoppingProxy.js";
import { Project, runningProcesses, type Outcome, type Process, type Started } from "../../support/pulumi.js";
import { arriving, declarationsOf, essence, resent, writesOf, type Copy, type Phase } from "./program.js";

/**
 * The crash points of a phase: each write when it is carried out and not yet answered; those at which it makes a difference
 * also when they have only arrived.
 */
export function stopsOf(phase: Phase, moments: readonly Moment[]): Stop[] {
  const writes = { "carried out": writesOf[phase].flat(), arrived: arriving[phase] };
  return moments.flatMap((moment) => writes[moment].map((write) => ({ write, moment })));
}

/** One organization, and the write at which each of its phases is interrupted. */
export interface Case extends Copy {
  stops: Record<Phase, Stop>;
}

// A crash leaves the checkpoint of the last step; commands that run to their end need none, and take half the time.
const uninterrupted = { PULUMI_SKIP_CHECKPOINTS: "true" };

/** Organizations side by side in one stack: one crash affects each of them at another write. */
export class Scene {
  /** One for each crash point of a phase; every phase has as many. A host process keeps to 16 requests under way. */
  readonly cases: readonly Case[];
  readonly emulator: TestEmulator;
  readonly proxy: Awaited<ReturnType<typeof openStoppingProxy>>;
  readonly project: Project;

  static async open(moments: readonly Moment[]): Promise<Scene> {
    const emulator = await startEmulator();
    const proxy = await openStoppingProxy(emulator.url);
    // A write may be held for longer than the default timeout.
    const environment = { ...emulator.environment(), AVALA_BASE_URL: proxy.url, AVALA_TIMEOUT_SECONDS: "120" };
    const project = await Project.open(environment);
    return new Scene(emulator, proxy, project, moments);
  }

  private constructor(emulator: TestEmulator, proxy: Scene["proxy"], project: Project, moments: readonly Moment[]) {
    this.emulator = emulator;
    this.proxy = proxy;
    this.project = project;
    const [changed, destroyed] = [stopsOf("changed", moments), stopsOf("destroyed", moments)];
    this.cases = stopsOf("made", moments).map((made, index) => ({
      name: `acme${index + 1}`,
      phase: "made",
      adopt: {},
      stops: { made, changed: changed[index]!, destroyed: destroyed[index]! },
    }));
  }

  /** Sets the declarations of the program. */
  declare(phase: Phase): void {
    for (const one of this.cases) one.phase = phase;
    this.project.declare(this.cases.flatMap(declarationsOf));
  }

  /** Starts a command, and waits until each organization with a write in this line of the phase has reached it. */
  async stoppedAt(phase: Phase, line: number): Promise<Started> {
    const chosen = this.cases.filter(({ stops }) => writesOf[phase][line]!.includes(stops[phase].write));
    this.proxy.set(new Map(chosen.map(({ name, stops }) => [name, stops[phase]])));
    const command = phase === "destroyed" ? "destroy" : "up";
    const started = this.project.start([command, "--yes", "--skip-preview", "--parallel", "200"]);
    const early = started.ended.then(({ code }) => {
      throw new Error(`It ended by itself with ${code}:\n${started.screen()}`);
    });
    await Promise.race([this.proxy.reached(), early]);
    early.catch(() => undefined);
    return started;
  }

  /** The first two commands of docs/guides/recovery.md; `assumed` are organizations in AVALA_ASSUME_DELETED. */
  async recover(assumed: readonly string[] = []): Promise<Outcome> {
    // A killed engine may leave an empty file beside the state, as docs/guides/recovery.md says.
    const attributes = join(this.project.folder, "state/.pulumi/stacks/e2e/test.json.attrs");
    if (existsSync(attributes) && statSync(attributes).size === 0) rmSync(attributes);
    const [cancel, refresh] = recoveryCommands();
    await this.project.expectOk(cancel!);
    return this.project.run([...refresh!, "--skip-preview"], {
      ...uninterrupted,
      AVALA_ASSUME_DELETED: assumed.join(","),
    });
  }

  /** The third: follows the lines that refusals name, until there are none. */
  async up(): Promise<void> {
    const [, , up] = recoveryCommands();
    for (;;) {
      const outcome = await this.project.run([...up!, "--yes", "--skip-preview", "--continue-on-error"], uninterrupted);
      if (outcome.code === 0) return;
      const lines = outcome.errors.map(({ name, message }) => [name, /adopt: "([^"]+)"/.exec(message)?.[1]] as const);
      for (const [name, uid] of lines) {
        const { adopt } = this.cases.find((one) => one.name === name.split("/")[0])!;
        if (uid === undefined || adopt[name] !== undefined) throw new Error(outcome.screen);
        adopt[name] = uid;
      }
      if (lines.length === 0) throw new Error(outcome.screen);
      this.project.declare(this.cases.flatMap(declarationsOf));
    }
  }

  destroy(): Promise<Outcome> {
    return this.project.destroy(["--skip-preview"], uninterrupted);
  }

  /** Actions of mia@example.com in all organizations. */
  async accept(): Promise<void> {
    const { organizations } = await this.emulator.state();
    const hers = organizations
      .flatMap(({ invitations }) => invitations)
      .filter(({ email }) => email.startsWith("mia@"));
    for (const { uid } of hers) await this.emulator.control("POST", `/invitations/${uid}/accept`);
  }

  /** Names of the organizations with a resend that has been sent and is not recorded in the state. */
  async unrecorded(): Promise<string[]> {
    const held = await this.held();
    const recorded = (name: string) => this.project.outputs(`${name}/grace`)["resend"] !== undefined;
    return Object.keys(held).filter((name) => held[name]!.emails.includes(resent) && !recorded(name));
  }

  /** The service's data, by organization. */
  async held(): Promise<Record<string, ReturnType<typeof essence>>> {
    const { organizations, emails } = await this.emulator.state();
    return Object.fromEntries(organizations.map((one) => [one.name, essence(one, emails)]));
  }

  async close(): Promise<void> {
    this.project.close();
    await this.proxy.close();
    await this.emulator.close();
  }
}

/** The commands of docs/guides/recovery.md after a crash, as it shows them. */
function recoveryCommands(): string[][] {
  const text = readFileSync(resolve(__dirname, "../../../docs/guides/recovery.md"), "utf8");
  const [, block] = /```sh\n([\s\S]*?)```/.exec(text)!;
  const lines = block!.trimEnd().split("\n");
  return lines.map((line) => line.replace(/ +#.*/, "").split(" ").slice(1));
}

function stillRunning(processes: readonly Process[]): Process[] {
  const pids = new Set(processes.map(({ pid }) => pid));
  return runningProcesses().filter(({ pid }) => pids.has(pid));
}

/** Ends those of these processes that still exist, and returns them. */
export function end(processes: readonly Process[]): string[] {
  const left = stillRunning(processes);
  for (const { pid } of left) process.kill(pid);
  return left.map(({ command }) => command);
}

/** Those of these processes that have not ended by themselves five seconds later. */
export async function survivors(processes: readonly Process[]): Promise<string[]> {
  for (let tries = 0; tries < 50 && stillRunning(processes).length > 0; tries++) await pause(100);
  return end(processes);
}
