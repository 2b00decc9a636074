import {
  createClient,
  ReadOnlyError,
  resolveClientSettings,
  type AvalaClient,
  type Identified,
  type Organization,
} from "../client/index.js";
import { OrganizationNotFoundError, Snapshot, type OrganizationView } from "../snapshot/index.js";
import { canonicalUid, normalizeOrganization, printable } from "../schema/index.js";
import type { Invocation } from "./command.js";
import { isInProject, stackConfiguration, type Place } from "./pulumi.js";

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

  constructor(client: AvalaClient) {
    this.client = client;
  }

  /** Looks anew: nothing read before is used. */
  look(): Snapshot {
    return new Snapshot(this.client);
  }

  /** The organization of this uid or slug; an error where the key does not see it. */
  async organization(reference: string): Promise<Found> {
    const snapshot = this.look();
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
  const settings = await settingsOf(invocation);
  if (writes !== undefined && settings.readOnly) {
    throw new ReadOnlyError(`${writes} changes something, and AVALA_READ_ONLY is set.`, "Unset it to make changes.", {
      method: "POST",
      path: "",
    });
  }
  const client = createClient({
    ...settings,
    onWait: ({ waiting, seconds }) =>
      terminal.note(`Avala allows only so many requests a minute: ${waiting} are waiting, for about ${seconds} s.`),
  });
  try {
    return await work(new Session(client));
  } finally {
    await client.close();
  }
}

/** From the environment; where no key is there, with the stack's configuration, as in a run of the provider. */
async function settingsOf(place: Place) {
  const { environment } = place;
  const asks = !environment["AVALA_API_KEY"] && isInProject(place);
  const config = asks ? await stackConfiguration(place) : undefined;
  return resolveClientSettings(
    (name) => environment[name],
    (key) => config?.get(key),
  );
}
