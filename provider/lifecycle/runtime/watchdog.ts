import { connect } from "node:net";
import { engineAddress, type EngineAddress } from "./host.js";

const interval = 400;

let engineGone = false;

/** Thrown instead of sending a request once nobody is left to record what it does. */
export class EngineGoneError extends Error {
  readonly code = "AVALA_ENGINE_GONE";
  constructor() {
    super("The Pulumi engine is gone; no further request is sent.");
  }
}

export function stopIfEngineGone(): void {
  if (engineGone) throw new EngineGoneError();
}

/**
 * Ends this process soon after the engine has ended. A killed engine leaves its hosts behind, and an orphan would go
 * on writing for minutes with nobody to save the state.
 */
export function watchEngine(): void {
  const address = engineAddress();
  if (!address) return;
  setInterval(() => void probe(address), interval).unref();
}

function probe(address: EngineAddress): void {
  const socket = connect({ host: address.host, port: address.port });
  socket.unref();
  socket.once("connect", () => socket.destroy());
  socket.once("error", (error: NodeJS.ErrnoException) => {
    socket.destroy();
    // Any other failure (descriptors used up, say) tells nothing about the engine.
    if (error.code !== "ECONNREFUSED") return;
    engineGone = true;
    process.exit(1);
  });
}
