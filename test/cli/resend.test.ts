import { person, uids } from "../lifecycle/support.js";
import { office } from "./support.js";

const o = office();
const zoe = person("zoe");
const args = ["resend", "acme", zoe];
const lists = ["GET /organizations/", "GET /organizations/acme/invitations/"];
let uid: string;
let act: string;

beforeEach(async () => {
  const invitation = await o.emulator.api("POST", "/organizations/acme/invitations/", { email: "Zoe@Example.com" });
  uid = (invitation as { uid: string }).uid;
  act = `POST /organizations/acme/invitations/${uid}/resend/`;
  await o.emulator.advance(24 * 3600);
  await o.emulator.clearLog();
});

describe("resend", () => {
  it("sends one email, and prints the new expiry", async () => {
    const { code, stdout, stderr } = await o.desk.run(args);
    expect([code, stderr]).toEqual([0, "emailsSent of a declaration does not count this email.\n"]);
    const { expiresAt } = (await o.emulator.state()).organizations[0]!.invitations[0]!;
    expect(stdout).toBe(
      `Sent again: the invitation of ${zoe} to Acme (acme), valid until ${expiresAt!.slice(0, 10)}.\n`,
    );
    expect(await o.emulator.calls()).toEqual([...lists, act, ...lists]);
    expect(await o.emails()).toEqual([`resend Zoe@Example.com`]);
  });

  it("prints JSON without accept links", async () => {
    const answer = await o.desk.json([...args.slice(0, 2), " ZOE@example.com"]);
    expect(answer).toEqual({
      organization: { uid: uids.acme, slug: "acme", name: "Acme" },
      invitation: { uid, email: zoe, role: "member", expiresAt: expect.any(String) as string },
    });
    expect(await o.emails()).toHaveLength(1);
  });

  it.each([
    ["a member already", person("mia"), /They are already a member: mia@example.com/],
    ["nobody", person("nobody"), /They are not a member either/],
  ])("sends no email if the address is %s", async (_what, email, reported) => {
    const { code, stdout, stderr } = await o.desk.run(["resend", "acme", email]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/No email was sent/);
    expect(stderr).toMatch(reported);
    expect(stderr).toMatch(/\[AVALA_REFUSED\]\n$/);
    expect(await o.emulator.calls()).toEqual([...lists, "GET /organizations/acme/members/"]);
    expect(await o.emails()).toEqual([]);
  });

  it.each([
    ["resend", (address: string) => ["resend", "acme", address]],
    ["transfer-ownership", (address: string) => ["transfer-ownership", "acme", "--to", address, "--yes"]],
  ])("bug: an address that no email system delivers to is a usage error of %s, without a call", async (_, command) => {
    for (const [address, reason] of [
      ["zoe@example.com,", /comma or semicolon/],
      ["Zoe <zoe@example.com>", /< or >/],
      ["zoe@example..com", /starts or ends with a dot/],
      ["zo\u200be@example.com", /invisible characters \(U\+200B\)/],
    ] as const) {
      const { code, stdout, stderr } = await o.desk.run(command(address));
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(reason);
      expect(stderr).toMatch(/\[AVALA_USAGE\]/);
    }
    expect(await o.emulator.calls()).toEqual([]);
    expect(await o.emails()).toEqual([]);
  });

  it("reports that hidden addresses make it unknown whether the person is a member", async () => {
    await o.emulator.settings({ hideEmails: true });
    const { stderr } = await o.desk.run(["resend", "acme", person("mia")]);
    expect(stderr).toMatch(/It is not known whether they are a member.*\[AVALA_REFUSED\]\n$/);
  });

  it("is refused if the key may not see invitations", async () => {
    await o.emulator.addKey("avk_lee", person("lee"));
    const { code, stderr } = await o.desk.run(args, { env: { AVALA_API_KEY: "avk_lee" } });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/\[AVALA_FORBIDDEN\]\n$/)]);
    expect(await o.emulator.writes()).toEqual([]);
  });
});

describe("resend of an invitation that has expired", () => {
  beforeEach(() => o.emulator.expire(zoe));

  it("is tried, and done if the service accepts it", async () => {
    expect((await o.desk.run(args)).code).toBe(0);
    expect(await o.emails()).toEqual(["resend Zoe@Example.com"]);
  });

  it.each([400, 404, 409])("is reported as refused if the service refuses it (%d)", async (fate) => {
    o.between.expect({ on: /^POST /, fate });
    const { code, stderr } = await o.desk.run(args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/has expired on \d{4}-\d\d-\d\d, and Avala does not send it again.*\[AVALA_REFUSED\]\n$/);
    expect(await o.emails()).toEqual([]);
  });

  it("is reported as missing if the service does not list it any more", async () => {
    await o.emulator.settings({ expiredInvitations: "hidden" });
    expect((await o.desk.run(args)).stderr).toMatch(/may no longer be listed.*\[AVALA_REFUSED\]\n$/);
    expect(await o.emails()).toEqual([]);
  });
});

describe("resend whose answer is lost", () => {
  it("is done if the invitation shows a new expiry", async () => {
    o.between.expect({ on: /^POST /, fate: "answer lost" });
    expect((await o.desk.run(args)).code).toBe(0);
    expect(await o.emails()).toHaveLength(1);
  });

  it.each(["lost", 502] as const)("is reported as unknown otherwise (%s), and not sent again", async (fate) => {
    o.between.expect({ on: /^POST /, fate });
    const { code, stdout, stderr } = await o.desk.run(args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/the email to "zoe@example.com" may have been sent or not\..*\[AVALA_EMAIL_UNKNOWN\]\n$/);
    expect(await o.emulator.writes()).toEqual([]);
  });

  it.each([true, false])("bug: or is a login page is looked up; carried out: %s", async (after) => {
    const page = { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html>", after };
    await o.emulator.faults({ match: { method: "POST" }, action: page });
    const { code, stderr } = await o.desk.run(args);
    expect([code, stderr.includes("[AVALA_EMAIL_UNKNOWN]")]).toEqual(after ? [0, false] : [1, true]);
    expect(await o.emails()).toHaveLength(after ? 1 : 0);
  });

  it("sends one email also if the look-up afterwards fails", async () => {
    let sent = false;
    const later = { test: (line: string) => (sent ||= line.startsWith("POST ")) && line.startsWith("GET ") } as RegExp;
    o.between.expect({ on: later, fate: 403, times: 9 });
    expect((await o.desk.run(args)).code).toBe(0);
    expect(await o.emails()).toHaveLength(1);
  });
});

it("sends no email to a person who has accepted in the meantime", async () => {
  await o.emulator.accept(zoe);
  expect((await o.desk.run(args)).stderr).toMatch(/They are already a member/);
  expect(await o.emails()).toEqual([]);
});

it("reports the service's refusal if the person accepts between the look-up and the request", async () => {
  o.between.expect({ on: /^POST /, fate: 400 });
  expect((await o.desk.run(args)).stderr).toMatch(/\[AVALA_INVALID\]\n$/);
  expect(await o.emails()).toEqual([]);
});
