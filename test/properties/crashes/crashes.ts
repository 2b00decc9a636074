import { setTimeout as pause } from "node:timers/promises";
import type { Moment } from "./stoppingProxy.js";
import { isLanguageHost, isProviderHost, type Process, type Started } from "../../support/pulumi.js";
import { heldAfter, resent, writesOf, type Phase } from "./program.js";
import { end, Scene, stopsOf, survivors } from "./scene.js";

jest.setTimeout(240_000);

/** What can happen to a run while its writes are under way. */
interface Crash {
  /** Ends the engine, repeatedly. */
  strike(engine: Started, processes: readonly Process[], release: () => void): Promise<void> | void;
  /** The moments of a write at which it makes a difference. */
  moments: readonly Moment[];
  /** The engine's own language host checks every few minutes whether its engine exists. */
  leavesLanguageHost?: boolean;
  /** Whether pending requests are still carried out, answered and recorded. */
  harmless?: boolean;
}

async function toldToStop(engine: Started): Promise<void> {
  engine.interrupt();
  while (!engine.screen().includes("^C received")) await pause(20);
}

export const crashes = {
  "kill -9 of the engine": {
    strike: (engine) => engine.signal("SIGKILL"),
    moments: ["carried out", "arrived"],
    leavesLanguageHost: true,
  },
  "kill -9 of the provider process": {
    strike: (_engine, processes) => {
      for (const { pid } of processes.filter(isProviderHost)) process.kill(pid, "SIGKILL");
    },
    moments: ["carried out", "arrived"],
  },
  "Ctrl-C twice": {
    async strike(engine) {
      await toldToStop(engine);
      engine.interrupt();
    },
    moments: ["carried out"],
  },
  "Ctrl-C once": {
    async strike(engine, _processes, release) {
      await toldToStop(engine);
      release();
    },
    moments: ["carried out"],
    harmless: true,
  },
} satisfies Record<string, Crash>;

const phases = ["made", "changed", "destroyed"] as const;
/** A crash at every write of an up that creates, an up that changes, and a destroy. */
export function crashTests(what: keyof typeof crashes): void {
  const { strike, moments, leavesLanguageHost = false, harmless = false }: Crash = crashes[what];
  const points = phases.map((phase) => stopsOf(phase, moments).length).reduce((all, count) => all + count);
  let scene: Scene;
  let met = 0;
  /** Names of organizations with an email that has to be sent once more, once for each. */
  const twice: string[] = [];

  /** Causes the crash at one line of a phase, and waits until no process continues. */
  async function crash(phase: Phase, line: number): Promise<void> {
    const engine = await scene.stoppedAt(phase, line);
    met += scene.proxy.stopped();
    const processes = engine.processes();
    expect(processes.filter(isProviderHost)).toHaveLength(1);
    const release = () => (["carried out", "arrived"] as const).forEach(scene.proxy.release);
    const struckAt = performance.now();
    await strike(engine, processes, release);
    const { code } = await engine.ended;
    const endedAt = performance.now();
    // An interrupted destroy ends with 0, also if resources remain.
    if (!harmless) expect(code).not.toBe(0);
    // Answers that arrive too late: a process that still exists would continue.
    scene.proxy.release("carried out");
    const orphans = leavesLanguageHost ? processes.filter(isLanguageHost) : [];
    expect(await survivors(processes.filter((one) => !orphans.includes(one)))).toEqual([]);
    end(orphans);
    expect(scene.proxy.lastAt() - (harmless ? endedAt : struckAt)).toBeLessThan(2_000);
    release();
    if (phase === "changed") twice.push(...(await scene.unrecorded()));
  }

  async function recovered(assumed: readonly string[] = []) {
    if (!harmless) return scene.recover(assumed);
    expect(scene.project.pending()).toEqual([]);
    return undefined;
  }

  async function throughCrashes(phase: "made" | "changed"): Promise<void> {
    scene.declare(phase);
    for (const line of writesOf[phase].keys()) {
      await crash(phase, line);
      expect((await recovered())?.code ?? 0).toBe(0);
    }
    await scene.up();
    const expected = scene.cases.map(({ name }) => {
      const more = twice.filter((other) => other === name).map(() => resent);
      return [name, { ...heldAfter[phase], emails: [...heldAfter[phase].emails, ...more].toSorted() }];
    });
    expect(await scene.held()).toEqual(Object.fromEntries(expected));
  }

  describe(`${what}, at ${points} points`, () => {
    beforeAll(async () => {
      scene = await Scene.open(moments);
    });
    afterAll(() => scene?.close());

    it("while organizations are made: the next up ends as without", async () => {
      await throughCrashes("made");
      await scene.accept();
    });

    it("while organizations are changed: the next up ends as without", async () => {
      await throughCrashes("changed");
      const stopped = scene.cases.filter(({ stops }) => stops.changed.write.endsWith("/resend/"));
      const sent = stopped.filter(({ stops }) => stops.changed.moment === "carried out").map(({ name }) => name);
      // Other steps may have been in progress when the run ended; if nothing is lost, nothing is sent twice.
      expect(twice).toEqual(harmless ? [] : expect.arrayContaining(sent));
      await scene.project.expectOk(["preview", "--refresh", "--expect-no-changes"]);
    });

    it("while organizations are destroyed: the next destroy leaves nothing", async () => {
      const emails = await scene.emulator.emails();
      const last = writesOf.destroyed.length - 1;
      for (let line = 0; line < last; line++) {
        await crash("destroyed", line);
        expect((await recovered())?.code ?? 0).toBe(0);
      }
      await crash("destroyed", last);
      const refused = await recovered();
      if (refused !== undefined) {
        const gone = refused.errors.map(({ message }) => /AVALA_ASSUME_DELETED=([-\w]+)/.exec(message)![1]!);
        expect(refused.code).not.toBe(0);
        expect((await recovered(gone))!.code).toBe(0);
      }
      expect(await scene.destroy()).toMatchObject({ code: 0 });
      expect((await scene.emulator.state()).organizations).toEqual([]);
      expect(scene.project.resources()).toEqual([]);
      expect(await scene.emulator.emails()).toEqual(emails);
      expect(met).toBe(points);
    });
  });
}
