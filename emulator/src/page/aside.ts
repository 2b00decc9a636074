import { html } from "hono/html";
import type { Email, Organization, Person, RequestEntry } from "../model.js";
import { BASE } from "../operation.js";
import { settingLine } from "../platform.js";
import { acceptLink } from "../serializers.js";
import { LOCAL_KEY, type Service } from "../service.js";
import { EXAMPLES } from "./examples.js";
import { FORMS } from "./organization.js";
import { ids, isOpen, outcomeOf } from "./rows.js";
import { type Html, time, visible, words } from "./text.js";

/** As many calls, and as many emails, as the page shows. */
export const NEWEST = 100;

/** What a program needs to reach the emulator, to be copied into a shell. */
export function exportsOf({ store }: Service, api: string): Html {
  const local = store.keys.get(LOCAL_KEY);
  const key = local && !local.revoked ? LOCAL_KEY : "<a key of your seed>";
  return html`<pre id="exports" tabindex="0" role="region" aria-label="Commands to copy">
${settingLine("AVALA_API_KEY", key)}
${settingLine("AVALA_BASE_URL", api)}
${settingLine("AVALA_ALLOW_INSECURE_BASE_URL", "1")}</pre>
    <p><button type="button" id="copy" data-copy="exports" hidden>Copy</button></p>`;
}

/** Invitation emails, newest first. */
export function mailboxOf(service: Service): Html {
  const { emails } = service.store;
  return html`<section data-part="mailbox" aria-labelledby="mailbox">
    <h2 id="mailbox">Mailbox</h2>
    ${
      emails.length === 0
        ? html`<p class="none">No email has been sent.</p>`
        : html`<ul class="mailbox" aria-label="Mailbox" id="emails" tabindex="0">
            ${emails
              .slice(-NEWEST)
              .toReversed()
              .map((email) => emailOf(email, service))}
          </ul>`
    }
    ${emails.length > NEWEST && html`<p class="note">The newest ${NEWEST} of ${emails.length} emails.</p>`}
  </section>`;
}

function emailOf({ to, kind, invitationUid, at }: Email, { store, clock }: Service): Html {
  const invitation = store.invitations.get(invitationUid);
  const again = kind === "resend" ? "Reminder: " : "";
  if (!invitation) {
    return html`<li>
      <b>${again}Invitation to an organization that was deleted</b> <small>To ${words(to)} · ${time(at)}</small>
    </li>`;
  }
  const { organization, invitedBy, role } = invitation;
  const open = isOpen(invitation, clock.now());
  return html`<li>
    <b>${again}Join ${words(organization.name)} as ${role}</b>
    <small>From ${words(invitedBy.fullName || invitedBy.email)} · to ${words(to)} · ${time(at)}</small>
    <code>${acceptLink(invitation)}</code>
    ${
      open
        ? html`<a href="#${ids.invitation("accept", invitation)}"
            >Accept or decline<i class="hide"> the invitation of ${visible(to)}</i></a
          >`
        : html`<small>${outcomeOf(invitation)}</small>`
    }
  </li>`;
}

/** API calls, newest first. */
export function requestsOf({ requests }: Service): Html {
  return html`<section data-part="requests" aria-labelledby="requests">
    <h2 id="requests">API calls</h2>
    ${
      requests.length === 0
        ? html`<p class="none">No program has called the API.</p>`
        : html`<div class="calls" id="calls" tabindex="0" role="region" aria-label="The newest API calls">
            <table>
              <thead>
                <tr>
                  <th scope="col">Time</th>
                  <th scope="col">Call</th>
                  <th scope="col">Status</th>
                </tr>
              </thead>
              <tbody>
                ${requests.slice(-NEWEST).toReversed().map(requestOf)}
              </tbody>
            </table>
          </div>`
    }
    ${requests.length > NEWEST && html`<p class="note">The newest ${NEWEST} of ${requests.length} calls.</p>`}
  </section>`;
}

function requestOf({ method, path, query, status, at }: RequestEntry): Html {
  const target = `${path.slice(BASE.length)}${query && `?${query}`}`;
  const result = status === null ? "running" : status === 0 ? "cut" : String(status);
  const failed = status !== null && (status === 0 || status >= 400);
  return html`<tr><td><time datetime="${at}">${at.slice(11, 19)}</time><td><b>${visible(method)}</b> ${visible(target.length > 300 ? `${target.slice(0, 299)}…` : target)}<td${failed && html` class="failed"`}>${result}
`;
}

export function outsideOf({ store }: Service): Html | "" {
  const people = [...store.people.values()].filter((person) => store.organizationsOf(person).length === 0);
  if (people.length === 0 || store.organizations.size === 0) return "";
  return html`<section data-part="outside" aria-labelledby="outside">
    <h2 id="outside">In no organization</h2>
    <ul aria-label="People in no organization">
      ${people.slice(0, NEWEST).map(({ email, fullName }: Person) => html`<li>${words(email)} ${fullName && html`<small>${words(fullName)}</small>`}</li>`)}
    </ul>
    ${people.length > NEWEST && html`<p class="note">The first ${NEWEST} of ${people.length} people.</p>`}
  </section>`;
}

export function startOver(): Html {
  return html`<section data-part="start-over" aria-labelledby="start">
    <h2 id="start">Start over</h2>
    <form method="post" action="${FORMS}">
      <label for="example">Replace everything by</label>
      <select id="example" name="example">
        ${EXAMPLES.map(({ name, label }) => html`<option value="${name}">${label}</option>`)}
      </select>
      <button id="start-over" name="act" value="start-over">Start over</button>
      <small>Deletes organizations, people, emails, the API calls, settings and faults, and sets the clock back.</small>
    </form>
  </section>`;
}

/** Shown where organizations will be: what to do first. */
export function firstSteps(organizations: Iterable<Organization>, api: Html): Html | "" {
  if ([...organizations].length > 0) return "";
  return html`<section data-part="first" aria-labelledby="first" class="first">
    <h2 id="first">This emulator is empty. What to do first</h2>
    <ol>
      <li>Let your shell use the emulator: ${api}</li>
      <li>
        In the folder of a Pulumi project that uses <code>pulumi-avala</code>, run <code>pulumi up</code>: what it
        creates appears here.
      </li>
      <li>Accept the invitations here, and run <code>pulumi up</code> again: the people are put into their teams.</li>
    </ol>
    <form method="post" action="${FORMS}">
      <input type="hidden" name="example" value="${EXAMPLES[0]!.name}" />
      <button id="start-over-first" class="accept" name="act" value="start-over first">
        Load an example organization
      </button>
      <small>${EXAMPLES[0]!.label}. <code>npx pulumi-avala import acme-robotics</code> writes a project for it.</small>
    </form>
  </section>`;
}
