import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One call that has been answered by the service, before the answer goes on. */
export interface Passing {
  method: string;
  /** Below the origin, with the query. */
  path: string;
  body: string;
  answer: string;
}

/** A door in front of the service. Once it is shut nobody listens: the system itself refuses who comes. */
export class Door {
  readonly #target: string;
  readonly #server: Server;
  readonly #passing: (call: Passing) => Promise<void>;
  #port = 0;

  /** @param passing called for each call; the answer waits for it */
  static async open(target: string, passing: (call: Passing) => Promise<void>): Promise<Door> {
    const door = new Door(target, passing);
    door.#server.listen(0, "127.0.0.1");
    await once(door.#server, "listening");
    door.#port = (door.#server.address() as AddressInfo).port;
    return door;
  }

  private constructor(target: string, passing: (call: Passing) => Promise<void>) {
    this.#target = new URL(target).origin;
    this.#passing = passing;
    this.#server = createServer((request, response) => void this.#pass(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/api/v1`;
  }

  /** Nobody comes in from now on; who is inside is answered. No connection is used twice, so each call comes anew. */
  shut(): void {
    this.#server.close();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    const answered = await fetch(this.#target + request.url!, {
      method: request.method!,
      headers: { "x-avala-api-key": String(request.headers["x-avala-api-key"]), "content-type": "application/json" },
      body: body === "" ? null : body,
    });
    const answer = await answered.text();
    await this.#passing({ method: request.method!, path: request.url!, body, answer });
    response.writeHead(answered.status, { "content-type": "application/json", connection: "close" }).end(answer);
  }
}
