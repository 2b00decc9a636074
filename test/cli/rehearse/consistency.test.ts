import { previewOf } from "../../../cli/pulumi/preview.js";
import { reviewOf, type ChangeRow } from "../../../cli/review/report.js";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import { previewDocument, type Planned } from "../previews.js";
import * as o from "./observations.js";

/** A rehearsal uses the words of a review: the same effect for the same change. */

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(async () => emulator.reset(o.seed));
afterAll(async () => emulator.close());

const { email, uids, member, invited, membership, roster } = o;
const api = (method: string, path: string, body?: unknown) => emulator.api(method, `/organizations/acme${path}`, body);

/** The step of a preview from one state of a resource to another. */
function planned(was: o.Declared | undefined, now: o.Declared | undefined): Planned {
  const { kind, name, id } = (was ?? now)!;
  const inputs = ({ outputs = {} }: o.Declared) => {
    const { status: _, userUid: __, waiting: ___, unmanagedMembers: ____, ...declared } = outputs;
    const parts = id.split("/");
    const place = kind === "OrganizationMember" || kind === "Invitation" ? { organization: parts[0] } : {};
    const inTeam = kind === "TeamMembership" || kind === "TeamRoster" ? { team: `${parts[0]}/${parts[1]}` } : {};
    return { ...declared, ...place, ...inTeam };
  };
  return {
    kind,
    name,
    id,
    ...(was && now && was === now ? { op: "same" } : {}),
    ...(was && { was: { ...inputs(was), ...was.outputs } }),
    ...(now && { is: inputs(now) }),
  };
}

const around: o.Declared[] = [o.organization(), o.team("Core"), o.team("Crew")];

it.each<[what: string, was: o.Declared[], now: o.Declared[], act: () => Promise<unknown>]>([
  ["an invitation", [], [invited("fay")], () => api("POST", "/invitations/", { email: email("fay"), role: "member" })],
  [
    "an invitation, and a team after it",
    [],
    [invited("fay"), membership("Core", "fay", { status: "waiting" })],
    () => api("POST", "/invitations/", { email: email("fay"), role: "member" }),
  ],
  ["a cancelled invitation", [invited("zoe")], [], () => api("POST", `/invitations/${o.uid("e0")}/cancel/`)],
  [
    "an expired invitation that nobody declares any more",
    [invited("eve", { status: "expired" })],
    [],
    async () => undefined,
  ],
  [
    "an email that is asked for",
    [invited("zoe")],
    [invited("zoe", { resend: "again" })],
    () => api("POST", `/invitations/${o.uid("e0")}/resend/`),
  ],
  [
    "another role",
    [member("bob")],
    [member("bob", { role: "admin" })],
    () => api("PATCH", `/members/${uids["bob"]}/role/`, { role: "admin" }),
  ],
  ["a removal", [member("cleo")], [], () => api("DELETE", `/members/${uids["cleo"]}/`)],
  [
    "a removal from the organization and its team",
    [member("bob"), membership("Core", "bob")],
    [],
    () => api("DELETE", `/members/${uids["bob"]}/`),
  ],
  [
    "a team membership",
    [member("cleo")],
    [member("cleo"), membership("Core", "cleo")],
    () => api("POST", "/teams/core/members/", { user_uid: uids["cleo"], role: "member" }),
  ],
  [
    "another role in a team",
    [membership("Core", "bob")],
    [membership("Core", "bob", { role: "lead" })],
    () => api("PATCH", `/teams/core/members/${uids["bob"]}/role/`, { role: "lead" }),
  ],
  ["a loss of a team", [membership("Core", "bob")], [], () => api("DELETE", `/teams/core/members/${uids["bob"]}/`)],
  [
    "a roster that lists one person less",
    [roster({ bob: "member", ada: "lead" })],
    [roster({ ada: "lead" })],
    () => api("DELETE", `/teams/core/members/${uids["bob"]}/`),
  ],
  ["a handover to a roster", [membership("Core", "bob")], [roster({ bob: "member" })], async () => undefined],
  ["other details", [member("bob")], [member("bob", { reason: "why" })], async () => undefined],
  ["a retained member", [member("bob", { onDestroy: "retain" })], [], async () => undefined],
])("%s", async (_, was, now, act) => {
  const [before, after] = [was, now].map((all) => new Map(all.map((one) => [o.urnOf(one), one])));
  const urns = [...new Set([...before!.keys(), ...after!.keys()])];
  const isSame = (urn: string) => JSON.stringify(before!.get(urn)) === JSON.stringify(after!.get(urn));
  const steps = urns.map((urn) => planned(before!.get(urn), isSame(urn) ? before!.get(urn) : after!.get(urn)));
  const preview = previewOf(previewDocument([...around.map((one) => planned(one, one)), ...steps]));
  const rehearsal = await o.rehearsed(emulator, act, { was: [...around, ...was], now: [...around, ...now], preview });
  const review = reviewOf(preview, { maxRemovals: 10, domains: [] });
  const told = ({ effect, person, organization, team, after: stand, emails, moved }: ChangeRow) => ({
    effect,
    email: person.email,
    at: (team ?? organization).uid,
    role: stand?.role,
    managed: stand?.managed,
    emails,
    moved,
  });
  expect(rehearsal.changes.map(told)).toEqual(review.changes.map(told));
  expect(rehearsal.removals).toEqual(review.removals);
  expect(rehearsal.changes.length).toBeGreaterThan(0);
});
