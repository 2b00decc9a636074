import { launchEmulator } from "./emulatorProcess.mjs";
import { BenchError } from "./benchError.mjs";

const KEY = "avk_local";
/** Far above what any run needs: a limit that never holds anything up. */
const UNLIMITED = { perMinute: 10_000_000, perSecond: 1_000_000 };

/** An emulator of its own process, with a start. */
export async function startEmulator(seed) {
  const { url, stop } = await launchEmulator({ onError: (chunk) => process.stderr.write(chunk) });
  const emulator = new Emulator(url, stop);
  await emulator.control("POST", "/reset", { seed });
  return emulator;
}

class Emulator {
  #url;
  #limit = UNLIMITED;

  constructor(url, stop) {
    this.#url = url;
    this.stop = stop;
  }

  /** What a provider finds the service by, and the pace that it may keep. */
  get environment() {
    return {
      AVALA_API_KEY: KEY,
      AVALA_BASE_URL: this.#url,
      AVALA_ALLOW_INSECURE_BASE_URL: "1",
      AVALA_REQUESTS_PER_MINUTE: String(this.#limit.perMinute),
      AVALA_REQUESTS_PER_SECOND: String(this.#limit.perSecond),
    };
  }

  /** Limits the calls, by the service and by the provider alike. */
  async limit({ perMinute = UNLIMITED.perMinute, perSecond = UNLIMITED.perSecond }) {
    this.#limit = { perMinute, perSecond };
    await this.control("PUT", "/settings", { rateLimit: this.#limit });
  }

  /** The calls since last asked: method, path below the base URL, query, status, and milliseconds since 1970. */
  async takeCalls() {
    const calls = await this.control("GET", "/requests");
    await this.control("DELETE", "/requests");
    const base = new URL(this.#url).pathname.length;
    return calls.map(({ method, path, query, status, at }) => ({
      method,
      path: path.slice(base),
      query,
      status,
      at: Date.parse(at),
    }));
  }

  async control(method, path, body) {
    const sent = body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await fetch(new URL(`/_emulator${path}`, this.#url), { method, ...sent });
    if (!answer.ok) throw new BenchError(`The emulator answered ${answer.status} to ${method} ${path}.`);
    return answer.headers.get("content-type")?.includes("json") ? answer.json() : undefined;
  }
}
