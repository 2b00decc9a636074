import { decodeError } from "../../provider/client/http/decodeError.js";

describe("error bodies", () => {
  it.each([
    ["1 text", { detail: "Not found." }, { detail: "Not found." }],
    [
      "2 text with code",
      { detail: "Upgrade.", code: "plan_insufficient", doc_url: "https://x" },
      { detail: "Upgrade.", code: "plan_insufficient" },
    ],
    ["3 fields in detail", { detail: { name: ["Too long.", "Odd."] } }, { detail: "name: Too long.; name: Odd." }],
    [
      "4 fields",
      { email: ["Enter a valid email."], role: "Bad." },
      { detail: "email: Enter a valid email.; role: Bad." },
    ],
    ["4 fields of no field", { non_field_errors: ["Nope."] }, { detail: "Nope." }],
    ["4 nested fields", { a: { b: ["c"] } }, { detail: "a.b: c" }],
    ["5 texts", ["One.", "Two."], { detail: "One.; Two." }],
    [
      "5 places",
      [{ loc: ["body", "email"], msg: "field required", type: "missing" }],
      { detail: "body.email: field required" },
    ],
    ["5 places in detail", { detail: [{ loc: ["body", 0], msg: "bad" }] }, { detail: "body.0: bad" }],
    [
      "6 error object",
      { error: { code: "not_allowed", message: "No.", details: { role: ["owner"] } } },
      { detail: "No.; role: owner", code: "not_allowed" },
    ],
    ["6 error text", { error: "Bad." }, { detail: "error: Bad." }],
    ["a code that is none", { detail: "x", code: "<script>" }, { detail: "x" }],
    ["nothing", {}, {}],
    ["blank", { detail: " " }, {}],
    ["null", null, {}],
    ["a number", 5, {}],
    ["numbers", { limit: 5, used: 5 }, {}],
    ["nesting without end", { a: { a: { a: { a: { a: "deep" } } } } }, {}],
  ])("%s", (_, body, decoded) => {
    expect(decodeError(JSON.stringify(body))).toEqual(decoded);
  });

  it.each(["", "<html>Bad gateway</html>", "Bad gateway", '{"detail": "cut'])("7 not JSON: %j", (text) => {
    expect(decodeError(text)).toEqual({});
  });
});
