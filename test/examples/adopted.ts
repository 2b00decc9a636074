import type { Seed } from "../../emulator/src/index.js";

const uid = (group: string, number: number) => `${group.repeat(8)}-0000-4000-8000-00000000000${number}`;
const createdAt = "2026-01-05T10:00:00.000Z";

/** The organization that examples/adopt-existing was written from. Grace owns it, Kay is invited. */
export const adopted = (): Seed => ({
  people: ["grace", "ada", "linus"].map((name, at) => ({ uid: uid("a", at + 1), email: `${name}@example.com` })),
  keys: [{ key: "avk_local", email: "grace@example.com" }],
  organizations: [
    {
      uid: uid("b", 1),
      name: "Acme Robotics",
      description: "Robots that see",
      website: "https://acme.example.com",
      industry: "robotics",
      createdAt,
      members: [
        { email: "grace@example.com", role: "owner", createdAt },
        { email: "ada@example.com", role: "admin", createdAt },
        { email: "linus@example.com", createdAt },
      ],
      teams: [
        {
          uid: uid("c", 1),
          name: "Perception",
          description: "Cameras and lidar",
          createdAt,
          members: [
            { email: "ada@example.com", role: "lead", createdAt },
            { email: "grace@example.com", createdAt },
            { email: "linus@example.com", createdAt },
          ],
        },
        {
          uid: uid("c", 2),
          name: "Labeling",
          createdAt,
          members: [{ email: "linus@example.com", role: "lead", createdAt }],
        },
      ],
      invitations: [{ uid: uid("d", 1), email: "kay@example.com", expiresAt: "2999-01-01T00:00:00.000Z", createdAt }],
    },
  ],
});
