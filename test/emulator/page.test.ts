import { createHash } from "node:crypto";
import { request } from "node:http";
import type { Browser, Page } from "playwright-core";
import { findBrowser, launchBrowser, notRun } from "../support/browser.js";
import { startEmulator } from "../support/emulator.js";
import { acme, emulated } from "./service.js";

const emulator = emulated();
const { api, control } = emulator;
const origin = () => new URL(emulator.url).origin;
const page = (headers: Record<string, string> = {}) => fetch(origin(), { headers });

/** The visible text, without tags and with single spaces. */
const read = async () =>
  (await (await page()).text())
    .replace(/<(style|script)>[^]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, "")
    .replace(/\s+/g, " ");

async function invite(email: string, role = "member"): Promise<string> {
  return (await api("POST", "/organizations/acme/invitations/", { email, role })).body.uid;
}

/** The headers that a browser sends with a form of the page itself. */
const fromThePage = () => ({ origin: origin(), "sec-fetch-site": "same-origin" });

const press = (uid: string, act: string, headers: Record<string, string> = fromThePage()) =>
  fetch(`${origin()}/_emulator/page/invitations/${uid}/${act}`, { method: "POST", redirect: "manual", headers });

async function status(uid: string): Promise<string> {
  const { organizations } = (await control("GET", "/state")).body;
  return organizations[0].invitations.find((row: { uid: string }) => row.uid === uid).status;
}

