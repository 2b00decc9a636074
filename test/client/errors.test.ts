import { inspect } from "node:util";
import type { AvalaClient } from "../../provider/client/index.js";
import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  RateLimitedError,
  ReadOnlyError,
  RequestError,
  ResponseShapeError,
  TransportError,
  UnauthorizedError,
  UnavailableError,
  UnexpectedStatusError,
} from "../../provider/core/errors.js";
import { failure, finishFailing, KEY, mocked, type Reply, UID } from "./support.js";

const read = (client: AvalaClient) => client.organizations.get("acme");
const write = (client: AvalaClient) => client.invitations.create("acme", { email: "ada@example.com" });

async function failing(reply: Reply, call: (client: AvalaClient) => Promise<unknown>): Promise<RequestError> {
  jest.useFakeTimers();
  try {
    const { client, reply: serve } = mocked();
    serve(...Array<Reply>(5).fill(reply));
    const error = await finishFailing(call(client));
    if (!(error instanceof RequestError)) throw error;
    return error;
  } finally {
    jest.useRealTimers();
  }
}

describe("statuses", () => {
  it.each([
    [400, InvalidError, "AVALA_INVALID"],
    [413, InvalidError, "AVALA_INVALID"],
    [422, InvalidError, "AVALA_INVALID"],
    [401, UnauthorizedError, "AVALA_UNAUTHORIZED"],
    [403, ForbiddenError, "AVALA_FORBIDDEN"],
    [404, NotFoundError, "AVALA_NOT_FOUND"],
    [409, ConflictError, "AVALA_CONFLICT"],
    [429, RateLimitedError, "AVALA_RATE_LIMITED"],
    [500, UnavailableError, "AVALA_UNAVAILABLE"],
    [502, UnavailableError, "AVALA_UNAVAILABLE"],
    [503, UnavailableError, "AVALA_UNAVAILABLE"],
    [599, UnavailableError, "AVALA_UNAVAILABLE"],
    [302, UnexpectedStatusError, "AVALA_UNEXPECTED_STATUS"],
    [405, UnexpectedStatusError, "AVALA_UNEXPECTED_STATUS"],
    [418, UnexpectedStatusError, "AVALA_UNEXPECTED_STATUS"],
  ])("%i", async (status, type, code) => {
    const error = await failing({ status, headers: { "x-request-id": "req-7" } }, write);
    expect(error).toBeInstanceOf(type);
    expect(error.name).toBe(type.name);
    expect(error.code).toBe(code);
    expect(error.request).toEqual({
      method: "POST",
      path: "/organizations/acme/invitations/",
      status,
      requestId: "req-7",
    });
    expect(error.message).toContain(`POST /organizations/acme/invitations/ answered ${status} (request req-7): `);
    expect(error.message.endsWith(error.fix)).toBe(true);
    expect(error.fix).toMatch(/^[A-Z].*\.$/);
  });

  it("a redirect points to the base URL", async () => {
    const error = await failing({ status: 308, headers: { location: "https://evil.example/" } }, read);
    expect(error.fix).toContain("base URL");
    expect(error.message).not.toContain("evil");
  });

  it("the service's message is shown in every format of the body", async () => {
    const error = await failing({ status: 400, body: { email: ["Enter a valid email."] } }, write);
    expect(error.message).toContain('The service says: "email: Enter a valid email."');
  });

  it("a body that is not JSON is not shown", async () => {
    const error = await failing({ status: 502, body: "<html>nginx internals</html>" }, read);
    expect(error.message).not.toContain("nginx");
  });

  it("a strange request id is not shown", async () => {
    for (const id of ["a\u009bb", "x".repeat(200), "<b>"]) {
      expect((await failing({ status: 404, headers: { "x-request-id": id } }, read)).request.requestId).toBeUndefined();
    }
  });
});

