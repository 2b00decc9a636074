import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { EXAMPLES } from "../../emulator/src/page/examples.js";
import { findBrowser, launchBrowser, notRun } from "../support/browser.js";
import { startEmulator } from "../support/emulator.js";
import { buttonsOf, fromThePage, follow, send, textOf } from "./forms.js";
import { acme, emulated, START } from "./service.js";

const emulator = emulated();
const { api, control } = emulator;
const origin = () => new URL(emulator.url).origin;
const page = (headers: Record<string, string> = {}, query = "") => fetch(origin() + "/" + query, { headers });
const read = async (query = "") => textOf(await (await page({}, query)).text());

async function invite(email: string, role = "member"): Promise<string> {
  return (await api("POST", "/organizations/acme/invitations/", { email, role })).body.uid;
}

/** Presses the button that accepts the invitation of this uid. */
const accept = (uid: string, headers?: Record<string, string>) =>
  send(origin(), { action: "/_emulator/page", act: `accept ${uid}`, fields: {} }, {}, headers ?? fromThePage(origin()));

async function status(uid: string): Promise<string> {
  const { organizations } = (await control("GET", "/state")).body;
  return organizations[0].invitations.find((row: { uid: string }) => row.uid === uid).status;
}

/** The rows of the first table, cells separated by bars; empty cells stand for no membership. */
const rowsOf = (html: string): string[] => {
  const [body = ""] = /<tbody>[^]*?<\/tbody>/.exec(html) ?? [];
  return body
    .split("<tr")
    .slice(1)
    .map((row) =>
      row
        .split(/<t[hd]\b/)
        .slice(1)
        .map((cell) => textOf(`<td${cell}`))
        .join(" | ")
        .replace(/\s+/g, " ")
        .trim(),
    );
};

