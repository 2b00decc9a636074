import { htmlOf } from "../../../cli/review/html.js";
import { exceededBy } from "../../../cli/review/limits.js";
import { markdownOf } from "../../../cli/review/markdown.js";
import { masked } from "../../../cli/review/mask.js";
import { asJson, type Rehearsal, type Review } from "../../../cli/review/report.js";
import { textOf } from "../../../cli/review/text.js";
import { digestOf } from "../../../cli/pulumi/preview.js";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import * as o from "./observations.js";

let emulator: TestEmulator;
let rehearsal: Rehearsal;
const { email } = o;

beforeAll(async () => {
  emulator = await startEmulator({ seed: o.seed });
  rehearsal = await o.rehearsed(
    emulator,
    async () => {
      const at = "/organizations/acme";
      await emulator.api("POST", `${at}/invitations/`, { email: email("fay"), role: "admin" });
      await emulator.api("POST", `${at}/invitations/`, { email: email("fox"), role: "member" });
      await emulator.api("POST", `${at}/invitations/${o.uid("e0")}/resend/`);
      await emulator.api("DELETE", `${at}/teams/core/members/${o.uids["bob"]}/`);
    },
    {
      was: [o.invited("zoe"), o.membership("Core", "zoe", { status: "waiting" })],
      notes: ["The invitations of Globex are not visible to the key of ada@example.com."],
      requests: [...Array.from({ length: 200 }, () => ({ method: "GET" })), { method: "POST" }],
    },
  );
});
afterAll(async () => emulator.close());

/** What a reader sees, in one line: without elements and character references. */
const readable = (text: string) =>
  text
    .replace(/<style>[^]*<\/style>/, "")
    .replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll("&quot;", '"')
    .replace(/\s+/g, " ");
const formats: Record<string, (review: Review) => string> = {
  text: (review) =>
    textOf(review)
      .flatMap(({ heading, lines }) => [heading ?? "", ...lines.map(({ text }) => text)])
      .join(" ")
      .replace(/\s+/g, " "),
  markdown: (review) => readable(markdownOf(review).text),
  html: (review) => readable(htmlOf(review)),
};
const all = Object.entries(formats);
const left = '"zoe@example.com" has to accept the invitation to "acme"; the run after that adds them to "Core".';

describe.each(all)("as %s", (name, format) => {
  it("a rehearsal says so in its first line, without estimates", () => {
    expect(format(rehearsal)).toContain(
      "Rehearsed on a copy: +3 −1, 3 invitation emails, 201 requests, at least 2 minutes. 1 becomes admin.",
    );
    expect(format(rehearsal)).not.toMatch(/up to|about/);
  });

  it.each([
    ["Emails (3)", "fay@example.com", "fox@example.com", "zoe@example.com"],
    ["Emails (3)", ": invitation, sent again"],
    ["Requests (1)", "200 reads and 1 write, at least 2 minutes"],
    ["Left to do (1)", left],
    ["Notes (1)", "The invitations of Globex are not visible to the key of ada@example.com."],
  ])("has the section %s with its lines", (title, ...texts) => {
    const shown = format(rehearsal);
    for (const text of [title, ...texts]) expect([name, shown]).toEqual([name, expect.stringContaining(text)]);
  });

  it("has no section without lines, and none in a review", () => {
    const { rehearsed, emails, requests, left: _, failure, notes, ...review } = rehearsal;
    expect([rehearsed, emails.length, requests.writes, failure, notes.length]).toEqual([true, 3, 1, [], 1]);
    for (const shown of [format(review), format({ ...review, failure: [], left: [], notes: [], emails: [] })])
      for (const title of ["Emails (", "Requests (", "Left to do (", "Notes (", "Failure ("])
        expect(shown).not.toContain(title);
    expect(format(review)).toContain("+3 −1, up to 3 invitation emails, about 201 requests");
  });

  it("says at the top that it failed, and why, before what had been done", () => {
    const shown = format({ ...rehearsal, failure: ['"fay": <b>refused</b>'] });
    const parts = ["Rehearsed on a copy", "The rehearsal failed. What follows is", "Failure", "fay", "bob@example.com"];
    const places = parts.map((part) => shown.indexOf(part));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places).not.toContain(-1);
  });

  it("says of which day the profile is that the copy behaved like, and nothing without one", () => {
    const sentence = "The copy behaved like the deployment as probed on 2026-11-29.";
    expect(format({ ...rehearsal, profile: { date: "2026-11-29" } })).toContain(sentence);
    expect(format(rehearsal)).not.toContain("probed");
  });

  it("shows no element that the texts of others contain", () => {
    const [failure, notes, left] = [["<b>x</b>"], ["<b>x</b>"], ["<b>x</b>"]];
    const emails = [{ to: "<b>x</b>", kind: "invitation" as const }];
    const hostile = { ...rehearsal, failure, notes, left, emails };
    expect([htmlOf(hostile), markdownOf(hostile).text].filter((shown) => shown.includes("<b>x</b>"))).toEqual([]);
  });

  it("shows warnings of the run beside those of the preview", () => {
    expect(format({ ...rehearsal, diagnostics: ["careful"] })).toContain("Warnings from the preview and the run (1)");
  });

  it("shows no address that is masked", () => {
    const failed = { ...rehearsal, failure: [`Cannot invite (${email("fay")}).`] };
    const shown = format(masked(failed));
    expect(shown.match(/(?<![*\w~])\w+@example\.com/g) ?? []).toEqual([]);
    expect(shown).toMatch(/f\*\*\*~[0-9a-f]{3}@example\.com/);
    expect(shown).toContain('"z***@example.com" has to accept');
  });
});

