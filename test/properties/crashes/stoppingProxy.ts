import { setTimeout as pause } from "node:timers/promises";
import { openProxy } from "../../support/proxy.js";

/** A write is stopped when it arrives, or when it is carried out and not yet answered. */
export type Moment = "arrived" | "carried out";

/** One write of an organization, as `POST /organizations/acme/teams/ Core` with its name or address; see `labelOf`. */
export interface Stop {
  write: string;
  moment: Moment;
}

/** A proxy between the provider and the service that stops each organization at the write that was chosen for it. */
export async function openStoppingProxy(target: string) {
  let stops: ReadonlyMap<string, Stop> = new Map();
  let times = new Map<string, number>();
  let writes: string[] = [];
  let [stopped, lastAt] = [0, 0];
  let lets: Record<Moment, () => void>;
  let open: Record<Moment, Promise<void>>;
  const shut = () => {
    lets = {} as typeof lets;
    const until = (moment: Moment) => new Promise<void>((resolve) => (lets[moment] = resolve));
    open = { arrived: until("arrived"), "carried out": until("carried out") };
  };
  shut();

  const stopOf = (line: string, body: string): Stop | undefined => {
    const { organization, label } = labelOf(line, body);
    const time = (times.get(`${organization} ${label}`) ?? 0) + 1;
    times.set(`${organization} ${label}`, time);
    const write = time === 1 ? label : `${label} again`;
    writes.push(write);
    const stop = stops.get(organization);
    return stop?.write === write ? stop : undefined;
  };

  const { url, close } = await openProxy(target, async ({ method, path, body, isGone }, forward) => {
    lastAt = performance.now();
    const stop = method === "GET" ? undefined : stopOf(`${method} ${path}`, body);
    const wait = async (moment: Moment) => {
      if (stop?.moment !== moment) return;
      stopped += 1;
      await open[moment];
    };
    await wait("arrived");
    // A request whose sender has been killed is lost. That the sender is gone is known in the next turn at the earliest.
    if (stop?.moment === "arrived") await pause(100);
    if (isGone()) return undefined;
    const answer = await forward();
    await wait("carried out");
    return answer;
  });
  return {
    url,
    /** Resets the counts, and stops the organizations (by name, which is their slug) at the given writes. */
    set(next: ReadonlyMap<string, Stop>): void {
      [stops, times, writes, stopped] = [next, new Map(), [], 0];
      shut();
    },
    /** Resolves when all organizations have reached their stop. */
    async reached(): Promise<void> {
      while (stopped < stops.size) await pause(10);
    },
    /** The number of organizations that have reached it. */
    stopped: (): number => stopped,
    /** Releases the writes that are stopped at a moment. */
    release: (moment: Moment): void => lets[moment](),
    /** The writes that have come since the stops were set. */
    writes: (): readonly string[] => writes,
    /** When the last request came, by performance.now(). */
    lastAt: () => lastAt,
    async close(): Promise<void> {
      stops = new Map();
      for (const moment of ["arrived", "carried out"] as const) lets[moment]();
      await close();
    },
  };
}

/**
 * A write as `POST /organizations/acme/invitations/ ada@example.com`, with `acme` for the organization, `*` for uids, and
 * the name or address in its body if it creates something; its second time is followed by "again".
 */
function labelOf(line: string, body: string): { organization: string; label: string } {
  const { name, email } = (body === "" ? {} : JSON.parse(body)) as { name?: string; email?: string };
  const organization = line.split("/")[2] || name!;
  const path = line.replace(`/${organization}/`, "/acme/").replaceAll(/[-0-9a-f]{36}/g, "*");
  const made = line.startsWith("POST ") ? (name ?? email) : undefined;
  return { organization, label: made === undefined ? path : `${path} ${made === organization ? "acme" : made}` };
}
