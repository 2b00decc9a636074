import type { Lookup } from "../../client/index.js";
import { ProcessJournal } from "../../core/journal.js";
import { lagNote, openSnapshot } from "../../snapshot/index.js";
import { Claims } from "./claims.js";
import { Log, type Sink } from "./log.js";
import { newRun, type Run } from "./run.js";
import { resolveSettings } from "./settings.js";

/** The environment of the handlers: the process that they run in. */
export interface RuntimeOptions {
  /** Reads an environment variable. */
  environment: Lookup;
  /** Receives warnings and progress. */
  sink: Sink;
  /**
   * Address of the engine, which names the files that the processes of a run share. Undefined outside of the engine.
   */
  engine?: string | undefined;
  /** Name of this process in these files. Default: derived from the process id. */
  process?: string;
  /** Calls an action when this process ends. Default: at `exit` of the operating system's process. */
  atEnd?(action: () => void): void;
  /** Called when the run opens. */
  onOpen?(): void;
  /** Called before each request; an error that it throws prevents the request. */
  beforeRequest?(): void;
}

/** The data that all handlers of one host process share. */
export class Runtime {
  readonly log: Log;
  readonly #options: RuntimeOptions;
  #config: Lookup = () => undefined;
  #run: Run | undefined;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.log = new Log(options.sink);
  }

  /**
   * Stores the configuration that the engine passes. Never throws and never waits, because the host does not wait for
   * it.
   */
  configure(lookup: Lookup): void {
    this.#config = lookup;
  }

  /** The run, opened at first use. Throws a `ConfigError` on each use if the settings are invalid. */
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
