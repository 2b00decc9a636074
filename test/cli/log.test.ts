import { person } from "../lifecycle/support.js";
import { office } from "./support.js";

/* AVALA_LOG, and a host that cannot be reached. */

const o = office();
const status = ["status", "--organization", "acme"];
const times = / in \d+ ms(?:, waited \d+ ms for the rate limit)?$/;

it.each([[[]], [["--quiet"]], [["--json"]]])("AVALA_LOG=requests prints each request on stderr: %j", async (more) => {
  const plain = await o.desk.run([...status, ...more]);
  await o.emulator.clearLog();
  const { code, stdout, stderr } = await o.desk.run([...status, ...more], { env: { AVALA_LOG: "requests" } });
  expect([code, stdout]).toEqual([0, plain.stdout]);
  const lines = stderr.trim().split("\n");
  for (const line of lines) expect(line).toMatch(times);
  const requests = (await o.emulator.requests()).map(({ method, path, status }) => `${method} ${path}: ${status}`);
  const withoutQuery = (line: string) => line.replace(times, "").replace(/\?[^:]*/, "");
  expect(lines.map(withoutQuery).toSorted()).toEqual(requests.map(withoutQuery).toSorted());
});

it("AVALA_LOG=debug prints a write without its body, the address and the key", async () => {
  await o.emulator.api("POST", "/organizations/acme/invitations/", { email: person("zoe") });
  const { code, stderr } = await o.desk.run(["resend", "acme", person("zoe"), "-q"], { env: { AVALA_LOG: "debug" } });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^POST \/organizations\/acme\/invitations\/[0-9a-f-]+\/resend\/: 20\d in \d+ ms, .*received/m);
  expect(stderr).not.toMatch(/zoe|avk_/);
});

it.each(["verbose", "1", "true"])("AVALA_LOG=%s is refused before any request", async (value) => {
  const { code, stderr } = await o.desk.run(status, { env: { AVALA_LOG: value } });
  expect([code, stderr]).toEqual([
    1,
    "AVALA_LOG is none of its values. Set it to requests or debug, or unset it. [AVALA_CONFIG]\n",
  ]);
  expect(await o.emulator.calls()).toEqual([]);
});

it("doctor knows AVALA_LOG", async () => {
  const { stdout } = await o.desk.run(["doctor", "--json"], { env: { AVALA_LOG: "Requests" } });
  const { checks } = JSON.parse(stdout) as { checks: { name: string; message: string }[] };
  expect(checks.filter(({ message }) => message.includes("AVALA_LOG"))).toEqual([
    { name: "setting", level: "ok", message: "AVALA_LOG is requests" },
  ]);
});

it.each([
  ["status", status],
  ["import", ["import", "acme", "--out", "none"]],
  ["leave", ["leave", "acme", "--yes"]],
  ["resend", ["resend", "acme", person("zoe")]],
  ["transfer-ownership", ["transfer-ownership", "acme", "--to", person("ada"), "--yes"]],
])("bug: %s tries a host that refuses connections once", async (_, args) => {
  // Nothing listens on the port of discard.
  const env = { AVALA_BASE_URL: "http://127.0.0.1:9/api/v1", AVALA_LOG: "requests" };
  const { code, stderr } = await o.desk.run(args, { env });
  expect([code, stderr.trim().split("\n")]).toEqual([
    1,
    [
      expect.stringMatching(/^GET \/organizations\/\?.*: no answer \(ECONNREFUSED\) in/),
      expect.stringMatching(/\[AVALA_TRANSPORT\]$/),
    ],
  ]);
});
