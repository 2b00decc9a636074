import {
  asksForEmail,
  dueEmail,
  emailObstacle,
  hasMembershipStep,
  membershipStatus,
  statusOutside,
} from "../../provider/policy/person.js";
import { organizationEnding } from "../../provider/policy/organization.js";

const valid = { isValid: true, role: "member" };
const expired = { isValid: false, role: "member" };
const invited = { status: "invited", role: "member", emailsSent: 1 };
const expiredOnce = { ...invited, status: "expired" };
const resends = { role: "member", onExpiry: "resend", maxEmails: 3 };
const reports = { role: "member", onExpiry: "report", maxEmails: 3 };
const pending = { __emailPending: true };

interface Row {
  what: string;
  declared?: object;
  recorded?: object;
  isNew?: boolean;
  isMember?: boolean;
  invitation?: typeof valid;
  hasAddress?: boolean;
  emails?: number;
  due: "invite" | "resend" | undefined;
}

const rows: Row[] = [
  { what: "somebody new", isNew: true, recorded: {}, due: "invite" },
  {
    what: "somebody new without an address: the step says so",
    isNew: true,
    recorded: {},
    hasAddress: false,
    due: "invite",
  },
  { what: "somebody new who is a member", isNew: true, recorded: {}, isMember: true, due: undefined },
  { what: "somebody new whom others have invited", isNew: true, recorded: {}, invitation: valid, due: undefined },
  {
    what: "somebody new whom others have invited in another role",
    isNew: true,
    recorded: {},
    invitation: { isValid: true, role: "admin" },
    due: "invite",
  },
  { what: "a valid invitation", invitation: valid, due: undefined },
  {
    what: "a valid invitation and a new resend",
    invitation: valid,
    declared: { ...reports, resend: 1 },
    due: "resend",
  },
  {
    what: "a valid invitation and another role",
    invitation: valid,
    declared: { ...reports, role: "admin" },
    due: "invite",
  },
  { what: "an expired invitation, onExpiry: report", invitation: expired, recorded: expiredOnce, due: undefined },
  {
    what: "an expired invitation, onExpiry: resend",
    invitation: expired,
    declared: resends,
    recorded: expiredOnce,
    due: "invite",
  },
  {
    what: "a vanished invitation, onExpiry: resend",
    declared: resends,
    recorded: { ...invited, status: "gone" },
    due: "invite",
  },
  {
    what: "an expired invitation after the last email that maxEmails allows",
    invitation: expired,
    declared: resends,
    recorded: { ...expiredOnce, emailsSent: 3 },
    due: undefined,
  },
  {
    what: "an expired invitation after emails of this step",
    invitation: expired,
    declared: resends,
    recorded: expiredOnce,
    emails: 2,
    due: undefined,
  },
  {
    what: "an expired invitation without an address",
    invitation: expired,
    declared: resends,
    recorded: expiredOnce,
    hasAddress: false,
    due: undefined,
  },
  {
    what: "a former member, onExpiry: resend",
    declared: resends,
    recorded: { ...invited, status: "gone", userUid: "1" },
    due: undefined,
  },
  {
    what: "a former member and a new resend",
    declared: { ...reports, resend: 1 },
    recorded: { status: "gone", userUid: "1", role: "member" },
    due: "invite",
  },
  {
    what: "a former member and another role",
    declared: { ...reports, role: "admin" },
    recorded: { status: "gone", userUid: "1", role: "member" },
    due: undefined,
  },
  { what: "an email that is pending", recorded: { ...invited, status: "gone", ...pending }, due: "invite" },
  {
    what: "an email that is pending, and a limit that is reached",
    recorded: { ...invited, status: "gone", emailsSent: 3, ...pending },
    due: undefined,
  },
];

