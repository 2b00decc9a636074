import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { relay } from "./unreliable.js";

/** A write is stopped when it arrives, or when it is carried out and not yet answered. */
export type Moment = "arrived" | "carried out";

/** One write of an organization, as `POST /organizations/acme/teams/ Core` with its name or address; see `labelOf`. */
export interface Stop {
  write: string;
  moment: Moment;
}

/** Stands between the provider and the service, and stops each organization at the write that was chosen for it. */
export async function openGate(target: string) {
  const base = new URL(target);
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

  const stopOf = (line: string, body: Buffer): Stop | undefined => {
    const { organization, label } = labelOf(line, body);
    const time = (times.get(`${organization} ${label}`) ?? 0) + 1;
    times.set(`${organization} ${label}`, time);
    const write = time === 1 ? label : `${label} again`;
    writes.push(write);
    const stop = stops.get(organization);
    return stop?.write === write ? stop : undefined;
  };

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    lastAt = performance.now();
    const { method, url } = request;
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    const stop = method === "GET" ? undefined : stopOf(`${method} ${url!.slice(base.pathname.length)}`, body);
    const wait = async (moment: Moment) => {
      if (stop?.moment !== moment) return;
      stopped += 1;
      await open[moment];
    };
    await wait("arrived");
    // What its sender has not lived to see through is lost on its way. That it is gone is heard in the next turn at the earliest.
    if (stop?.moment === "arrived") await pause(100);
    if (request.socket.destroyed) return;
    const { status, headers, text } = await relay(request, base, body);
    await wait("carried out");
    response.writeHead(status, headers).end(text);
  }

  const server = createServer((request, response) => void pass(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base.pathname}`,
    /** Begins to count anew, and stops the organizations (by name, which is their slug) where they are to stop. */
    set(next: ReadonlyMap<string, Stop>): void {
      [stops, times, writes, stopped] = [next, new Map(), [], 0];
      shut();
    },
    /** Resolves when all organizations have come to their stop. */
    async reached(): Promise<void> {
      while (stopped < stops.size) await pause(10);
    },
    /** How many have. */
    stopped: (): number => stopped,
    /** Lets go what is stopped at a moment. */
    release: (moment: Moment): void => lets[moment](),
    /** The writes that have come since the gate was set. */
    writes: (): readonly string[] => writes,
    /** When the last request came, by performance.now(). */
    lastAt: () => lastAt,
    async close(): Promise<void> {
      stops = new Map();
      for (const moment of ["arrived", "carried out"] as const) lets[moment]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * A write as `POST /organizations/acme/invitations/ ada@example.com`, with `acme` for the organization, `*` for uids, and
 * the name or address in its body where it makes something; its second time is followed by "again".
 */
function labelOf(line: string, body: Buffer): { organization: string; label: string } {
  const { name, email } = (body.length > 0 ? JSON.parse(body.toString()) : {}) as { name?: string; email?: string };
  const organization = line.split("/")[2] || name!;
  const path = line.replace(`/${organization}/`, "/acme/").replaceAll(/[-0-9a-f]{36}/g, "*");
  const made = line.startsWith("POST ") ? (name ?? email) : undefined;
  return { organization, label: made === undefined ? path : `${path} ${made === organization ? "acme" : made}` };
}