describe("the page", () => {
  it("shows people and teams of an organization as a matrix, invited people first", async () => {
    await invite("second@example.com");
    await invite("first@example.com", "admin");
    await api("POST", "/organizations/acme/teams/", { name: "Data" });
    const html = await (await page()).text();
    expect(rowsOf(html)).toEqual([
      "first@example.com invited, until 2026-01-24 | admin | Accept Decline Expire",
      "second@example.com invited, until 2026-01-24 | member | Accept Decline Expire",
      "ada@example.com Ada Example no team | admin | | | Make member Remove",
      "lee@example.com Lee Example | member | lead | | Make admin Remove",
      "mia@example.com Mia Example no team | member | | | Make admin Remove",
      "owner@example.com Owner Example no team | owner | | |",
    ]);
    const text = textOf(html);
    expect(text).toContain("Person Role Core 1 person, 1 lead Data 0 people no lead Change");
    expect(text).toContain("4 people (1 admin) · 2 teams · 2 invited · 3 in no team · 1 team without a lead");
    expect(text).toContain("1 organization 5 people 2 teams 2 invitations waiting 0 invitations expired 2 emails sent");
    expect(text).toContain("In no organization zoe@example.com Zoe Example");
    expect(text).toContain(`Programs reach it at ${emulator.url}.`);
  });

  it("shows expired, accepted and declined invitations below Past invitations, and links to them", async () => {
    const [accepted, declined] = [await invite("first@example.com"), await invite("second@example.com")];
    await invite("late@example.com", "admin");
    await control("POST", `/invitations/${accepted}/accept`);
    await control("POST", `/invitations/${declined}/decline`);
    await emulator.advance(15 * 24 * 3600);
    const html = await (await page()).text();
    const text = textOf(html);
    expect(text).toContain("Past invitations 1 expired, 1 accepted, 1 declined or cancelled");
    expect(text).toContain("late@example.com admin expired 2026-01-24 12:00 UTC");
    expect(text).toContain("second@example.com member declined or cancelled first@example.com member accepted");
    expect(text).toContain("Clock 2026-01-25 12:00 UTC moved forward by 15 days");
    expect(html).toContain('<a href="#earlier-acme">invitation expired</a>');
    expect(html).toContain('id="earlier-acme"');
    expect(buttonsOf(html).filter(({ act }) => act.startsWith("accept"))).toEqual([]);
  });

  it("shows each email with subject, inviter, recipient and link, newest first", async () => {
    const first = await invite("first@example.com", "admin");
    const second = await invite("second@example.com");
    await control("POST", `/invitations/${second}/decline`);
    await emulator.advance(60);
    await api("POST", `/organizations/acme/invitations/${first}/resend/`);
    const [link] = (await api("GET", "/organizations/acme/invitations/")).body.results.map(
      (row: { accept_url: string }) => row.accept_url,
    );
    const text = await read();
    const mailbox = text.slice(text.lastIndexOf("Mailbox"), text.lastIndexOf("API calls Time"));
    const at = "2026-01-10 12:00 UTC";
    expect(mailbox.split(/(?=Reminder: Join|(?<!Reminder: )Join)/).map((email) => email.trim())).toEqual([
      "Mailbox",
      `Reminder: Join Acme as admin From Owner Example · to first@example.com · 2026-01-10 12:01 UTC ${link} Accept or decline the invitation of first@example.com`,
      expect.stringMatching(
        `^Join Acme as member From Owner Example · to second@example.com · ${at} https://\\S+ declined or cancelled$`,
      ),
      `Join Acme as admin From Owner Example · to first@example.com · ${at} ${link} Accept or decline the invitation of first@example.com`,
    ]);
  });

  it("shows the newest 100 API calls with time, method, path and status", async () => {
    await api("GET", "/organizations/acme/teams/?limit=5");
    await api("POST", "/organizations/acme/teams/", {});
    await control("POST", "/faults", [{ action: { drop: "before" } }]);
    await api("GET", "/organizations/").catch(() => undefined);
    expect(await read()).toContain(
      "Time Call Status 12:00:00 GET /organizations/ cut 12:00:00 POST /organizations/acme/teams/ 400 12:00:00 GET /organizations/acme/teams/?limit=5 200",
    );
    for (let i = 0; i < 100; i++) await api("GET", "/users/me/");
    const text = await read();
    expect(text.match(/GET \/users\/me\/ 200/g)).toHaveLength(100);
    expect(text).toContain("The newest 100 of 103 calls.");
    expect(text).not.toContain("/organizations/acme/teams/");
  });

  it("helps where nothing is there yet, with the commands to copy", async () => {
    await control("POST", "/reset");
    const text = await read();
    expect(text).toContain(
      `What to do first Let your shell use the emulator: export AVALA_API_KEY=avk_local export AVALA_BASE_URL=${emulator.url} ` +
        "export AVALA_ALLOW_INSECURE_BASE_URL=1",
    );
    expect(text).toContain("run pulumi up");
    expect(text).toContain("No email has been sent.");
    expect(text).toContain("No program has called the API.");
    await control("DELETE", "/keys", { key: "avk_local" });
    expect(await read()).toContain("export AVALA_API_KEY='<a key of your seed>'");
  });

  it("filters by address, name, role, mark and team", async () => {
    await invite("first@example.com");
    const found = async (filter: string) =>
      rowsOf(await (await page({}, `?filter=${encodeURIComponent(filter)}`)).text()).map((row) => row.split("@")[0]);
    expect(await found("LEE exam")).toEqual(["lee"]);
    expect(await found("mia example")).toEqual(["mia"]);
    expect(await found("admin")).toEqual(["ada"]);
    expect(await found("no team")).toEqual(["ada", "mia", "owner"]);
    expect(await found("core lead")).toEqual(["lee"]);
    expect(await found("invited")).toEqual(["first"]);
    expect(await found("nobody")).toEqual([]);
    expect(await (await page({}, '?filter="><script>')).text()).toContain('value="&quot;&gt;&lt;script&gt;"');
  });

  it("comes back to the filter of the page that sent the form", async () => {
    const [button] = buttonsOf(await (await page({}, "?filter=mia")).text()).filter(({ act }) =>
      act.startsWith("promote"),
    );
    const answer = await send(origin(), button!, {}, { ...fromThePage(origin()), referer: `${origin()}/?filter=mia` });
    expect(answer.headers.get("location")).toMatch(/^\/\?filter=mia&said=\w+#role-acme-/);
    const shown = await follow(origin(), answer);
    expect(rowsOf(shown.html)).toEqual(["mia@example.com Mia Example no team | admin | | Make member Remove"]);
    const elsewhere = await send(origin(), button!, {}, { ...fromThePage(origin()), referer: "nonsense" });
    expect(elsewhere.headers.get("location")).toMatch(/^\/\?said=/);
  });

  it("shows the first 1,000 people of an organization, and finds the others by filter", async () => {
    const addresses = Array.from({ length: 1001 }, (_, i) => `p${String(i).padStart(4, "0")}@example.com`);
    await emulator.reset({
      people: ["owner@example.com", ...addresses].map((email) => ({ email })),
      organizations: [
        {
          name: "Acme",
          members: [{ email: "owner@example.com", role: "owner" }, ...addresses.map((email) => ({ email }))],
        },
      ],
    });
    const html = await (await page()).text();
    expect(rowsOf(html)).toHaveLength(1000);
    expect(textOf(html)).toContain("The first 1000 of 1002 people are shown.");
    expect(html).not.toContain("p1000@example.com");
    expect(rowsOf(await (await page({}, "?filter=p1000")).text())).toHaveLength(1);
  });

  it("gives each element an id of its own, whatever the slugs of organizations are", async () => {
    const { people, organizations } = acme();
    const slugs = ["acme", "team-acme", "list-acme", "name-acme", "member-acme", "over", "mailbox", "requests", "1"];
    await emulator.reset({ people: people!, organizations: slugs.map((slug) => ({ ...organizations![0]!, slug })) });
    for (const slug of slugs) await api("POST", `/organizations/${slug}/invitations/`, { email: "first@example.com" });
    const html = await (await page()).text();
    for (const name of ["id", "data-part"]) {
      const values = [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))].map(([, value]) => value!);
      expect(values.length).toBeGreaterThan(slugs.length);
      expect(values.filter((value, i) => values.indexOf(value) !== i)).toEqual([]);
    }
  });

  it("folds all but the first of many organizations, and none that the filter has found", async () => {
    const { people, organizations } = acme();
    const many = (count: number) =>
      emulator.reset({
        people: people!,
        organizations: Array.from({ length: count }, () => ({ ...organizations![0]! })),
      });
    const open = async (query = "") =>
      ((await (await page({}, query)).text()).match(/<details id="organization-[^>]*>/g) ?? []).map((tag) =>
        / open/.test(tag),
      );
    await many(3);
    expect(await open()).toEqual([true, true, true]);
    await many(4);
    expect(await open()).toEqual([true, false, false, false]);
    expect(await open("?filter=lee")).toEqual([true, true, true, true]);
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
    expect(buttonsOf(html).length).toBeGreaterThan(10);
    expect(html).not.toContain("<img");
    for (const mark of ["\u0007", "\u202e", "\ufffd"]) expect(html).not.toContain(mark);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x&gt;\\u{202e}\\u{7}\\u{d800}</bdi>");
    expect(html).toContain('aria-label="Accept o&#39;&amp;@b\\u{202e}d.example.com"');
  });

  it("shows no key but avk_local, and accept links in the mailbox only", async () => {
    const uid = await invite("first@example.com");
    const { keys, organizations } = (await control("GET", "/state")).body;
    const shown = (html: string, secret: string) => html.split(secret).length - 1;
    const html = await (await page()).text();
    const others = keys.map(({ key }: { key: string }) => key).filter((key: string) => key !== "avk_local");
    expect(others).toHaveLength(4);
    expect(others.filter((key: string) => html.includes(key))).toEqual([]);
    expect(shown(html, organizations[0].invitations[0].token)).toBe(1);
    await control("DELETE", "/emails");
    expect(shown(await (await page()).text(), organizations[0].invitations[0].token)).toBe(0);
    expect(await status(uid)).toBe("pending");
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
    expect(html).not.toMatch(/(?:src|href|action)="(?!data:,"|#|\/"|\/_emulator\/page")/);
    expect(html).not.toMatch(/\s(?:style|on\w+)="/);
  });

  it("returns 304 without a body while nothing changes that it shows", async () => {
    let tag = (await page()).headers.get("etag")!;
    expect((await page({ "if-none-match": tag })).status).toBe(304);
    const changes: [string, () => Promise<unknown>][] = [
      ["an invitation", () => invite("first@example.com")],
      ["a form", async () => accept((await control("GET", "/state")).body.organizations[0].invitations[0].uid)],
      ["a read of the API", () => api("GET", "/organizations/")],
      ["a refused call", () => api("GET", "/organizations/", undefined, "avk_nobody")],
      ["the deleted log", () => control("DELETE", "/requests")],
      ["a minute", () => emulator.advance(60)],
    ];
    for (const [what, change] of changes) {
      await change();
      const answer = await page({ "if-none-match": tag });
      expect([what, answer.status]).toEqual([what, 200]);
      tag = answer.headers.get("etag")!;
      expect([what, (await page({ "if-none-match": tag })).status]).toEqual([what, 304]);
    }
  });

  it("leaves no trace in the log of API calls", async () => {
    const uid = await invite("first@example.com");
    await control("DELETE", "/requests");
    await page();
    await accept(uid);
    expect((await control("GET", "/requests")).body).toEqual([]);
  });
});

describe("its forms", () => {
  it.each([
    ["another site", { origin: "https://evil.example.com", "sec-fetch-site": "cross-site" }],
    ["another port of this machine", { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" }],
    ["a page that hides where it is", { origin: "null" }],
    ["another site, known by its origin alone", { origin: "https://evil.example.com" }],
    ["another site, known without its origin", { "sec-fetch-site": "cross-site" }],
  ] as [string, Record<string, string>][])("are refused from %s", async (_whence, headers) => {
    const uid = await invite("first@example.com");
    expect((await accept(uid, headers)).status).toBe(403);
    expect(await status(uid)).toBe("pending");
  });

  it("may be sent by clients other than browsers", async () => {
    const uid = await invite("first@example.com");
    expect((await accept(uid, {})).status).toBe(303);
    expect(await status(uid)).toBe("accepted");
  });

  it("lead to the page where their address is opened by hand, and say what happened as long as the emulator runs", async () => {
    const answer = await fetch(`${origin()}/_emulator/page`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    const location = (await accept(await invite("first@example.com"))).headers.get("location")!;
    const shown = await (await fetch(origin() + location)).text();
    expect(shown).toContain("<title>first@example.com accepted and is a member of Acme now. · Avala emulator</title>");
    expect(await read("?said=00000000")).not.toContain("accepted and is");
  });

  it("answers what is not a form in one sentence", async () => {
    for (const [type, body] of [
      ["application/json", '{"act":"clock 1"}'],
      ["multipart/form-data", "no boundary"],
      ["text/plain", ""],
    ] as const) {
      const headers = { ...fromThePage(origin()), "content-type": type };
      const answer = await fetch(`${origin()}/_emulator/page`, { method: "POST", redirect: "manual", headers, body });
      expect((await follow(origin(), answer)).said).toBe("Nothing was changed: this page does not have such a button.");
    }
    expect((await control("GET", "/state")).body.clockOffsetSeconds).toBe(0);
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
  const form = "/_emulator/page";
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
    jest.setTimeout(120_000);
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser(browserPath);
    });
    afterAll(() => browser.close());

    async function withPage(run: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(origin());
      await run(page);
      expect(complaints).toEqual([]);
      await context.close();
    }

    const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
    const row = (page: Page, text: string) => page.locator("table.matrix tbody tr", { hasText: text });
    const said = (page: Page) => page.locator("#said");
    const focused = (page: Page) =>
      page.evaluate("document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? ''");
    const example = (name: string) => emulator.reset(EXAMPLES.find((each) => each.name === name)!.seed(START));

    it("works by keyboard: the focus stays in the column of buttons, and the live region says what happened", () =>
      withPage(async (page) => {
        await Promise.all(["first@example.com", "second@example.com"].map((email) => invite(email)));
        const press = async (name: string, says: string, then: string) => {
          await button(page, name).focus();
          await page.keyboard.press("Enter");
          await said(page).getByText(says).waitFor();
          expect([says, await focused(page)]).toEqual([says, then]);
        };
        await button(page, "Accept first@example.com").waitFor();
        await page.evaluate("globalThis.region = document.getElementById('said')");
        await press("Accept first@example.com", "first@example.com accepted", "Accept second@example.com");
        await press("Decline second@example.com", "second@example.com declined", "fold-acme");
        await press("Make admin: mia@example.com", "mia@example.com is an admin", "Make member: mia@example.com");
        await press(
          "Make member: mia@example.com",
          "mia@example.com is a member of Acme now",
          "Make admin: mia@example.com",
        );
        await press("Remove lee@example.com", "Core has no lead now", "Remove mia@example.com");
        await press("Remove mia@example.com", "mia@example.com was removed", "Remove first@example.com");
        await press("Move the clock forward: +1 day", "moved forward by 1 day", "Move the clock forward: +1 day");
        await page.locator("#changes-acme > summary").click();
        await page.locator("#email-acme").fill("ada@example.com");
        await page.keyboard.press("Enter");
        await said(page).getByText("Nothing was changed: ada@example.com is a member of Acme already.").waitFor();
        expect([await said(page).getAttribute("class"), await page.locator("#email-acme").inputValue()]).toEqual([
          "refused",
          "ada@example.com",
        ]);
        expect(await focused(page)).toBe("email-acme");
        await page.locator("#email-acme").fill("eve@example.com");
        await page.keyboard.press("Enter");
        await said(page).getByText("eve@example.com is a member of Acme now, without an invitation.").waitFor();
        expect(await page.locator("#email-acme").inputValue()).toBe("");
        expect(await page.locator("#changes-acme").getAttribute("open")).toBe("");
        // The same element from the beginning: screen readers follow it.
        expect(await page.evaluate("region === document.getElementById('said')")).toBe(true);
        expect(page.url()).toBe(`${origin()}/`);
      }));

    it("follows what programs do, and leaves alone what somebody types, has folded and has scrolled to", async () => {
      await example("large");
      await withPage(async (page) => {
        await page.locator("#past-globex > summary").click();
        await page.locator("#changes-globex > summary").click();
        await page.locator("#table-globex").evaluate((table) => table.scrollTo(120, 400));
        const field = page.locator("#email-globex");
        await field.fill("somebody@example.com");
        await field.evaluate((input) => input.setSelectionRange(3, 5));
        await api("POST", "/organizations/globex/invitations/", { email: "newest@example.com" });
        await row(page, "newest@example.com").waitFor();
        expect(await focused(page)).toBe("email-globex");
        expect(await field.evaluate((input) => [input.value, input.selectionStart, input.selectionEnd])).toEqual([
          "somebody@example.com",
          3,
          5,
        ]);
        expect(
          await page
            .locator("#past-globex, #changes-globex")
            .evaluateAll((all) => all.map((each) => each.hasAttribute("open"))),
        ).toEqual([true, true]);
        expect(
          await page.locator("#table-globex").evaluate(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]),
        ).toEqual([120, 400]);
        expect(await said(page).textContent()).toMatch(/^\s*$/);
      });
    });

    it("filters while one types, and after an act as well", async () => {
      await example("robotics");
      await withPage(async (page) => {
        const visible = () => page.locator("table.matrix tbody tr:visible").count();
        const filter = page.getByRole("searchbox", { name: "Filter people" });
        expect(await visible()).toBe(45);
        await filter.fill("customer success");
        expect(await visible()).toBe(9);
        expect(await page.locator("#found").textContent()).toBe("9 of 45 people");
        await filter.fill("hopper admin");
        expect(await visible()).toBe(1);
        await button(page, "Make member: ada.hopper@example.com").click();
        await said(page).getByText("ada.hopper@example.com is a member").waitFor();
        expect([await visible(), await filter.inputValue()]).toEqual([0, "hopper admin"]);
        // The row of the button is hidden now.
        expect(await focused(page)).toBe("filter");
        await filter.fill("");
        expect(await visible()).toBe(45);
      });
    });

    it("copies the commands", () =>
      withPage(
        async (page) => {
          await button(page, "Copy").click();
          await said(page).getByText("Copied.").waitFor();
          expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
            `export AVALA_API_KEY=avk_local\nexport AVALA_BASE_URL=${emulator.url}\nexport AVALA_ALLOW_INSECURE_BASE_URL=1\n`,
          );
        },
        { permissions: ["clipboard-read", "clipboard-write"] },
      ));

    it("works without its script: the page comes back to the next button and says what happened", async () => {
      await invite("first@example.com");
      await invite("second@example.com");
      await withPage(
        async (page) => {
          await button(page, "Accept first@example.com").click();
          await said(page).getByText("first@example.com accepted and is a member of Acme now.").waitFor();
          expect(new URL(page.url()).hash).toMatch(/^#accept-/);
          expect(await page.locator(":focus").getAttribute("aria-label")).toBe("Accept second@example.com");
          await page.locator("#changes-acme > summary").click();
          await page.locator("#email-acme").fill("eve@example.com");
          await button(page, "Add").click();
          await row(page, "eve@example.com").waitFor();
          // A fragment unfolds what contains it.
          expect(await page.locator("#add-acme").isVisible()).toBe(true);
          await page.getByRole("searchbox").fill("eve");
          await button(page, "Filter").click();
          await row(page, "mia@example.com").waitFor({ state: "detached" });
          await button(page, "Remove eve@example.com").click();
          await said(page).getByText("eve@example.com was removed from Acme and its teams.").waitFor();
          expect(new URL(page.url()).searchParams.get("filter")).toBe("eve");
          expect(await button(page, "Copy").isVisible()).toBe(false);
        },
        { javaScriptEnabled: false },
      );
    });

    it("sends nothing to other hosts", async () => {
      await example("agency");
      const page = await browser.newPage();
      const hosts = new Set<string>();
      page.on("request", (sent) => hosts.add(new URL(sent.url()).origin));
      await page.goto(origin());
      await button(page, "Accept kim@example.com").click();
      await said(page).getByText("kim@example.com accepted").waitFor();
      expect([...hosts]).toEqual([origin()]);
      await page.close();
    });

    const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
    const VIEWS: [string, BrowserContextOptions][] = [
      ["light", { colorScheme: "light" }],
      ["dark", { colorScheme: "dark" }],
      ["on a wide screen", { viewport: { width: 1920, height: 1080 } }],
      ["on a phone", { viewport: { width: 390, height: 844 }, isMobile: true }],
    ];
    const CELLS = ["empty", "robotics", "large"].flatMap((name) =>
      VIEWS.filter(([view]) => !view.includes("wide")).map(([view, options]) => [name, view, options] as const),
    );
    it.each(CELLS)("has no fault of accessibility: %s, %s", async (name, _view, options) => {
      await example(name);
      await api("GET", "/organizations/nowhere/");
      await withPage(async (page) => {
        await button(page, "Move the clock forward: +1 day").click();
        await said(page).getByText("moved forward").waitFor();
        for (const details of await page.locator("details:not([open]) > summary").elementHandles()) {
          await details.click();
        }
        await page.evaluate(axe);
        const violations = await page.evaluate(
          "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))",
        );
        expect(violations).toEqual([]);
        const [width, available] = (await page.evaluate(
          "[document.documentElement.scrollWidth, innerWidth]",
        )) as number[];
        expect(width).toBeLessThanOrEqual(available!);
      }, options);
    });

    it("keeps head and first column of a large table in view, also on a phone, and prints all rows", async () => {
      await example("large");
      for (const [, options] of VIEWS) {
        await withPage(async (page) => {
          const box = (selector: string) => page.locator(selector).first().boundingBox();
          await page.locator("#table-globex").scrollIntoViewIfNeeded();
          const before = await box("th.team");
          await page.locator("#table-globex").evaluate((table) => table.scrollTo(150, 600));
          const [frame, head, team, name] = await Promise.all(
            ["#table-globex", "table.matrix thead th", "th.team", "table.matrix tbody th"].map(box),
          );
          expect(frame!.width / page.viewportSize()!.width).toBeGreaterThan(0.7);
          expect(Math.abs(head!.x - frame!.x)).toBeLessThan(3);
          expect(Math.abs(head!.y - frame!.y)).toBeLessThan(3);
          expect(Math.abs(team!.y - frame!.y)).toBeLessThan(3);
          expect(Math.abs(name!.x - frame!.x)).toBeLessThan(3);
          expect(before!.x - team!.x).toBeCloseTo(150, 0);
          await page.emulateMedia({ media: "print" });
          const sizes = await page
            .locator("#table-globex")
            .evaluate((table) => [table.clientHeight, table.scrollHeight]);
          expect(sizes[0]).toBe(sizes[1]);
          expect(await page.getByRole("button").count()).toBe(0);
          // A4, landscape, with margins of a centimetre.
          await page.setViewportSize({ width: 1047, height: 718 });
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(1047);
        }, options);
      }
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
