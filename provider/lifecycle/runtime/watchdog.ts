import { connect } from "node:net";
import type { EngineAddress } from "./host.js";

const interval = 400;

/** Thrown instead of sending a request once nobody is left to record what it does. */
export class EngineGoneError extends Error {
  readonly code = "AVALA_ENGINE_GONE";
  constructor() {
    super("The Pulumi engine is gone; no further request is sent.");
  }
}

/**
 * Watches whether the engine still runs. A killed engine leaves its hosts behind, and an orphan would go on writing for
 * minutes with nobody to save the state.
 */
export class Watchdog {
  readonly #address: EngineAddress;
  readonly #onGone: () => void;
  #isGone = false;

  /** @param onGone called once the engine has ended */
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
      // Any other failure (descriptors used up, say) tells nothing about the engine.
      if (error.code !== "ECONNREFUSED") return;
      this.#isGone = true;
      this.#onGone();
    });
  }
}
