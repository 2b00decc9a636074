import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Engine, Host, type HostError } from "../support/host.js";

/** The emulator gives only well-formed uids: this service does not. */
const uid = "0a\u001b[2J\u202e\nerror: all is lost";
const service = createServer((_request, response) => {
  const body = JSON.stringify({ results: [{ uid, slug: "acme", name: "Acme" }], next: null });
  response.writeHead(200, { "content-type": "application/json" }).end(body);
});

it("a hostile uid reaches no screen as it is: the refusal that names it is one harmless line", async () => {
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const engine = await Engine.start();
  const host = await Host.start(engine, {
    AVALA_API_KEY: "avk_local",
    AVALA_BASE_URL: `http://127.0.0.1:${(service.address() as AddressInfo).port}/api/v1`,
    AVALA_ALLOW_INSECURE_BASE_URL: "1",
  });
  try {
    await host.configure();
    const refused = await host.create("organization", { name: "Acme" }).catch((error: HostError) => error);
    expect(refused).toBeInstanceOf(Error);
    expect((refused as Error).message).toContain('adopt: "0a error: all is lost"');
    expect((refused as Error).message).not.toMatch(/\p{Cc}|\p{Cf}/u);
  } finally {
    await host.close();
    engine.kill();
    service.closeAllConnections();
    service.close();
  }
});
