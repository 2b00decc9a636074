import { GuardError, ManagedPeople, RemovalBreaker } from "../../provider/lifecycle/runtime/guards.js";

describe("the circuit breaker", () => {
  it("counts distinct people of one organization or team", async () => {
    const breaker = new RemovalBreaker(2);
    await breaker.count("team a", ["1"]);
    await breaker.count("team a", ["1"]);
    await breaker.count("team a", ["2"]);
    await breaker.count("team b", ["3"]);
    await breaker.count("team a", ["2"]);
    await expect(breaker.count("team a", ["3"])).rejects.toThrow(GuardError);
    await breaker.count("team b", ["4"]);
  });

  it("stays open once it has opened", async () => {
    const breaker = new RemovalBreaker(1);
    await breaker.count("team a", ["1"]);
    for (const uid of ["2", "3", "2"]) await expect(breaker.count("team a", [uid])).rejects.toThrow(GuardError);
  });

  it("judges concurrent removals together: all, or none; and reports the full error once", async () => {
    const breaker = new RemovalBreaker(2);
    await breaker.count("team a", ["0"]);
    const asked = ["1", "2", "3"].map((uid) => breaker.count("team a", [uid]));
    const beside = breaker.count("team b", ["1", "2"]);
    const ended = await Promise.allSettled(asked);
    const messages = ended.map((one) => (one.status === "rejected" ? (one.reason as Error).message : "removed"));
    expect(messages.filter((message) => message.includes("4 or more people"))).toHaveLength(1);
    expect(messages.filter((message) => message.startsWith("Not removed from team a"))).toHaveLength(2);
    await beside;
    // Counted people are still allowed; and one more is allowed.
    await breaker.count("team a", ["0", "4"]);
  });
});

describe("known people", () => {
  it("are known by each of their names, in their organization or team only", async () => {
    const known = new ManagedPeople();
    known.add("a", ["uid", undefined, "ada@example.com"]);
    expect(await known.unmanagedAmong("a", [{ userUid: "uid" }])).toEqual([]);
    expect(await known.unmanagedAmong("a", [{ userUid: "other", email: "ADA@example.com" }])).toEqual([]);
    expect(await known.unmanagedAmong("a", [{ userUid: "other" }])).toEqual([{ userUid: "other" }]);
    expect(await known.unmanagedAmong("b", [{ userUid: "uid" }])).toEqual([{ userUid: "uid" }]);
  });

  it("bug: includes those whose deletion the engine has asked for at the same time", async () => {
    const known = new ManagedPeople();
    const people = known.unmanagedAmong("a", [{ userUid: "uid" }, { userUid: "other" }]);
    const teams = known.unknownTeams("a", [{ uid: "core" }, { uid: "crew" }]);
    known.add("a", ["uid"]);
    known.addTeam("a", "core");
    expect(await people).toEqual([{ userUid: "other" }]);
    expect(await teams).toEqual([{ uid: "crew" }]);
  });
});