describe("whether a failed call may have been carried out", () => {
  //                                             read   write
  const table: [string, Reply, boolean, boolean][] = [
    ["a refused connection", { fails: "ECONNREFUSED" }, false, false],
    ["an unknown host", { fails: "ENOTFOUND" }, false, false],
    ["no connection in time", { fails: "UND_ERR_CONNECT_TIMEOUT" }, false, false],
    ["a bad certificate", { fails: "DEPTH_ZERO_SELF_SIGNED_CERT" }, false, false],
    ["a dropped connection", { fails: "ECONNRESET" }, false, true],
    ["the other side closing", { fails: "UND_ERR_SOCKET" }, false, true],
    ["an unknown failure", { fails: "EWHATEVER" }, false, true],
    ["400", { status: 400 }, false, false],
    ["401", { status: 401 }, false, false],
    ["403", { status: 403 }, false, false],
    ["404", { status: 404 }, false, false],
    ["409", { status: 409 }, false, false],
    ["418", { status: 418 }, false, false],
    ["429", { status: 429 }, false, false],
    ["302", { status: 302 }, false, true],
    ["303", { status: 303 }, false, true],
    ["500", { status: 500 }, false, true],
    ["502", { status: 502 }, false, true],
    ["503", { status: 503 }, false, true],
    ["504", { status: 504 }, false, true],
    ["a success in HTML", { status: 200, body: "<p>" }, false, true],
    ["a success of another shape", { status: 200, body: [] }, false, true],
    ["an unknown success", { status: 207, body: {} }, false, true],
  ];

  it.each(table)("%s", async (_, reply, reading, writing) => {
    expect((await failing(reply, read)).outcomeUnknown).toBe(reading);
    expect((await failing(reply, write)).outcomeUnknown).toBe(writing);
  });

  it("a write that was not sent never has an unknown outcome", async () => {
    const { client, sent } = mocked({ readOnly: true });
    const error = await failure(write(client));
    expect(error).toBeInstanceOf(ReadOnlyError);
    expect(error).toMatchObject({ outcomeUnknown: false });
    expect(sent()).toEqual([]);
  });
});

describe("answers-hold-secrets: secrets", () => {
  const link = "https://app.example.com/invitations/tok3nTOK3Ntok3nTOK3N/accept";
  const echo = `${KEY} (${link}) /organizations/invitations/tok3nTOK3Ntok3nTOK3N/accept/`;
  const bodies: unknown[] = [
    { detail: echo },
    { detail: echo, code: `x${KEY}` },
    { detail: { [echo]: [echo] } },
    { [echo]: [echo] },
    [echo],
    [{ loc: [echo], msg: echo }],
    { error: { code: KEY, message: echo, details: { echo } } },
    echo,
  ];

  it.each(bodies)("of %j never reach a text", async (body) => {
    for (const status of [400, 401, 403, 404, 409, 422, 429, 500, 503, 418, 302, 207]) {
      const headers = { "x-request-id": KEY, location: link, "x-echo": KEY };
      const error = await failing({ status, body: JSON.stringify(body), headers }, write);
      const shown = [
        error.message,
        error.stack,
        String(error),
        JSON.stringify(error),
        inspect(error, { depth: 20, showHidden: true }),
      ];
      for (const text of shown) expect(text).not.toMatch(/avk_|tok3n|app\.example/i);
    }
  });

  it("are not in the error of a failed connection", async () => {
    const { client, agent } = mocked();
    const cause = Object.assign(new Error(`header x-avala-api-key: ${KEY}`), { code: "EODD", headers: { k: KEY } });
    agent
      .get("https://api.example.test")
      .intercept({ path: () => true })
      .replyWithError(cause);
    const error = await failure(read(client));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.cause).toMatchObject({ code: "EODD" });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(KEY);
  });

  it("are not in the inspected client", () => {
    const { client } = mocked();
    expect(inspect(client, { depth: 20, showHidden: true }) + JSON.stringify(client)).not.toContain(KEY);
  });
});

describe("texts of the service", () => {
  it("are short, on one line, and without terminal controls", async () => {
    const hostile = `\u001b[2J\u202egnp.exe\r\n::error::x\u0007 ${"long ".repeat(500)}`;
    const error = await failing({ status: 400, body: { [hostile]: [hostile] } }, write);
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(error.message.length).toBeLessThan(700);
  });

  it("are not in a shape error that names a hostile key", async () => {
    const { client, reply } = mocked();
    reply({ status: 200, body: { [`\u001b[2J${"k".repeat(300)}`]: 5 } });
    const error = await failure(client.organizations.industryChoices());
    expect(error).toBeInstanceOf(ResponseShapeError);
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(error.message.length).toBeLessThan(400);
  });
});

describe("slug-edits-are-limited: a slug that has moved", () => {
  it("shows as not found, with the path asked, so that the caller can look it up by uid", async () => {
    const { client, reply } = mocked();
    reply({ status: 404 });
    const error = await failure(client.members.setRole("old-slug", UID, "admin"));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ request: { path: `/organizations/old-slug/members/${UID}/role/` } });
  });
});
