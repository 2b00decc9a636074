import { connect } from "node:net";
import type { EngineAddress } from "./host.js";

const interval = 400;

/** Thrown instead of sending a request after the engine has ended, because nothing would record the result. */
export class EngineGoneError extends Error {
  readonly code = "AVALA_ENGINE_GONE";
  constructor() {
    super("The Pulumi engine is gone; no further request is sent.");
  }
}

/**
 * Watches whether the engine still runs. If the engine is killed, its host processes continue: they would send writes
 * for minutes although nothing saves the state.
 */
export class Watchdog {
  readonly #address: EngineAddress;
  readonly #onGone: () => void;
  #isGone = false;

  /** @param onGone called when the engine has ended */
  constructor(address: EngineAddress, onGone: () => void) {
    this.#address = address;
    this.#onGone = onGone;
  }

  start(): void {
    setInterval(() => this.#probe(), interval).unref();
  }

  /** @throws EngineGoneError */
  requireEngine(): void {
    if (this.#isGone) throw new EngineGoneError();
  }

  #probe(): void {
    const socket = connect({ host: this.#address.host, port: this.#address.port });
    socket.unref();
    socket.once("connect", () => socket.destroy());
    socket.once("error", (error: NodeJS.ErrnoException) => {
      socket.destroy();
      // Any other failure, such as too many open files, does not mean that the engine has ended.
      if (error.code !== "ECONNREFUSED") return;
      this.#isGone = true;
      this.#onGone();
    });
  }
}