it.each(rows)("is due to $what: $due", ({ due, isMember = false, invitation, emails, ...given }) => {
  const { declared = reports, recorded = invited, isNew = false, hasAddress = true } = given;
  const declaration = {
    isNew,
    declared: declared as Record<string, unknown>,
    recorded: recorded as Record<string, unknown>,
    hasAddress,
  };
  expect(dueEmail(declaration, { isMember, invitation }, emails)).toBe(due);
});

it.each([
  { declared: { ...reports, resend: 1 }, recorded: invited, asks: true },
  { declared: { ...reports, resend: 1 }, recorded: { ...invited, resend: 1 }, asks: false },
  { declared: { ...reports, role: "admin" }, recorded: invited, asks: true },
  {
    declared: { ...reports, role: "admin" },
    recorded: { status: "active", userUid: "1", role: "member" },
    asks: false,
  },
  { declared: reports, recorded: invited, asks: false },
])("a change asks for an email: $declared after $recorded: $asks", ({ declared, recorded, asks }) => {
  expect(asksForEmail({ isNew: false, declared, recorded })).toBe(asks);
  expect(asksForEmail({ isNew: true, declared, recorded: {} })).toBe(false);
});

it.each([
  { maxEmails: 3, emailsSent: 2, hasAddress: true, obstacle: undefined },
  { maxEmails: 3, emailsSent: 3, hasAddress: true, obstacle: "limit-reached" },
  { maxEmails: 3, emailsSent: 4, hasAddress: true, obstacle: "limit-reached" },
  { maxEmails: undefined, emailsSent: 99, hasAddress: true, obstacle: undefined },
  { maxEmails: 3, emailsSent: 0, hasAddress: false, obstacle: "no-address" },
])("blocks an email: $obstacle", ({ maxEmails, emailsSent, hasAddress, obstacle }) => {
  const declaration = { isNew: false, declared: { maxEmails }, recorded: { emailsSent }, hasAddress };
  expect(emailObstacle(declaration)).toBe(obstacle);
});

it.each([
  { invitation: { isValid: true }, status: undefined, isPast: false, is: "invited" },
  { invitation: { isValid: false }, status: "invited", isPast: false, is: "expired" },
  { invitation: undefined, status: "invited", isPast: true, is: "expired" },
  { invitation: undefined, status: "invited", isPast: false, is: "gone" },
  // Bug: `status` called an invitation expired that had vanished before its time.
  { invitation: undefined, status: "gone", isPast: true, is: "gone" },
])("the status outside: $status, past: $isPast: $is", ({ invitation, status, isPast, is }) => {
  expect(statusOutside(invitation, { status, isPast })).toBe(is);
});

it.each([
  { status: undefined, isInTeam: true, isMember: true, isPending: false, is: "active", hasStep: true },
  { status: "waiting", isInTeam: false, isMember: false, isPending: false, is: "waiting", hasStep: false },
  { status: "waiting", isInTeam: false, isMember: true, isPending: false, is: "waiting", hasStep: true },
  { status: "active", isInTeam: false, isMember: true, isPending: false, is: "gone", hasStep: false },
  { status: "active", isInTeam: false, isMember: false, isPending: false, is: "gone", hasStep: true },
  { status: "active", isInTeam: false, isMember: false, isPending: true, is: "waiting", hasStep: true },
  { status: "gone", isInTeam: false, isMember: true, isPending: true, is: "gone", hasStep: true },
])("a team membership that was $status: $is", ({ status, is, hasStep, ...now }) => {
  expect(membershipStatus({ status }, now)).toBe(is);
  expect(hasMembershipStep({ status }, now.isMember)).toBe(hasStep);
});

it.each([
  [undefined, true, "delete"],
  [undefined, false, "retain"],
  ["leave", true, "leave"],
  ["retain", true, "retain"],
  ["delete", false, "delete"],
])("the ending of an organization: onDestroy %s, created %s: %s", (declared, isCreated, ending) => {
  expect(organizationEnding(declared, isCreated)).toBe(ending);
});
