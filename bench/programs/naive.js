/**
 * The same declarations, made of dynamic resources as Pulumi's documentation teaches them: provider objects whose code and
 * client are captured into state, one request for each object. Written as well as that form allows: people are
 * searched for by address, grants are given the uid that the person's own resource has found, 404 counts as gone, and
 * refusals by the rate limit are waited for.
 */
const pulumi = require("@pulumi/pulumi");

async function request(method, path, body) {
  const headers = { "X-Avala-Api-Key": process.env.AVALA_API_KEY, "Content-Type": "application/json" };
  const options = { method, headers, body: body && JSON.stringify(body) };
  for (;;) {
    const response = await fetch(process.env.AVALA_BASE_URL + path, options);
    if (response.status === 429) {
      const seconds = Number(response.headers.get("retry-after") ?? "1");
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      continue;
    }
    if (response.status === 404 && method !== "POST") return undefined;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : await response.json();
  }
}

/** The API answers no single member: lists are read until the row is found. */
async function findRow(path, filter, matches) {
  for (let page = 1; ; page++) {
    const answer = await request("GET", `${path}?limit=100&page=${page}${filter}`);
    const row = answer?.results.find(matches);
    if (row || !answer?.next) return row;
  }
}

/** Whether any input differs from what state holds. */
function changed(olds, news) {
  return Object.keys(news).some((key) => key !== "__provider" && news[key] !== olds[key]);
}

const organizationProvider = {
  async create(inputs) {
    const found = await request("GET", `/organizations/${inputs.slug}/`);
    if (!found) throw new Error(`There is no organization ${inputs.slug}.`);
    return { id: found.uid, outs: { slug: found.slug, name: found.name } };
  },
  async diff(id, olds, news) {
    return { changes: changed(olds, news) };
  },
  async read(id, props) {
    const found = await request("GET", `/organizations/${props.slug}/`);
    return found ? { id, props: { slug: found.slug, name: found.name } } : {};
  },
  async update(id, olds, news) {
    await request("PATCH", `/organizations/${olds.slug}/`, { name: news.name });
    return { outs: news };
  },
};

const memberProvider = {
  async create(inputs) {
    const path = `/organizations/${inputs.organization}/`;
    const search = `&search=${encodeURIComponent(inputs.email)}`;
    const found = await findRow(`${path}members/`, search, (row) => row.email === inputs.email);
    if (found) {
      if (found.role !== inputs.role) {
        await request("PATCH", `${path}members/${found.user_uid}/role/`, { role: inputs.role });
      }
      return { id: found.user_uid, outs: { ...inputs, userUid: found.user_uid } };
    }
    const invited = await request("POST", `${path}invitations/`, { email: inputs.email, role: inputs.role });
    return { id: invited.uid, outs: inputs };
  },
  async diff(id, olds, news) {
    return { changes: changed(olds, news) };
  },
  async read(id, props) {
    const search = `&search=${encodeURIComponent(props.email)}`;
    const path = `/organizations/${props.organization}/members/`;
    const found = await findRow(path, search, (row) => row.email === props.email);
    return found ? { id, props: { ...props, role: found.role, userUid: found.user_uid } } : {};
  },
  async update(id, olds, news) {
    await request("PATCH", `/organizations/${olds.organization}/members/${id}/role/`, { role: news.role });
    return { outs: { ...olds, ...news } };
  },
  async delete(id, props) {
    await request("DELETE", `/organizations/${props.organization}/members/${id}/`);
  },
};

const teamProvider = {
  async create(inputs) {
    const made = await request("POST", `/organizations/${inputs.organization}/teams/`, { name: inputs.name });
    return { id: made.uid, outs: { ...inputs, slug: made.slug } };
  },
  async diff(id, olds, news) {
    return { changes: changed(olds, news) };
  },
  async read(id, props) {
    const found = await request("GET", `/organizations/${props.organization}/teams/${props.slug}/`);
    return found ? { id, props: { ...props, name: found.name } } : {};
  },
  async update(id, olds, news) {
    await request("PATCH", `/organizations/${olds.organization}/teams/${olds.slug}/`, { name: news.name });
    return { outs: { ...olds, ...news } };
  },
  async delete(id, props) {
    await request("DELETE", `/organizations/${props.organization}/teams/${props.slug}/`);
  },
};

const membershipProvider = {
  async create(inputs) {
    const { organization, team, user, role } = inputs;
    await request("POST", `/organizations/${organization}/teams/${team}/members/`, { user_uid: user, role });
    return { id: `${team}/${user}`, outs: inputs };
  },
  async diff(id, olds, news) {
    return { changes: changed(olds, news) };
  },
  async read(id, props) {
    const path = `/organizations/${props.organization}/teams/${props.team}/members/`;
    const found = await findRow(path, "", (row) => row.user_uid === props.user);
    return found ? { id, props: { ...props, role: found.role } } : {};
  },
  async update(id, olds, news) {
    const path = `/organizations/${olds.organization}/teams/${olds.team}/members/${olds.user}/role/`;
    await request("PATCH", path, { role: news.role });
    return { outs: news };
  },
  async delete(id, props) {
    await request("DELETE", `/organizations/${props.organization}/teams/${props.team}/members/${props.user}/`);
  },
};

class Organization extends pulumi.dynamic.Resource {
  constructor(name, { name: displayName, adopt }) {
    super(organizationProvider, name, { name: displayName, slug: adopt }, undefined, "naive", "Organization");
  }
}

/** The members that are declared, by address: a grant takes its uid from there. */
const members = new Map();

class OrganizationMember extends pulumi.dynamic.Resource {
  constructor(name, { organization, email, role = "member" }) {
    const props = { organization: organization.slug, email, role, userUid: undefined };
    super(memberProvider, name, props, undefined, "naive", "OrganizationMember");
    members.set(email, this);
  }
}

class Team extends pulumi.dynamic.Resource {
  constructor(name, { organization, name: displayName }) {
    const props = { organization: organization.slug, name: displayName, slug: undefined };
    super(teamProvider, name, props, undefined, "naive", "Team");
    this.organization = organization;
  }
}

class TeamMembership extends pulumi.dynamic.Resource {
  constructor(name, { team, email, role }) {
    const user = members.get(email).userUid;
    const props = { organization: team.organization.slug, team: team.slug, user, role };
    super(membershipProvider, name, props, undefined, "naive", "TeamMembership");
  }
}

const kinds = { Organization, OrganizationMember, Team, TeamMembership };

require("./declare.js")(function make(kind, name, args) {
  return new kinds[kind](name, args);
});
