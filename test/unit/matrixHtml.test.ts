import type { Browser, Page } from "playwright-core";
import { unknownRole, type Matrix, type MatrixCell, type MatrixPerson } from "../../cli/output/matrix.js";
import { matrixHtml } from "../../cli/output/matrixHtml.js";
import { findBrowser, launchBrowser, notRun } from "../support/browser.js";

jest.setTimeout(60_000);

const [lead, member] = ["lead", "member"].map((role) => ({ role, state: "active" as const }));
const gone = { role: "none", state: "gone" as const };
const cell = (stands: Pick<MatrixCell, "role" | "state">, more: Partial<MatrixCell> = {}): MatrixCell => ({
  ...stands,
  marks: [],
  ...more,
});
const gained = { kind: "gained" } as const;
const row = (name: string, cells: Record<string, MatrixCell>, own: MatrixCell | undefined = cell(member!)) =>
  ({
    name,
    own,
    cells: new Map(Object.entries(cells)),
    marks: [],
    details: [],
    notes: [`about ${name}`],
  }) as MatrixPerson;
const pageOf = (people: MatrixPerson[], differences?: string, teams = ["core", "labs"]) =>
  matrixHtml({
    title: "Access",
    about: "",
    notes: [],
    matrices: [
      {
        title: "Acme",
        counts: [],
        details: [],
        differences,
        people,
        teams: teams.map((key) => ({ key, name: key, marks: [] })),
      } satisfies Matrix,
    ],
  });

it.each<[string, MatrixCell, shown: string, label: string, classes: string]>([
  ["a lead", cell(lead!), "●", "lead", ""],
  ["a member", cell(member!), "○", "member", ""],
  ["gained", cell(lead!, { change: gained }), "+●", "lead, gained", "gained"],
  [
    "gained later",
    cell({ role: "lead", state: "waiting" }, { change: gained }),
    "+●…",
    "lead, waiting, gained",
    "later gained",
  ],
  ["lost", cell(gone, { change: { kind: "lost", was: member! } }), "−○", "lost, before: member", "ended lost"],
  [
    "a lost invitation",
    cell(gone, { change: { kind: "lost", was: { role: "member", state: "waiting" } } }),
    "−○…",
    "lost, before: member, waiting",
    "ended lost",
  ],
  [
    "a new role",
    cell(lead!, { change: { kind: "changed", was: member! } }),
    "○→●",
    "lead, changed, before: member",
    "changed",
  ],
  [
    "the same role, declared otherwise",
    cell(lead!, { change: { kind: "changed", was: lead! } }),
    "~●",
    "lead, changed",
    "changed",
  ],
  [
    "a loss of which something stays",
    cell({ role: "member", state: "waiting" }, { change: { kind: "lost", was: member! } }),
    "○→○…",
    "member, waiting, lost, before: member",
    "later lost",
  ],
  [
    "an earlier state in words",
    cell(gone, { change: { kind: "lost", before: "lead, waiting" } }),
    "−✕",
    "none, gone, lost, before: lead, waiting",
    "ended lost",
  ],
  ["a worst case", cell(lead!, { unknown: true, change: gained }), "+●?", "lead, worst case, gained", "gained unknown"],
  [
    "an unknown role",
    cell({ role: unknownRole, state: "active" }, { unknown: true }),
    "?",
    "unknown role, worst case",
    "unknown",
  ],
  [
    "an unknown role that changes",
    cell(member!, { unknown: true, change: { kind: "changed", was: { role: unknownRole, state: "active" } } }),
    "?→○?",
    "member, worst case, changed, before: unknown role",
    "changed unknown",
  ],
  ["unmanaged", cell(member!, { marks: ["unmanaged"], change: gained }), "+○!", "member, unmanaged, gained", "gained"],
])("a cell shows and says the same: %s", (_what, given, shown, label, classes) => {
  const html = pageOf([row("ada", { core: given })], "by this change", ["core"]);
  const [, className = "", spoken, title, text] =
    /<td(?: class="([^"]*)")?><i role="img" aria-label="([^"]*)" title="([^"]*)">([^<]*)</.exec(html)!;
  expect([text, spoken, title, className]).toEqual([shown, label, label, classes]);
});

