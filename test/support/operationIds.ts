import type { TestEmulator } from "./emulator.js";

/** The operations as the emulator documents them. */
export async function documented({ url }: Pick<TestEmulator, "url">) {
  const { paths } = (await (await fetch(new URL("/openapi.json", url))).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const base = new URL(url).pathname;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      method: method.toUpperCase(),
      pattern: new RegExp(`^${path.slice(base.length).replace(/{\w+}/g, "[^/]+")}$`),
      id: operationId,
    })),
  );
}
