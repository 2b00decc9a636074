import type { Lookup } from "../../client/index.js";
import { ProcessJournal } from "../../core/journal.js";
import { lagNote, openSnapshot } from "../../snapshot/index.js";
import { Claims } from "./claims.js";
import { Log, type Sink } from "./log.js";
import { newRun, type Run } from "./run.js";
import { resolveSettings } from "./settings.js";

/** What surrounds the handlers: the process that they run in. */
export interface RuntimeOptions {
  /** The environment. */
  environment: Lookup;
  /** Where warnings and progress go. */
  sink: Sink;
  /** Of the engine: what names the files that the processes of a run share. Absent where there is no engine. */
  engine?: string | undefined;
  /** The name under which this process takes part in them; by default the one of the operating system. */
  process?: string;
  /** Calls an action when this process ends; by default, when that of the operating system does. */
  atEnd?(action: () => void): void;
  /** Called when the run opens. */
  onOpen?(): void;
  /** Called before each request; what it throws ends the call. */
  beforeRequest?(): void;
}

/** Everything that the handlers of one host process share. */
export class Runtime {
  readonly log: Log;
  readonly #options: RuntimeOptions;
  #config: Lookup = () => undefined;
  #run: Run | undefined;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.log = new Log(options.sink);
  }

  /** Takes the configuration that the engine hands over. Never throws, never waits: the host does not wait either. */
  configure(lookup: Lookup): void {
    this.#config = lookup;
  }

  /** The run, opened at first use. Settings that cannot work throw a ConfigError, each time anew. */
  get run(): Run {
    return (this.#run ??= this.#open());
  }

  #open(): Run {
    const { environment, beforeRequest, onOpen } = this.#options;
    const settings = resolveSettings(environment, this.#config);
    const { log } = this;
    onOpen?.();
    const snapshot = openSnapshot(
      {
        ...settings.client,
        ...(beforeRequest && { beforeRequest }),
        onAttempt: (line) => log.every(line),
        onRetry: (line) => log.info(line),
        onWait: ({ waiting, seconds }) =>
          log.info(
            `Rate limit of Avala: ${waiting} ${waiting === 1 ? "request is" : "requests are"} waiting, for about ${seconds} s.`,
          ),
      },
      { hiddenPeople: settings.hiddenPeople, onLag: (seconds) => log.info(lagNote(seconds)) },
    );
    const claims = new Claims(settings.client.baseUrl, this.#journal(""));
    return newRun({ settings, snapshot, log, claims }, this.#journal("removals-"));
  }

  #journal(what: string): ProcessJournal | undefined {
    const { engine, process, atEnd } = this.#options;
    return engine === undefined ? undefined : new ProcessJournal(what, engine, { process, atEnd });
  }
}
