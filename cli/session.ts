import {
  createClient,
  type AvalaClient,
  type ClientSettings,
  type Identified,
  type Organization,
} from "../provider/client/index.js";
import { ReadOnlyError } from "../provider/core/errors.js";
import { Observer } from "../provider/lifecycle/observer.js";
import { Log } from "../provider/lifecycle/runtime/log.js";
import { resolveSettings, type Settings } from "../provider/lifecycle/runtime/settings.js";
import { lagNote, OrganizationNotFoundError, Snapshot, type OrganizationView } from "../provider/snapshot/index.js";
import { canonicalUid, normalizeOrganization } from "../provider/core/identity.js";
import { printable } from "../provider/core/text.js";
import type { Invocation } from "./command.js";
import type { Terminal } from "./output/terminal.js";
import { isInProject, stackConfiguration, type StackTarget } from "./pulumi/run.js";

/** The organization a command is about, as a complete list shows it. */
export interface Found {
  row: Identified<Organization>;
  view: OrganizationView;
  /** For messages: `Acme Robotics (acme-robotics)`. */
  shown: string;
}

/** The service, as one command sees it. */
export class Session {
  readonly client: AvalaClient;
  readonly #settings: Settings;
  readonly #terminal: Terminal;

  constructor(client: AvalaClient, settings: Settings, terminal: Terminal) {
    this.client = client;
    this.#settings = settings;
    this.#terminal = terminal;
  }

  /** Looks anew: nothing read before is used. */
  loadSnapshot(): Snapshot {
    return new Snapshot(this.client, {
      hiddenPeople: this.#settings.hiddenPeople,
      onLag: (seconds) => this.#terminal.note(lagNote(seconds)),
    });
  }

  /** What the provider would record, going by one look. */
  observer(snapshot: Snapshot): Observer {
    const log = new Log(async (level, line) => {
      if (level === "warning") this.#terminal.note(line);
    });
    return new Observer(snapshot, this.#settings, log);
  }

  /** The organization of this uid or slug; an error where the key does not see it. */
  async organization(reference: string): Promise<Found> {
    const snapshot = this.loadSnapshot();
    const named = normalizeOrganization(reference);
    const row = (await snapshot.organizations()).find(({ uid, slug }) => [uid, slug].includes(named));
    if (!row) throw new OrganizationNotFoundError(reference);
    return { row, view: await snapshot.organization(canonicalUid(row.uid) ?? row.slug), shown: shownOrganization(row) };
  }
}

/** An organization as people read it. */
export function shownOrganization({ name, slug }: Pick<Organization, "name" | "slug">): string {
  return `${printable(name ?? "", 60)} (${printable(slug ?? "", 60)})`.trimStart();
}

/** Runs a command's work with the key and base URL that the provider would use, and lets go of the service after it. */
export async function withSession<T>(
  invocation: Invocation & { writes?: string },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { terminal, writes } = invocation;
  const settings = await commandSettings(invocation);
  if (writes !== undefined && settings.client.readOnly) {
    throw new ReadOnlyError(`${writes} makes changes, but AVALA_READ_ONLY is set.`, "Unset it to make changes.", {
      method: "POST",
      path: "",
    });
  }
  const session = openSession(terminal, settings);
  try {
    return await work(session);
  } finally {
    await session.client.close();
  }
}

/** The service by other settings than the command's own; its client has to be closed. */
export function openSession(terminal: Terminal, settings: Settings): Session {
  const client = createClient({
    ...settings.client,
    beforeRequest: progressOn(terminal),
    ...reports(terminal),
    mostFirstTries: 1,
    onWait: ({ waiting, seconds }) =>
      terminal.note(
        `Rate limit of Avala: ${waiting} ${waiting === 1 ? "request is" : "requests are"} waiting, for about ${seconds} s.`,
      ),
  });
  return new Session(client, settings, terminal);
}

/** What a client reports of its requests. */
export function reports(terminal: Terminal): Pick<ClientSettings, "onAttempt" | "onRetry"> {
  return { onAttempt: (line) => terminal.log(line), onRetry: (line) => terminal.note(line) };
}

/** Shows the progress of reads that take long. */
function progressOn(terminal: Terminal, patienceMs = 2000): () => void {
  const started = Date.now();
  let sent = 0;
  return () => {
    sent++;
    if (Date.now() - started > patienceMs) terminal.progress(`Reading from Avala: ${sent} requests so far.`);
  };
}

/** From the environment; where no key is there, with the stack's configuration, as in a run of the provider. */
export async function commandSettings(stackTarget: StackTarget): Promise<Settings> {
  const { environment } = stackTarget;
  const asks = !environment["AVALA_API_KEY"] && isInProject(stackTarget);
  const config = asks ? await stackConfiguration(stackTarget) : undefined;
  return resolveSettings(
    (name) => environment[name],
    (key) => config?.get(key),
  );
}
