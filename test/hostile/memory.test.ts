import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { LARGEST_ANSWER } from "../../provider/client/http/exchange.js";
import { DEEPEST, excess, LONGEST_TEXT, MOST_VALUES } from "../../provider/client/http/json.js";
import { rawService, type Reply } from "../support/rawService.js";

/*
 * security 12: no answer takes more memory than this, regardless of its content. The client runs in a process of its own, which
 * reads its peak from /proc: on Linux, maxRSS of a child starts at the peak of its parent. A process that runs out of
 * memory has no answer to print.
 */
const mostMegabytes = 300;

const client = join(__dirname, "../../dist/client/index.js");
const program = `
  const { readFileSync } = require("node:fs");
  const { createClient } = require(${JSON.stringify(client)});
  const [baseUrl, call, times] = process.argv.slice(1);
  const client = createClient({ apiKey: "k", baseUrl, requestsPerMinute: 1e6, requestsPerSecond: 1e6, mostTries: 1 });
  const calls = {
    list: () => client.organizations.list(),
    lists: () => Promise.all(Array.from({ length: 16 }, (_, i) => client.members.list("o" + i))),
    detail: () => client.organizations.get("acme"),
    echo: () => client.organizations.create({ name: "x" }),
    act: () => client.organizations.leave("acme"),
    choices: () => client.organizations.industryChoices(),
    permissions: () => client.credential.permissions(),
  };
  (async () => {
    const endings = [];
    for (let nth = 0; nth < Number(times); nth++) {
      endings.push(await calls[call]().then(() => ({}), ({ code, message }) => ({ code: code ?? "none", message })));
    }
    const [, kibibytes] = /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
    process.stdout.write(JSON.stringify({ endings, megabytes: Number(kibibytes) / 1024 }));
    await client.close();
  })();
`;

interface Ended {
  /** The error of each call; none for a call without harm. */
  endings: { code?: string; message?: string }[];
  megabytes: number;
}

let service: Awaited<ReturnType<typeof rawService>>;
jest.setTimeout(120_000);
beforeAll(async () => {
  service = await rawService(() => undefined);
});
afterAll(() => service.close());

/** The result of a call, repeated in a process of its own, if the service always returns this answer. */
async function ended(call: string, reply: (nth: number) => Reply, times = 1): Promise<Ended> {
  let nth = 0;
  service.answers(() => reply(++nth));
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program, service.url, call, `${times}`], {
    env: { PATH: process.env["PATH"] },
  });
  return JSON.parse(stdout) as Ended;
}

/** `unit` repeated between start and end, up to the maximum length. */
const filled = (start: string, unit: string, end: string, size: number) =>
  `${start}${unit.repeat(Math.floor((size - start.length - end.length - unit.length) / unit.length))}${unit.replace(/,$/, "")}${end}`;
const listed = (unit: string) => (size: number) => filled('{"results":[', unit, '],"next":null}', size);
const nested = (open: string, close: string) => (size: number) => {
  const times = Math.floor(size / (open.length + close.length));
  return open.repeat(times) + close.repeat(times);
};

