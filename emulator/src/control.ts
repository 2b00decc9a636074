import { z } from "@hono/zod-openapi";
import { type Context, Hono } from "hono";
import { ACTS, actOn, addByHand } from "./acts.js";
import { ControlError, problems } from "./errors.js";
import { email } from "./fields.js";
import { faultsSchema } from "./faults.js";
import type { Person } from "./model.js";
import { scopes } from "./scopes.js";
import { profileFields, SeedError } from "./seed.js";
import { settingsSchema } from "./settings.js";
import { exportState } from "./state.js";
import type { Service } from "./service.js";

/** Where the control interface lives. */
export const CONTROL = "/_emulator";

const keyBody = z.strictObject({ key: z.string().min(1), email: email(), scopes: scopes().optional() });
const personBody = z.strictObject({
  email: email(),
  username: z.string().min(1).optional(),
  fullName: z.string().optional(),
});
const personUpdate = personBody.pick({ email: true, username: true }).partial();
const memberBody = z.strictObject({
  email: email(),
  role: z.enum(["admin", "member"]).default("member"),
});
const profileBody = z.strictObject(profileFields).partial();
const clockBody = z.strictObject({ advanceSeconds: z.number().min(0) });
const resetBody = z.strictObject({ seed: z.unknown().optional() });

async function read<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const raw = await c.req.text();
  let value: unknown = {};
  try {
    if (raw !== "") value = JSON.parse(raw);
  } catch {
    throw new ControlError(400, "The body is not JSON.");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ControlError(400, problems(parsed.error));
}

function invitationRoutes(control: Hono, service: Service): void {
  for (const act of ACTS) {
    control.post(`/invitations/:uid/${act}`, (c) => {
      actOn(service, c.req.param("uid"), act);
      return c.body(null, 204);
    });
  }
}

/** An address and a username belong to one person; `self` may keep both, in another spelling too. */
function refuseTaken({ store }: Service, { email, username }: Partial<Person>, self?: Person): void {
  const holder = email === undefined ? undefined : store.personByEmail(email);
  if (holder && holder !== self) throw new ControlError(409, `${email} is already there.`);
  if (username !== undefined && username !== self?.username && store.usernameTaken(username)) {
    throw new ControlError(409, `The username ${username} is taken.`);
  }
}

function keyRoutes(control: Hono, service: Service): void {
  control.post("/keys", async (c) => {
    const { key, email, scopes } = await read(c, keyBody);
    service.addKey(key, email, scopes);
    return c.body(null, 204);
  });
  control.delete("/keys", async (c) => {
    const known = service.store.keys.get((await read(c, keyBody.pick({ key: true }))).key);
    if (!known) throw new ControlError(404, "This key is not known.");
    known.revoked = true;
    return c.body(null, 204);
  });
}

function peopleRoutes(control: Hono, service: Service): void {
  control.post("/people", async (c) => {
    const { email, ...details } = await read(c, personBody);
    refuseTaken(service, { email, ...details });
    return c.json(service.store.signUp(email, details), 201);
  });
  control.patch("/people/:uid", async (c) => {
    const person = service.store.people.get(c.req.param("uid"));
    if (!person) throw new ControlError(404, "No person has this uid.");
    const changes = await read(c, personUpdate);
    refuseTaken(service, changes, person);
    service.store.updatePerson(person, changes);
    return c.json(person);
  });
  control.post("/organizations/:uid/members", async (c) => {
    const organization = service.store.organizations.get(c.req.param("uid"));
    if (!organization) throw new ControlError(404, "No organization has this uid.");
    const { email, role } = await read(c, memberBody);
    return c.json(addByHand(service, organization, { email, role }), 201);
  });
}

function profileRoutes(control: Hono, service: Service): void {
  control.patch("/organizations/:uid", async (c) => {
    const organization = service.store.organizations.get(c.req.param("uid"));
    if (!organization) throw new ControlError(404, "No organization has this uid.");
    const changes = await read(c, profileBody);
    Object.assign(organization, changes, { updatedAt: service.clock.iso() });
    return c.body(null, 204);
  });
}

function settingsRoutes(control: Hono, service: Service): void {
  control.get("/settings", (c) => c.json(service.settings));
  control.put("/settings", async (c) => {
    service.settings = { ...service.settings, ...(await read(c, settingsSchema.partial())) };
    return c.json(service.settings);
  });
  control.post("/clock", async (c) => {
    service.clock.offsetSeconds += (await read(c, clockBody)).advanceSeconds;
    return c.json({ now: service.clock.iso() });
  });
}

function faultRoutes(control: Hono, service: Service): void {
  control.get("/faults", (c) => c.json(service.faults.list()));
  control.post("/faults", async (c) => {
    service.faults.add(await read(c, faultsSchema));
    return c.json(service.faults.list());
  });
  control.delete("/faults", (c) => {
    service.faults.clear();
    return c.body(null, 204);
  });
}

function recordRoutes(control: Hono, service: Service): void {
  control.post("/reset", async (c) => {
    service.reset((await read(c, resetBody)).seed);
    return c.body(null, 204);
  });
  control.get("/state", (c) => c.json(exportState(service)));
  control.get("/emails", (c) => c.json(service.store.emails));
  control.delete("/emails", (c) => {
    service.store.emails.length = 0;
    return c.body(null, 204);
  });
  control.get("/requests", (c) => c.json(service.requests));
  control.delete("/requests", (c) => {
    service.requests = [];
    return c.body(null, 204);
  });
}

/** The control interface: everything that a test changes in the service and the API cannot change. */
export function controlRoutes(service: Service): Hono {
  const control = new Hono();
  recordRoutes(control, service);
  settingsRoutes(control, service);
  faultRoutes(control, service);
  invitationRoutes(control, service);
  keyRoutes(control, service);
  peopleRoutes(control, service);
  profileRoutes(control, service);
  control.all("/*", (c) => c.json({ error: `There is no control call ${c.req.method} ${c.req.path}.` }, 404));
  control.onError((error, c) => {
    if (error instanceof ControlError) return c.json({ error: error.message }, error.status);
    if (error instanceof SeedError) return c.json({ error: `The seed is refused: ${error.message}` }, 400);
    throw error;
  });
  return control;
}
