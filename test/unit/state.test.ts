import { checkInputs, changedInputs } from "../../provider/lifecycle/inputs.js";
import {
  declaredInputs,
  isRecorded,
  observedState,
  recordedState,
  withRecordedTimes,
} from "../../provider/lifecycle/state.js";
import { organization as schema } from "../../provider/schema/index.js";

const state = { name: "Acme", handle: "acme", uid: "u", __v: 1 };

describe("the record after a write", () => {
  it("contains the declaration, the service's defaults, and computed outputs", () => {
    const recorded = recordedState(
      schema,
      { name: "Acme", __provider: "p" },
      { uid: "u", plan: undefined },
      { slug: "acme", phone: "1" },
    );
    expect(recorded).toEqual({ name: "Acme", slug: "acme", uid: "u", __serverDefaults: ["slug"], __v: 1 });
    expect(declaredInputs(schema, recorded)).toEqual({ name: "Acme" });
  });

  it("leaves out fields that were emptied because they were removed from the program", () => {
    const { inputs } = checkInputs(schema, { name: "Acme", phone: "1" }, { name: "Acme" });
    expect(inputs).toEqual({ name: "Acme", phone: "", __cleared: ["phone"] });
    expect(recordedState(schema, inputs, {})).toEqual({ name: "Acme", __v: 1 });
  });

  it("is distinguished from the arguments of get", () => {
    expect(isRecorded(state)).toBe(true);
    expect(isRecorded({ name: "Acme" })).toBe(false);
  });
});

describe("the record after a refresh", () => {
  const look = (before: object, shown: object) => observedState(schema, before as never, shown as never, { uid: "u" });

  it("contains the declared fields with the service's values, and the matching inputs", () => {
    const { props, inputs } = look(state, { name: "Apex", handle: "acme", phone: "1", memberCount: 3 });
    expect(props).toEqual({ name: "Apex", handle: "acme", uid: "u", __v: 1 });
    expect(inputs).toEqual({ name: "Apex", handle: "acme" });
  });

  it("keeps the declared spelling if both count as the same (spelling-may-change)", () => {
    expect(look({ ...state, email: "A@b.example" }, { name: "Acme", email: "a@B.example" }).inputs).toMatchObject({
      email: "A@b.example",
    });
  });

  it("empty-values-differ: shows a removed handle as empty, which is a change", () => {
    const { props, inputs } = look(state, { name: "Acme", handle: null });
    expect(inputs).toEqual({ name: "Acme", handle: "" });
    expect(changedInputs(schema, declaredInputs(schema, props), { name: "Acme", handle: "acme" })).toEqual(["handle"]);
  });

  it("logo-urls-are-signed: never records a logo, nor hidden values", () => {
    const before = { ...state, logo: "https://a.example/l.png", phone: "1" };
    expect(look(before, { name: "Acme", logo: "https://signed.example/?x" }).inputs).toMatchObject({
      logo: before.logo,
      phone: "1",
    });
  });
});

describe("times in a refresh", () => {
  const now = "2026-01-31T12:00:00.000Z";
  it.each([
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"],
    ["2026-01-31T12:00:00.000000Z", "2026-01-31T12:00:00.000000Z"],
    ["2026-01-31T13:00:00+01:00", "2026-01-31T13:00:00+01:00"],
    [now, now],
    ["2026-01-31T12:00:00.001Z", now],
    ["2026-01-31T12:00:00+01:00", now],
    ["soon", now],
    [undefined, now],
    [5, now],
  ])("keep the spelling of the state for the same time: %j", (before, expected) => {
    const state = { createdAt: before, name: "2026-01-31T12:00:00Z" };
    expect(withRecordedTimes(state, { createdAt: now, name: "Acme", count: 3, gone: undefined })).toEqual({
      createdAt: expected,
      name: "Acme",
      count: 3,
      gone: undefined,
    });
  });
});

describe("a field that is removed from the program", () => {
  const check = (olds: object, news: object) => checkInputs(schema, olds as never, news as never).inputs;

  it("is emptied once", () => {
    const first = check({ name: "Acme", handle: "acme" }, { name: "Acme" });
    expect(first).toEqual({ name: "Acme", handle: "", __cleared: ["handle"] });
    expect(check(first, { name: "Acme" })).toEqual({ name: "Acme" });
    expect(changedInputs(schema, { name: "Acme" }, { name: "Acme" })).toEqual([]);
  });

  it("is not emptied if it was empty, or if the service has no empty value", () => {
    expect(check({ name: "Acme", phone: "", industry: "robotics", visibility: "public" }, { name: "Acme" })).toEqual({
      name: "Acme",
    });
  });

  it("can be declared again", () => {
    const gone = check({ name: "Acme", phone: "1" }, { name: "Acme" });
    expect(check(gone, { name: "Acme", phone: "2" })).toEqual({ name: "Acme", phone: "2" });
  });

  it("is a change only while the state contains it", () => {
    const emptied = check({ name: "Acme", phone: "1" }, { name: "Acme" });
    expect(changedInputs(schema, { name: "Acme", phone: "1" }, emptied)).toEqual(["phone"]);
    expect(changedInputs(schema, { name: "Acme" }, emptied)).toEqual([]);
  });
});