describe("masks", () => {
  it("are the same in rows, emails, sentences and failures", () => {
    const failed = {
      ...rehearsal,
      failure: [`Cannot invite "${email("fay")}": gone.`],
      left: [`"${email("fox")}" waits.`],
    };
    const report = masked(failed);
    const [fay, fox] = ["fay", "fox"].map(
      (name) =>
        report.changes[rehearsal.changes.findIndex(({ person }) => person.email === email(name))]!.person.email!,
    );
    expect(fay).not.toBe(fox);
    expect(report.emails.map(({ to }) => to)).toEqual([fay, fox, "z***@example.com"]);
    expect(report.failure).toEqual([`Cannot invite "${fay}": gone.`]);
    expect(report.left).toEqual([`"${fox}" waits.`]);
    expect(report.notes).toEqual(["The invitations of Globex are not visible to the key of a***@example.com."]);
    expect(JSON.stringify(report)).not.toMatch(/(?<![*\w~])\w+@example/);
    expect(report.masked).toBe(true);
  });

  it("leave what stands in place of a secret address", () => {
    const emails = [{ to: "[secret] fay", kind: "invitation" as const }];
    expect(masked({ ...rehearsal, emails }).emails).toEqual(emails);
  });
});

it("JSON has the fields of a rehearsal, and a digest of all others", () => {
  const { digest, ...rest } = JSON.parse(JSON.stringify(asJson(rehearsal))) as Rehearsal & { digest: string };
  expect(digest).toBe(digestOf(rest));
  expect(rest).toMatchObject({
    version: 1,
    rehearsed: true,
    emails: [
      { to: email("fay"), kind: "invitation" },
      { to: email("fox"), kind: "invitation" },
      { to: email("zoe"), kind: "resend" },
    ],
    requests: { reads: 200, writes: 1, minutes: 2 },
    left: [left],
    failure: [],
    notes: [expect.stringContaining("Globex")],
  });
});

it("limits count the emails that were sent, and a failure exceeds one of its own", () => {
  const limits = { maxRemovals: 0, maxEmails: 2, deny: [] };
  const failed = { ...rehearsal, failure: ['"fay": refused.'] };
  expect(exceededBy(rehearsal, limits).map(({ limit }) => limit)).toEqual(["max-removals", "max-emails"]);
  expect(exceededBy(failed, { maxRemovals: undefined, maxEmails: undefined, deny: [] })).toEqual([
    { limit: "failure", message: 'The rehearsal failed: "fay": refused.' },
  ]);
});

it("a comment that does not fit is cut behind its warnings", () => {
  const emails = Array.from({ length: 3000 }, (_, at) => ({
    to: `person-${at}@example.com`,
    kind: "invitation" as const,
  }));
  const { text, cut } = markdownOf({ ...rehearsal, emails });
  expect(cut).toBeGreaterThan(0);
  expect(readable(text)).toContain("fay@example.com");
  expect(readable(text)).toContain("becomes admin of");
});
