import { html, raw } from "hono/html";
import { ACTS } from "../acts.js";
import { CONTROL } from "../control.js";
import type { Invitation, Email, Membership, Organization, Person, Team } from "../model.js";
import { isOverdue } from "../serializers.js";
import type { Service } from "../service.js";
import { SCRIPT } from "./script.js";
import { STYLE } from "./style.js";

/** Where the forms of the page are sent, followed by the invitation's uid and the act. */
export const FORMS = `${CONTROL}/page/invitations`;

type Html = ReturnType<typeof html>;

/** Characters that draw nothing, alone and as parts of an emoji. The compiler does not know the flag v yet. */
const EMOJI_OR_UNSEEN = new RegExp(
  String.raw`(\p{RGI_Emoji})|[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}\u2800\u{16FE4}\u{1D159}]`,
  "gv",
);

/**
 * Names and addresses come from users of the API. `html` escapes them; here invisible characters, such as marks that turn
 * the reading direction, are written out.
 */
const visible = (text: string): string =>
  text.replace(EMOJI_OR_UNSEEN, (mark, emoji?: string) => emoji ?? `\\u{${mark.codePointAt(0)!.toString(16)}}`);

/** Text that does not change the reading direction of what stands around it. */
const words = (text: string): Html => html`<bdi>${visible(text)}</bdi>`;

const time = (iso: string): Html => html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;

const listOf = (label: string, rows: Html[], none = ""): Html =>
  rows.length === 0
    ? html`<p class="none">${none}</p>`
    : html`<ul aria-label="${label}">
        ${rows}
      </ul>`;

/** The page as a whole. `notice` says why a form was refused. */
export function pageOf(service: Service, { api, notice }: { api: string; notice?: string | undefined }): Html {
  const { store, clock } = service;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Avala emulator</title>
        <link rel="icon" href="data:," />
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <header>
          <h1>Avala emulator</h1>
          <p>Programs reach it at <code>${api}</code>. No email leaves this machine.</p>
          <p id="gone" role="status" hidden>The emulator does not answer. This is what it held last.</p>
        </header>
        <main data-version="${service.version}">
          ${notice && html`<p class="notice" role="alert">Nothing was done. ${notice}</p>`}
          ${
            clock.offsetSeconds > 0 &&
            html`<p class="clock">Its clock has been moved forward, and stood at ${time(clock.iso())}.</p>`
          }
          <div class="organizations">
            ${[...store.organizations.values()].map((organization) => organizationOf(organization, clock.now()))}
            ${store.organizations.size === 0 && html`<p class="none">There is no organization yet.</p>`}
          </div>
          <div class="aside">
            <section aria-labelledby="mailbox">
              <h2 id="mailbox">Mailbox</h2>
              ${listOf(
                "Mailbox",
                store.emails.toReversed().map((email) => emailOf(email, store.invitations.get(email.invitationUid))),
                "No email has been sent.",
              )}
            </section>
            <section aria-labelledby="people">
              <h2 id="people">People</h2>
              ${listOf(
                "People",
                [...store.people.values()].map((person) => personOf(person, store.organizationsOf(person))),
              )}
            </section>
          </div>
        </main>
        ${raw(`<script>${SCRIPT}</script>`)}
      </body>
    </html>`;
}

function organizationOf(organization: Organization, now: number): Html {
  const { uid, name, slug, isActive, members, invitations, teams } = organization;
  const isOpen = (row: Invitation) => row.status === "pending" && !isOverdue(row, now);
  const rows = [...invitations.values()];
  const past = rows.filter((row) => !isOpen(row));
  return html`<section aria-labelledby="${uid}">
    <h2 id="${uid}">${words(name)} <code>${slug}</code> ${!isActive && html`<span class="tag">deleted</span>`}</h2>
    <h3>Invitations</h3>
    ${listOf("Invitations", rows.filter(isOpen).map(openInvitation), "Nobody is waiting to accept.")}
    <h3>Members</h3>
    ${listOf("Members", [...members.values()].map(membershipOf))}
    <h3>Teams</h3>
    ${[...teams.values()].map(teamOf)} ${teams.size === 0 && html`<p class="none">There is no team.</p>`}
    ${
      past.length > 0 &&
      html`<h3>Past invitations</h3>
        ${listOf("Past invitations", past.map(pastInvitation))}`
    }
  </section>`;
}

const teamOf = ({ name, slug, color, members }: Team): Html =>
  html`<h4>
      <svg viewBox="0 0 8 8" aria-hidden="true"><circle cx="4" cy="4" r="4" fill="${color}" /></svg>
      ${words(name)} <code>${slug}</code>
    </h4>
    ${listOf(visible(name), [...members.values()].map(membershipOf), "Nobody is in this team.")}`;

const membershipOf = ({ person, role }: Membership<string>): Html =>
  html`<li>${who(person)} <span class="tag">${role}</span></li>`;

/** `more` stands below the names. */
const who = ({ email, fullName }: Person, more?: Html): Html =>
  html`<span class="who">${words(email)} ${fullName !== "" && html`<small>${words(fullName)}</small>`} ${more}</span>`;

function personOf(person: Person, organizations: Organization[]): Html {
  const names = organizations.map(({ name }, i) => html`${i > 0 && ", "}${words(name)}`);
  return html`<li>${who(person, html`<small>${names.length > 0 ? names : "no organization"}</small>`)}</li>`;
}

const openInvitation = ({ uid, email, role, expiresAt }: Invitation): Html =>
  html`<li>
    <span class="who">${words(email)} <small>pending until ${time(expiresAt)}</small></span>
    <span class="tag">${role}</span>
    <span class="acts">
      ${ACTS.map((act) => {
        const word = `${act[0]?.toUpperCase()}${act.slice(1)}`;
        return html`<form method="post" action="${FORMS}/${uid}/${act}">
          <button id="${act}-${uid}" class="${act}" aria-label="${word} ${visible(email)}">${word}</button>
        </form>`;
      })}
    </span>
  </li>`;

/** The service does not distinguish declined from cancelled either. */
function pastInvitation({ email, role, status, expiresAt }: Invitation): Html {
  const outcome = { accepted: "accepted", cancelled: "declined or cancelled", pending: "expired", expired: "expired" };
  return html`<li>
    <span class="who">
      ${words(email)} <small>${outcome[status]}${outcome[status] === "expired" && html` ${time(expiresAt)}`}</small>
    </span>
    <span class="tag">${role}</span>
  </li>`;
}

const emailOf = ({ to, kind, at }: Email, invitation: Invitation | undefined): Html =>
  html`<li>
    <span class="who">
      ${words(to)}
      <small>
        ${kind === "resend" ? "Invitation, sent again" : "Invitation"}${
          invitation && html` to ${words(invitation.organization.name)} as ${invitation.role}`
        }
      </small>
    </span>
    <small>${time(at)}</small>
  </li>`;
