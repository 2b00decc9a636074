import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  TransportError,
  UnavailableError,
} from "../../provider/core/errors.js";
import { OutcomeUnknownError, IdentityUnknownError } from "../../provider/snapshot/errors.js";
import { Listing } from "../../provider/snapshot/listing.js";
import { People, type PersonRow } from "../../provider/snapshot/people.js";
import { confirmWrite } from "../../provider/snapshot/settle.js";

interface Row {
  uid: string;
  name?: string;
}

/** A list whose answers the test gives, in any order. */
function byHand() {
  const waiting: { answer(rows: Row[]): void; fail(error: Error): void }[] = [];
  const fetch = () => new Promise<Row[]>((answer, fail) => waiting.push({ answer, fail }));
  return { waiting, list: new Listing<Row>(fetch, ({ uid }) => uid) };
}
const keys = async (rows: Promise<ReadonlyMap<string, unknown>>) => [...(await rows).keys()];

describe("a list of the service", () => {
  it("rate-limit-per-user: is read once for all callers at any time", async () => {
    const { waiting, list } = byHand();
    expect(list.wanted).toBe(false);
    const asked = [list.get(), list.get()];
    expect(list.wanted).toBe(true);
    waiting[0]!.answer([{ uid: "a" }]);
    expect(await Promise.all(asked.map(keys))).toEqual([["a"], ["a"]]);
    expect(await keys(list.get())).toEqual(["a"]);
    expect(waiting).toHaveLength(1);
  });

  it("no-single-reads: is an error for all waiting callers if it cannot be read, and read again by the next", async () => {
    const { waiting, list } = byHand();
    const asked = Promise.allSettled([list.get(), list.get()]);
    waiting[0]!.fail(new Error("down"));
    expect((await asked).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const again = list.get();
    waiting[1]!.answer([]);
    expect(await keys(again)).toEqual([]);
  });

  it("is updated by own writes, including those that end during the read", async () => {
    const { waiting, list } = byHand();
    list.upsert({ uid: "earlier" });
    const asked = list.get();
    list.upsert({ uid: "b", name: "ours" });
    list.remove("a");
    waiting[0]!.answer([{ uid: "a" }, { uid: "b", name: "older" }]);
    expect((await asked).get("b")).toEqual({ uid: "b", name: "ours" });
    expect(await keys(list.get())).toEqual(["b", "earlier"]);
    list.remove("b");
    expect(await keys(list.get())).toEqual(["earlier"]);
  });

  it("lists-may-lag: keeps own writes although a later read lags behind them, and takes newer values from it", async () => {
    const { waiting, list } = byHand();
    const first = list.get();
    waiting[0]!.answer([{ uid: "a" }]);
    await first;
    list.upsert({ uid: "made", name: "as made" });
    list.remove("a");
    const second = list.reload();
    waiting[1]!.answer([{ uid: "a" }]);
    expect(await keys(second)).toEqual(["made"]);
    const third = list.reload();
    waiting[2]!.answer([{ uid: "made", name: "renamed since" }]);
    expect((await third).get("made")).toEqual({ uid: "made", name: "renamed since" });
  });

  it("is read once more, for all callers that need newer data than the current read, when that has ended", async () => {
    const { waiting, list } = byHand();
    const old = list.get();
    const fresh = [list.reload(), list.reload()];
    expect(waiting).toHaveLength(1);
    waiting[0]!.answer([{ uid: "old" }]);
    expect(await keys(old)).toEqual(["old"]);
    await Promise.resolve();
    waiting[1]!.answer([{ uid: "new" }]);
    expect(await Promise.all(fresh.map(keys))).toEqual([["new"], ["new"]]);
    expect(await keys(list.get())).toEqual(["new"]);
    expect(waiting).toHaveLength(2);
  });

  it("is read once more if the current read fails, and only its own callers fail", async () => {
    const { waiting, list } = byHand();
    const old = Promise.allSettled([list.get()]);
    const fresh = list.reload();
    waiting[0]!.fail(new Error("down"));
    expect(await old).toMatchObject([{ status: "rejected" }]);
    waiting[1]!.answer([{ uid: "new" }]);
    await fresh;
    expect(await keys(list.get())).toEqual(["new"]);
    expect(waiting).toHaveLength(2);
  });

  it("is not read if the service has returned its content, and is still updated", async () => {
    const { waiting, list } = byHand();
    list.upsert({ uid: "ours" });
    list.seedEmpty();
    expect(list.wanted).toBe(true);
    list.upsert({ uid: "next" });
    expect(await keys(list.get())).toEqual(["ours", "next"]);
    expect(waiting).toHaveLength(0);
    const fresh = list.reload();
    waiting[0]!.answer([{ uid: "theirs" }]);
    expect(await keys(fresh)).toEqual(["theirs", "ours", "next"]);
  });
});

describe("people", () => {
  const people = (rows: PersonRow[]) => new People("organization acme", () => Promise.resolve(rows));
  const ada = { userUid: "1", email: "Ada@Example.com" };
  const hidden = { userUid: "2" };

  it("are found by uid, and by address without regard to case", async () => {
    expect(await people([ada]).find({ userUid: "1" })).toBe(ada);
    expect(await people([ada]).find({ email: "ADA@example.com" })).toBe(ada);
    // A known uid decides: the person with the address now is somebody else.
    expect(await people([ada]).find({ userUid: "9", email: "ada@example.com" })).toBeUndefined();
  });

  it("are absent if a complete list with all addresses does not contain them", async () => {
    expect(await people([ada]).find({ email: "bob@example.com" })).toBeUndefined();
    expect(await people([ada, hidden]).find({ userUid: "9" })).toBeUndefined();
  });

  it("are neither present nor absent if addresses are hidden", async () => {
    await expect(people([ada, hidden]).find({ email: "bob@example.com" })).rejects.toThrow(IdentityUnknownError);
    expect(await people([ada, hidden]).find({ email: "ada@example.com" })).toBe(ada);
  });

  it("are absent if all people with hidden addresses are known to be others, and present regardless", async () => {
    const known = (...uids: string[]) =>
      new People("organization acme", () => Promise.resolve([ada, hidden, { userUid: "3", email: "" }]), new Set(uids));
    const bob = { email: "bob@example.com" };
    expect(await known("2", "3").find(bob)).toBeUndefined();
    expect(await known("1", "2", "3", "4").find({ email: "ada@example.com" })).toBe(ada);
    expect(await known("2", "3").find({ userUid: "2" })).toBe(hidden);
    for (const uids of [[], ["2"], ["3"], ["1", "4"]]) {
      await expect(known(...uids).find(bob)).rejects.toThrow(IdentityUnknownError);
    }
  });

  it("are named if their addresses are hidden: five of them, with their roles", async () => {
    const rows = [..."123456"].map((userUid) => ({ userUid, role: userUid === "2" ? undefined : "member" }));
    const found = people(rows).find({ email: "bob@example.com" });
    await expect(found).rejects.toThrow(
      'It is not known whether "bob@example.com" is in organization acme: Avala hides the email of 6 of its people from this API key: user 1 (member), user 2, user 3 (member), user 4 (member), user 5 (member), 1 more. ',
    );
    await expect(found).rejects.toThrow(/AVALA_HIDDEN_PEOPLE/);
    const hostile = people([{ userUid: "1", role: `\u001b[2J${"x".repeat(99)}` }]).find({ email: "bob@example.com" });
    // oxlint-disable-next-line no-control-regex -- it is what is looked for
    await expect(hostile).rejects.toThrow(/^[^\u001b]*: user 1 \([^\u001b]{10,40}\)\. /);
  });

  it("follow own writes", async () => {
    const list = people([ada]);
    await list.find({ email: "bob@example.com" });
    list.upsert({ userUid: "3", email: "bob@example.com" });
    expect(await list.find({ email: "bob@example.com" })).toMatchObject({ userUid: "3" });
    list.upsert({ userUid: "3", email: "bob.new@example.com" });
    expect(await list.find({ email: "bob@example.com" })).toBeUndefined();
    list.remove("1");
    expect(await list.find({ email: "ada@example.com" })).toBeUndefined();
  });

  it("follow a reload to as many other people", async () => {
    let rows: PersonRow[] = [ada];
    const list = new People("organization acme", () => Promise.resolve(rows));
    await list.find({ email: "ada@example.com" });
    rows = [{ userUid: "4", email: "eve@example.com" }];
    await list.reload();
    expect(await list.find({ email: "ada@example.com" })).toBeUndefined();
    expect(await list.find({ email: "eve@example.com" })).toBe(rows[0]);
  });
});

describe("no-idempotency-keys: a write that failed", () => {
  const post = { method: "POST", path: "/organizations/" };
  const lost = new TransportError("lost", "", post, true);
  const neverSent = new TransportError("refused", "", post, false);
  const failing = (reason: unknown) => () => Promise.reject(reason);

  it("is not looked up if it succeeded", async () => {
    expect(await confirmWrite(() => Promise.resolve("done"), failing(new Error("not asked")))).toBe("done");
  });

  it.each([lost, new UnavailableError("500", "", { ...post, status: 500 })])(
    "is looked up if its outcome is unknown: %s",
    async (failure) => {
      expect(await confirmWrite(failing(failure), () => Promise.resolve("found"))).toBe("found");
      await expect(confirmWrite(failing(failure), () => Promise.resolve(undefined))).rejects.toBe(failure);
    },
  );

  it("is reported if it is certain, without a look-up", async () => {
    const looked = jest.fn();
    for (const failure of [neverSent, new ForbiddenError("no", "", { ...post, status: 403 }), new TypeError("bug")]) {
      await expect(confirmWrite(failing(failure), looked)).rejects.toBe(failure);
    }
    expect(looked).not.toHaveBeenCalled();
  });

  it.each([
    new ConflictError("twice", "", { ...post, status: 409 }),
    new InvalidError("twice", "", { ...post, status: 400 }),
  ])("counts as done if it was refused because it is done ($request.status)", async (failure) => {
    const found = () => Promise.resolve("found");
    expect(await confirmWrite(failing(failure), found, { orRefused: true })).toBe("found");
    await expect(confirmWrite(failing(failure), () => Promise.resolve(undefined), { orRefused: true })).rejects.toBe(
      failure,
    );
    await expect(confirmWrite(failing(failure), found)).rejects.toBe(failure);
    await expect(confirmWrite(failing(failure), failing(new Error("down")), { orRefused: true })).rejects.toBe(failure);
  });

  it("stays an unknown outcome if the look-up fails too", async () => {
    const settled = confirmWrite(failing(lost), failing(new Error("down")));
    await expect(settled).rejects.toThrow(OutcomeUnknownError);
    await expect(settled).rejects.toMatchObject({ cause: lost, code: "AVALA_OUTCOME_UNKNOWN" });
  });
});