describe("the page", () => {
  it("shows organizations, members, teams, invitations, people and emails", async () => {
    const first = await invite("first@example.com", "admin");
    const second = await invite("second@example.com");
    await invite("third@example.com");
    await control("POST", `/invitations/${second}/decline`);
    await api("POST", `/organizations/acme/invitations/${first}/resend/`);
    const text = await read();
    expect(text).toContain("Acme acme");
    expect(text).toContain("owner@example.com Owner Example owner");
    expect(text).toContain("ada@example.com Ada Example admin");
    expect(text).toContain("Core core lee@example.com Lee Example lead");
    expect(text).toContain("first@example.com pending until 2026-01-24 12:00 UTC admin Accept Decline Expire");
    expect(text).toContain("Past invitations second@example.com declined or cancelled member");
    expect(text).toContain("zoe@example.com Zoe Example no organization");
    expect(text).toContain(`Programs reach it at ${emulator.url}.`);
    const emails = text.slice(text.indexOf("Mailbox"), text.indexOf("People"));
    expect([...emails.matchAll(/\w+@example.com Invitation(?:, sent again)?/g)].map(([row]) => row)).toEqual([
      "first@example.com Invitation, sent again",
      "third@example.com Invitation",
      "second@example.com Invitation",
      "first@example.com Invitation",
    ]);
  });

  it("shows closed invitations without buttons", async () => {
    await invite("late@example.com");
    await emulator.advance(15 * 24 * 3600);
    const text = await read();
    expect(text).toContain("Nobody is waiting to accept.");
    expect(text).toContain("late@example.com expired 2026-01-24 12:00 UTC");
    expect(text).toContain("stood at 2026-01-25 12:00 UTC");
    expect(text).not.toContain("Accept");
  });

  it("is empty at the start", async () => {
    await control("POST", "/reset");
    const text = await read();
    expect(text).toContain("There is no organization yet.");
    expect(text).toContain("No email has been sent.");
  });

  it("shows hostile names as text, with invisible characters written out", async () => {
    const attack = `"'><script>alert(1)</script><img src=x>\u202e\u0007\ud800`;
    const seed = acme();
    await emulator.reset({
      ...seed,
      people: [...seed.people!, { email: "rtl@ex\u202eample.com", fullName: attack }],
      organizations: [
        {
          ...seed.organizations![0]!,
          name: attack,
          teams: [{ name: attack, color: '"><img>', members: [{ email: "lee@example.com" }] }],
          invitations: [{ email: "o'&@b\u202ed.example.com" }],
        },
      ],
    });
    const html = await (await page()).text();
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain("<img");
    for (const mark of ["\u0007", "\u202e", "\ufffd"]) expect(html).not.toContain(mark);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x&gt;\\u{202e}\\u{7}\\u{d800}</bdi>");
    expect(html).toContain('aria-label="Accept o&#39;&amp;@b\\u{202e}d.example.com"');
  });

  it("holds no key and no link of an invitation", async () => {
    await invite("first@example.com");
    const { keys, organizations } = (await control("GET", "/state")).body;
    const html = await (await page()).text();
    const secrets = [...keys.map(({ key }: { key: string }) => key), organizations[0].invitations[0].token];
    expect(secrets.length).toBeGreaterThan(1);
    expect(secrets.filter((secret) => html.includes(secret))).toEqual([]);
  });

  it("allows its own style and script, and nothing else", async () => {
    const answer = await page();
    const html = await answer.text();
    const hashOf = (tag: string) => {
      const [, text] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)!;
      return `'sha256-${createHash("sha256").update(text!).digest("base64")}'`;
    };
    expect(answer.headers.get("content-security-policy")?.split("; ")).toEqual([
      "default-src 'none'",
      `style-src ${hashOf("style")}`,
      `script-src ${hashOf("script")}`,
      "img-src data:",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(html).not.toMatch(/(?:src|href|action)="(?!data:,"|\/_emulator\/)/);
    expect(html).not.toMatch(/\s(?:style|on\w+)="/);
  });

  it("returns 304 without a body if nothing has changed", async () => {
    const tag = (await page()).headers.get("etag")!;
    expect((await page({ "if-none-match": tag })).status).toBe(304);
    const uid = await invite("first@example.com");
    const next = await page({ "if-none-match": tag });
    expect(next.status).toBe(200);
    await press(uid, "accept");
    expect((await page({ "if-none-match": next.headers.get("etag")! })).status).toBe(200);
  });

  it("leaves no trace in the log of API calls", async () => {
    const uid = await invite("first@example.com");
    await control("DELETE", "/requests");
    await page();
    await press(uid, "accept");
    expect((await control("GET", "/requests")).body).toEqual([]);
  });
});

describe("its forms", () => {
  it.each([
    ["accept", "accepted", "first@example.com accepted"],
    ["decline", "cancelled", "first@example.com declined or cancelled"],
    ["expire", "pending", "first@example.com expired 2026-01-10 12:00 UTC"],
  ])("%s an invitation and redirect to the page", async (act, becomes, shown) => {
    const uid = await invite("first@example.com");
    const answer = await press(uid, act);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    expect(await status(uid)).toBe(becomes);
    expect(await read()).toContain(shown);
    expect((await read()).includes("first@example.com member Accept")).toBe(false);
  });

  it("show the reason if nothing was done", async () => {
    const uid = await invite("first@example.com");
    await press(uid, "decline");
    const late = await press(uid, "accept");
    expect(late.status).toBe(409);
    expect(await late.text()).toContain("Nothing was done. This invitation is cancelled.");
    expect(late.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await press("11111111-1111-4111-8111-111111111111", "accept")).status).toBe(404);
    expect((await press(uid, "delete")).status).toBe(404);
    expect(await status(uid)).toBe("cancelled");
  });

  it.each([
    ["another site", { origin: "https://evil.example.com", "sec-fetch-site": "cross-site" }],
    ["another port of this machine", { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" }],
    ["a page that hides where it is", { origin: "null" }],
    ["another site, known by its origin alone", { origin: "https://evil.example.com" }],
    ["another site, known without its origin", { "sec-fetch-site": "cross-site" }],
  ] as [string, Record<string, string>][])("are refused from %s", async (_whence, headers) => {
    const uid = await invite("first@example.com");
    expect((await press(uid, "accept", headers)).status).toBe(403);
    expect(await status(uid)).toBe("pending");
  });

  it("may be sent by clients other than browsers", async () => {
    const uid = await invite("first@example.com");
    expect((await press(uid, "accept", {})).status).toBe(303);
    expect(await status(uid)).toBe("accepted");
  });
});

it("neither page, forms, control calls nor the API are served under a foreign host name", async () => {
  const uid = await invite("first@example.com");
  const under = (host: string, method: string, path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const options = { method, headers: { host: `${host}:${new URL(emulator.url).port}` } };
      const sent = request(origin() + path, options, (answer) => resolve(answer.resume().statusCode));
      sent.once("error", reject).end();
    });
  const form = `/_emulator/page/invitations/${uid}/accept`;
  expect(await under("evil.example.com", "GET", "/")).toBe(403);
  expect(await under("evil.example.com", "POST", form)).toBe(403);
  expect(await under("evil.example.com", "GET", "/_emulator/state")).toBe(403);
  // The key is not a secret.
  expect(await under("evil.example.com", "GET", "/api/v1/organizations/")).toBe(403);
  expect(await status(uid)).toBe("pending");
  expect(await under("localhost", "GET", "/")).toBe(200);
  expect(await under("localhost", "POST", form)).toBe(303);
});

it("control calls from another site's page are refused", async () => {
  const uid = await invite("first@example.com");
  const from = (headers: Record<string, string>) =>
    fetch(`${origin()}/_emulator/invitations/${uid}/accept`, { method: "POST", headers });
  expect((await from({ origin: "https://evil.example.com", "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect(await status(uid)).toBe("pending");
  expect((await from({ "sec-fetch-site": "none" })).status).toBe(204);
});

const browserPath = findBrowser();
if (browserPath === undefined) {
  notRun("the emulator's page in a browser", "no Chromium was found; install it or set AVALA_TEST_BROWSER");
} else {
  describe("in a browser", () => {
    jest.setTimeout(60_000);
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser(browserPath);
    });
    afterAll(() => browser.close());

    const people = (page: Page, list: string, email: string) =>
      page.getByRole("region", { name: "Acme" }).getByRole("list", { name: list }).getByText(email);
    const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

    it("accepts, declines and expires invitations by button, and updates by itself", async () => {
      await Promise.all(["first@example.com", "second@example.com"].map((email) => invite(email)));
      const page = await browser.newPage();
      const [complaints, hosts] = [[] as string[], new Set<string>()];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (sent) => hosts.add(new URL(sent.url()).origin));
      await page.goto(origin());
      await people(page, "Invitations", "first@example.com").waitFor();
      await button(page, "Accept first@example.com").click();
      await people(page, "Members", "first@example.com").waitFor();
      await button(page, "Decline second@example.com").click();
      await people(page, "Past invitations", "second@example.com").waitFor();
      await invite("third@example.com");
      await button(page, "Expire third@example.com").click();
      await people(page, "Past invitations", "third@example.com").waitFor();
      expect(await page.getByRole("button").count()).toBe(0);
      const { organizations } = (await control("GET", "/state")).body;
      const { members, invitations } = organizations[0];
      expect(members.map(({ email }: { email: string }) => email)).toContain("first@example.com");
      expect(invitations.map((row: { status: string }) => row.status)).toEqual(["accepted", "cancelled", "pending"]);
      expect([...hosts]).toEqual([origin()]);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("works without its script", async () => {
      await invite("first@example.com");
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(origin());
      await button(page, "Accept first@example.com").click();
      await people(page, "Members", "first@example.com").waitFor();
      expect(page.url()).toBe(`${origin()}/`);
      await context.close();
    });

    it("shows that the emulator has ended", async () => {
      const other = await startEmulator();
      const page = await browser.newPage();
      await page.goto(new URL(other.url).origin);
      const gone = page.getByText("The emulator does not answer.");
      expect(await gone.isVisible()).toBe(false);
      await other.close();
      await gone.waitFor();
      await page.close();
    });
  });
}
