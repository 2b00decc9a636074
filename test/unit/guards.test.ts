import { GuardError, KnownPeople, RemovalBreaker } from "../../provider/lifecycle/guards.js";

describe("the circuit breaker", () => {
  it("counts distinct people of one place", () => {
    const breaker = new RemovalBreaker(2);
    breaker.count("team a", ["1"]);
    breaker.count("team a", ["1"]);
    breaker.count("team a", ["2"]);
    breaker.count("team b", ["3"]);
    breaker.count("team a", ["2"]);
    expect(() => breaker.count("team a", ["3"])).toThrow(GuardError);
    breaker.count("team b", ["4"]);
  });

  it("stays open once it has opened", () => {
    const breaker = new RemovalBreaker(1);
    breaker.count("team a", ["1"]);
    for (const uid of ["2", "3", "2"]) expect(() => breaker.count("team a", [uid])).toThrow(GuardError);
  });
});

describe("known people", () => {
  it("are known by each of their names, in their place only", () => {
    const known = new KnownPeople();
    known.note("a", ["uid", undefined, "ada@example.com"]);
    expect(known.strangersAmong("a", [{ userUid: "uid" }])).toEqual([]);
    expect(known.strangersAmong("a", [{ userUid: "other", email: "ADA@example.com" }])).toEqual([]);
    expect(known.strangersAmong("a", [{ userUid: "other" }])).toEqual([{ userUid: "other" }]);
    expect(known.strangersAmong("b", [{ userUid: "uid" }])).toEqual([{ userUid: "uid" }]);
  });
});