const bodies: Record<string, (size: number) => string> = {
  "empty objects": listed("{},"),
  "empty arrays": listed("[],"),
  integers: listed("1,"),
  fractions: listed("1.5,"),
  nulls: listed("null,"),
  "short texts": listed('"ab",'),
  "empty texts": listed('"",'),
  "rows without what they need": listed('{"name":"c"},'),
  "rows as they should be, all the same": listed('{"uid":"a","slug":"b","user_uid":"c"},'),
  "one long text": (size) => filled('{"results":["', "x", '"],"next":null}', size),
  "one long text of escapes": (size) => filled('{"results":["', "\\u0416", '"],"next":null}', size),
  "one long text of quotes": (size) => filled('{"results":["', '\\"', '"],"next":null}', size),
  "a text without an end": (size) => filled('{"results":["', "x", "", size),
  "arrays in one another": nested("[", "]"),
  "objects in one another": nested('{"a":', "}"),
  "arrays that are never closed": (size) => filled("", "[", "", size),
  "one key over and over": (size) => filled("{", '"k":1,', "}", size),
  "a key of its own for each value": (size) => {
    const keys = Array.from({ length: Math.floor(size / 13) }, (_, index) => `"k${String(index).padStart(7, "0")}":1`);
    return `{${keys.join(",")}}`.slice(0, size);
  },
  "a long list within a row, of numbers": (size) =>
    filled('{"results":[{"uid":"a","slug":"b","allowed_domains":[', "1,", ']}],"next":null}', size),
  "a long list within a row, of texts": (size) =>
    filled('{"results":[{"uid":"a","slug":"b","allowed_domains":[', '"a",', ']}],"next":null}', size),
  "a long list of scopes": (size) => filled('{"scopes":[', "1,", "]}", size),
  "a long list of choices": (size) => filled('{"choices":[', '["a","b"],', "]}", size),
  "a wide map of choices": (size) => filled('{"choices":{', '"a":"b",', "}}", size),
  "one long number": (size) => filled('{"results":[', "1", "]}", size),
  "spaces alone": (size) => " ".repeat(size),
  "commas alone": (size) => ",".repeat(size),
  "no JSON": (size) => "x".repeat(size),
  "characters of three bytes": (size) => filled('{"results":["', "\u20ac", '"],"next":null}', Math.floor(size / 3)),
};
const mebibyte = 1024 * 1024;

it.each(Object.entries(bodies))(
  "a page of as many bytes as one answer may have, of %s, ends with a code or is not harmed, in little memory",
  async (_, body) => {
    const { endings, megabytes } = await ended("list", () => ({ body: body(LARGEST_ANSWER) }));
    expect([undefined, "AVALA_RESPONSE_SHAPE"]).toContain(endings[0]!.code);
    expect(megabytes).toBeLessThan(mostMegabytes);
  },
);

/** Of many answers in sequence, some are not garbage-collected yet. */
const mostOfMany = 2 * mostMegabytes;
const codesOf = ({ endings }: Ended) =>
  [...new Set(endings.map(({ code }) => code))].filter((code) => code !== undefined);

it.each([
  ["more bytes than one answer may have", LARGEST_ANSWER + mebibyte],
  ["as many values as one answer may have", MOST_VALUES],
])("pages of %s end with a code or are not harmed, in little memory", async (_, size) => {
  const all = Object.values(bodies);
  const reading = await ended("list", (nth) => ({ body: all[nth - 1]!(size) }), all.length);
  expect(codesOf(reading)).toEqual(["AVALA_RESPONSE_SHAPE"]);
  expect(reading.megabytes).toBeLessThan(mostOfMany);
});

it.each(["detail", "echo", "act", "choices", "permissions"])(
  "answers of another kind of call end with a code or are not harmed, in little memory: %s",
  async (call) => {
    const all = Object.values(bodies);
    const reading = await ended(call, (nth) => ({ body: all[nth - 1]!(LARGEST_ANSWER) }), all.length);
    expect(codesOf(reading)).toEqual(["AVALA_RESPONSE_SHAPE"]);
    expect(reading.megabytes).toBeLessThan(mostOfMany);
  },
);

