import { randomUUID } from "node:crypto";
import { change, visit } from "../access.js";
import { forbidden, invalid, notFound, planRefusal, refusal } from "../errors.js";
import { body, choice, email, pathUid } from "../fields.js";
import type { Email, Invitation, Organization } from "../model.js";
import { type Call, operation, type Router } from "../operation.js";
import { pageOf, pageQuery, paginate } from "../pages.js";
import * as schemas from "../schemas.js";
import { INVITATION_SECONDS, newToken } from "../seed.js";
import { invitation as serialized, isOverdue, listedMembers } from "../serializers.js";
import { emailKey } from "../store.js";
import type { Service } from "../service.js";

const createBody = body({ email: email(), role: choice(["admin", "member"]).default("member") });

const order = {
  created_at: ({ createdAt }: Invitation) => Date.parse(createdAt),
  expires_at: ({ expiresAt }: Invitation) => Date.parse(expiresAt),
  invited_email: ({ email }: Invitation) => email,
};

/** Pending rows; overdue ones only where the settings list them. */
function listed({ settings, clock }: Service, { pending }: Organization): Invitation[] {
  const rows = [...pending.values()];
  if (settings.expiredInvitations === "listed") return rows;
  const now = clock.now();
  return rows.filter((row) => !isOverdue(row, now));
}

/** Refuses a person who is a member or already invited; an overdue row that is not listed is not in the way. */
function refuseDuplicate({ store, settings, clock }: Service, organization: Organization, address: string): void {
  const person = store.personByEmail(address);
  if (person && organization.members.has(person.uid)) {
    throw invalid("email", "This person is already a member of the organization.");
  }
  const waiting = organization.pending.get(emailKey(address));
  if (!waiting || (settings.expiredInvitations === "hidden" && isOverdue(waiting, clock.now()))) return;
  throw invalid("email", "An invitation for this email address is already pending.");
}

function sendEmail({ store, clock }: Service, { email, uid }: Invitation, kind: Email["kind"]): void {
  store.emails.push({ to: email, kind, invitationUid: uid, at: clock.iso() });
}

function invite(call: Call, organization: Organization, fields: Pick<Invitation, "email" | "role">): Invitation {
  const { service, person } = call;
  const address = service.settings.lowercaseEmails ? fields.email.toLowerCase() : fields.email;
  refuseDuplicate(service, organization, address);
  const { seats, invitesPerMinute } = service.settings;
  if (seats !== null && listedMembers(organization).length + organization.pending.size >= seats) {
    throw planRefusal(`Your plan allows ${seats} seats, and all are taken.`);
  }
  service.limiter.admitInvite(person.uid, invitesPerMinute);
  const overdue = organization.pending.get(emailKey(address));
  if (overdue) service.store.settle(overdue, "expired");
  const invitation: Invitation = {
    uid: randomUUID(),
    organization,
    email: address,
    role: fields.role,
    status: "pending",
    token: newToken(),
    invitedBy: person,
    expiresAt: service.clock.iso(INVITATION_SECONDS),
    createdAt: service.clock.iso(),
  };
  service.store.addInvitation(invitation);
  sendEmail(service, invitation, "invitation");
  return invitation;
}

function invitationOf(call: Call, organization: Organization): Invitation {
  const invitation = organization.invitations.get(pathUid(call.param("invitation_uid")) ?? "");
  if (!invitation) throw notFound();
  if (invitation.status !== "pending") throw refusal(400, `This invitation is ${invitation.status}, not pending.`);
  return invitation;
}

function accept(call: Call): Invitation {
  const { store, clock } = call.service;
  const key = call.param("token");
  const invitation = store.invitations.get(key) ?? store.invitations.get(pathUid(key) ?? "");
  if (!invitation || !invitation.organization.isActive) throw notFound();
  if (emailKey(invitation.email) !== emailKey(call.person.email)) throw forbidden();
  if (invitation.status !== "pending") throw refusal(400, `This invitation is ${invitation.status}, not pending.`);
  if (isOverdue(invitation, clock.now())) throw refusal(400, "This invitation has expired.");
  store.accept(invitation, clock.iso());
  return invitation;
}

export function invitationRoutes(router: Router): void {
  const tag = "invitations";
  const base = "/organizations/{slug}/invitations/";

  operation(
    router,
    {
      id: "listInvitations",
      method: "get",
      path: base,
      summary: "Pending invitations; owner and admins only",
      tag,
      query: pageQuery,
      answer: pageOf(schemas.invitation),
    },
    (call) => paginate(call, listed(call.service, visit(call, "manager").organization), serialized(call), order),
  );

  operation(
    router,
    {
      id: "createInvitation",
      method: "post",
      path: base,
      summary: "Invite a person by email",
      tag,
      body: createBody,
      status: 201,
      answer: schemas.invitation,
    },
    async (call) => {
      const { organization } = change(call, "manager");
      return call.json(serialized(call)(invite(call, organization, await call.body())), 201);
    },
  );

  operation(
    router,
    {
      id: "resendInvitation",
      method: "post",
      path: `${base}{invitation_uid}/resend/`,
      summary: "Send the email again; the invitation lasts from now",
      tag,
    },
    (call) => {
      const invitation = invitationOf(call, change(call, "manager").organization);
      call.service.limiter.admitInvite(call.person.uid, call.service.settings.invitesPerMinute);
      invitation.expiresAt = call.service.clock.iso(INVITATION_SECONDS);
      sendEmail(call.service, invitation, "resend");
      return call.done(serialized(call)(invitation));
    },
  );

  operation(
    router,
    {
      id: "cancelInvitation",
      method: "post",
      path: `${base}{invitation_uid}/cancel/`,
      summary: "Withdraw a pending invitation",
      tag,
    },
    (call) => {
      const invitation = invitationOf(call, change(call, "manager").organization);
      call.service.store.settle(invitation, "cancelled");
      return call.done(serialized(call)(invitation));
    },
  );

  operation(
    router,
    {
      id: "acceptInvitation",
      method: "post",
      path: "/organizations/invitations/{token}/accept/",
      summary: "Join; the invitee only, by the token of the link or the uid",
      tag,
      status: 201,
      answer: schemas.invitation,
    },
    (call) => call.json(serialized(call)(accept(call)), 201),
  );
}