it.each<[string, MatrixCell, string]>([
  [
    "a new admin",
    cell({ role: "admin", state: "active" }, { change: { kind: "changed", was: member! } }),
    "~ changed member → admin",
  ],
  ["somebody who leaves", cell(gone, { change: { kind: "lost", was: member! } }), "− lost member"],
  ["somebody invited", cell({ role: "member", state: "invited" }, { change: gained }), "+ gained member… invited"],
  [
    "a secret role",
    cell({ role: "[secret]", state: "active" }, { unknown: true, change: gained }),
    "+ gained [secret] worst case",
  ],
])("the role in the organization is in words: %s", (_what, own, expected) => {
  const [, found] = /<\/th>(<td.*?<\/td>)/s.exec(
    pageOf([row("ada", {}, own)], "by this change", []).split("<tbody>")[1]!,
  )!;
  expect(
    found!
      .replace(/<[^>]*>/g, "")
      .replace(/\s+/g, " ")
      .trim(),
  ).toBe(expected);
});

describe("the legend", () => {
  const legendOf = (html: string) => /<p class="legend">(.*?)<\/p>/s.exec(html)![1]!;

  it("explains differences and worst cases where there are some", () => {
    const people = [row("ada", { core: cell(lead!, { change: gained, unknown: true }) })];
    for (const word of ["gained", "lost", "changed", "by this change", "worst case"])
      expect(legendOf(pageOf(people, "by this change"))).toContain(word);
    for (const word of ["gained", "worst case"])
      expect(legendOf(pageOf([row("ada", { core: cell(lead!) })]))).not.toContain(word);
  });
});

const browserPath = findBrowser();
if (browserPath === undefined) {
  notRun("the folds of a matrix in a browser", "no Chromium was found; install it or set AVALA_TEST_BROWSER");
} else {
  describe("people and teams without a difference", () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser(browserPath);
    });
    afterAll(() => browser.close());
    const people = [
      row("ada", { core: cell(lead!, { change: gained }) }),
      row("bob", { core: cell(member!), labs: cell(member!) }),
      row("eve", { labs: cell(member!) }),
    ];
    const seen = (page: Page) =>
      page.evaluate(`({
        people: [...document.querySelectorAll("tbody th")].filter((one) => one.offsetHeight > 0).map((one) => one.textContent.trim()),
        teams: [...document.querySelectorAll("th.team bdi")].filter((one) => one.offsetHeight > 0).map((one) => one.textContent),
      })`);
    const shown = async (html: string, act: (page: Page) => Promise<unknown> = async () => {}) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.setContent(html);
      await act(page);
      const found = {
        ...((await seen(page)) as object),
        said: await page.getByRole("status").textContent(),
      };
      await context.close();
      return found;
    };
    const all = { people: ["ada", "bob", "eve"], teams: ["core", "labs"] };
    const unfold = (page: Page) => page.getByLabel("Only differences").uncheck();

    it("are folded where the matrix is about differences, and unfolded by the check box", async () => {
      const html = pageOf(people, "by this change");
      expect(await shown(html)).toEqual({ people: ["ada"], teams: ["core"], said: "1 of 3 people" });
      expect(await shown(html, unfold)).toEqual({ ...all, said: "" });
    });

    it("are found by the filter, though they are folded", async () => {
      const html = pageOf(people, "by this change");
      const found = await shown(html, (page) => page.getByLabel("Filter people").fill("eve"));
      expect(found).toEqual({ people: ["eve"], teams: ["core"], said: "1 of 3 people" });
    });

    it("are all shown elsewhere, and can be folded where something differs", async () => {
      expect(await shown(pageOf(people))).toEqual({ ...all, said: "" });
      const folded = await shown(pageOf(people), (page) => page.getByLabel("Only differences").check());
      expect(folded).toEqual({ people: ["ada"], teams: ["core"], said: "1 of 3 people" });
    });

    it("are all shown, without a check box, where nothing differs or everything does", async () => {
      for (const some of [people.slice(1), people.slice(0, 1)]) {
        const html = pageOf(some, "by this change", some.length === 1 ? ["core"] : undefined);
        const visible: boolean[] = [];
        const found = await shown(html, async (page) =>
          visible.push(await page.getByLabel("Only differences").isVisible()),
        );
        expect(visible).toEqual([false]);
        expect(found).toMatchObject({ people: some.map(({ name }) => name), said: "" });
      }
    });
  });
}