describe("the body of an error", () => {
  const longName = "n".repeat(mebibyte / 2);
  const errors: Record<string, string> = {
    ...Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, body(mebibyte - 10)])),
    "a long name, said again with each of many problems": filled(`{"${longName}":[`, '"a",', "]}", mebibyte - 10),
    "long names in one another": filled(`{"${longName}":{"${longName.slice(0, 1000)}":[`, '"a",', "]}}", mebibyte - 10),
    "many problems with long places": filled('{"detail":[', '{"loc":[1,2,3,4],"msg":"a"},', "]}", mebibyte - 10),
    "a place of many parts": filled('{"detail":[{"msg":"a","loc":[', "1,", "]}]}", mebibyte - 10),
    "more than an error's body may have": "x".repeat(16 * mebibyte),
  };

  it("is shown in a short message, in little memory, regardless of its content", async () => {
    const all = Object.values(errors);
    const { endings, megabytes } = await ended("list", (nth) => ({ status: 400, body: all[nth - 1]! }), all.length);
    expect(endings.map(({ code }) => code)).toEqual(all.map(() => "AVALA_INVALID"));
    for (const { message } of endings) expect(message!.length).toBeLessThan(1000);
    expect(megabytes).toBeLessThan(mostOfMany);
  });
});

describe("an endless or repeating answer", () => {
  const chunk = Buffer.alloc(mebibyte, "{},");
  const flood: Reply = {
    by(response) {
      response.writeHead(200, { "content-type": "application/json" });
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", more);
      response.write('{"results":[');
      more();
    },
  };
  /** Pages of rows that are all valid and all different. */
  const pages = (rows: number, name: string) => (nth: number) => ({
    body: {
      results: Array.from({ length: rows }, (_, index) => ({ uid: `u${nth}-${index}`, slug: "b", name })),
      next: `?page=${nth + 1}`,
    },
  });
  const cases: Record<string, [string, (nth: number) => Reply]> = {
    "a body without an end": ["list", () => flood],
    "a small body that unpacks to a large one": [
      "list",
      () => ({ headers: { "content-encoding": "gzip" }, body: gzipSync(Buffer.alloc(200 * mebibyte)) }),
    ],
    "a link to a next page without an end": ["list", pages(1, "a")],
    "large pages of good rows without an end": ["list", pages(10_000, "a")],
    "large pages of long texts without an end": ["list", pages(7, "\u20ac".repeat(300_000))],
    "pages with more rows than one may have": ["list", pages(10_001, "a")],
    "sixteen large lists at once": ["lists", () => ({ body: bodies["short texts"]!(LARGEST_ANSWER) })],
  };

  it.each(Object.entries(cases))("ends with a code: %s", async (_, [call, reply]) => {
    const { endings, megabytes } = await ended(call, reply);
    expect(endings).toMatchObject([{ code: "AVALA_RESPONSE_SHAPE" }]);
    expect(megabytes).toBeLessThan(call === "lists" ? mostOfMany : mostMegabytes);
  });
});

describe("before a text is parsed", () => {
  const rows = (count: number) => `[${Array.from({ length: count }, () => "1").join(",")}]`;
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  const long = (length: number) => `["${"x".repeat(length)}"]`;

  it.each([
    ["the most values", rows(MOST_VALUES - 1), undefined],
    ["more values", rows(MOST_VALUES), "it contains more than 500000 values"],
    ["more objects", `[${"{},".repeat(MOST_VALUES)}{}]`, "it contains more than 500000 values"],
    ["the most levels", deep(DEEPEST), undefined],
    ["more levels", deep(DEEPEST + 1), "it is nested deeper than 32 levels"],
    ["levels that are closed again", `[${`${deep(DEEPEST - 1)},`.repeat(100)}1]`, undefined],
    ["the longest text", long(LONGEST_TEXT - 1), undefined],
    ["a longer text", long(LONGEST_TEXT), "it contains a text longer than any real one"],
    ["brackets and commas within a text", `["${"[,{".repeat(100_000)}"]`, undefined],
    ["brackets after an escaped quote within a text", `["\\"${"[".repeat(100)}"]`, undefined],
    [
      "brackets after an escaped backslash and the end of a text",
      `["\\\\",${"[".repeat(100)}`,
      "it is nested deeper than 32 levels",
    ],
  ])("its values, levels and texts are counted: %s", (_, text, reason) => {
    expect(excess(text)).toBe(reason);
  });
});
