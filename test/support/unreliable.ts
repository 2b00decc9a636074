import { openProxy } from "./proxy.js";

/**
 * The fate of a request: it is lost, its answer is lost or rewritten, or it is answered with a status. A function that
 * rewrites an answer may do something else before it arrives.
 */
export type Fate = "lost" | "answer lost" | number | ((body: string) => string | Promise<string>);

export interface Mishap {
  /** Matched against "METHOD /path", the path below the base URL. */
  on: RegExp;
  fate: Fate;
  /** How often; default once. */
  times?: number;
}

/** A proxy between a host process and the service that loses, refuses or rewrites the chosen requests and answers. */
export async function unreliable(target: string) {
  let mishaps: Mishap[] = [];

  const mishapOf = (line: string): Mishap | undefined => {
    const mishap = mishaps.find(({ on, times = 1 }) => times > 0 && on.test(line));
    if (mishap) mishap.times = (mishap.times ?? 1) - 1;
    return mishap;
  };

  const { url, close } = await openProxy(target, async ({ method, path }, forward) => {
    const fate = mishapOf(`${method} ${path}`)?.fate;
    if (typeof fate === "number") return { status: fate, headers: {}, text: "" };
    if (fate === "lost") return undefined;
    const answer = await forward();
    const text = typeof fate === "function" ? await fate(answer.text) : answer.text;
    return fate === "answer lost" ? undefined : { ...answer, text };
  });
  return {
    url,
    /** The mishaps from now on; none by default. */
    expect(...next: Mishap[]): void {
      mishaps = next;
    },
    close,
  };
}
