import { join } from "node:path";
import { PROJECT } from "../project.mjs";

/** The emulator's key of owner@example.com. */
export const KEY = "avk_local";

/** What the pictures are made from, as the real engine and the emulator have written it. */
export const RECORDED = join(PROJECT, "scripts/pictures/recorded");
export const PICTURES = join(PROJECT, "docs/pictures");

/** The moments of the story. */
export const STORY = {
  start: "2027-03-01T09:00:00.000Z",
  joined: "2027-03-02T09:00:00.000Z",
  invited: "2027-04-02T09:00:00.000Z",
  today: "2027-04-05T09:00:00.000Z",
};

export const seconds = (time) => Date.parse(time) / 1000;

/** Who has an account of Avala. */
export const PEOPLE = ["owner", "ada", "eve", "grace", "kay", "ken", "lee", "linus", "mia", "noor", "zoe"].map(
  (name, at) => ({
    email: `${name}@example.com`,
    uid: `${String(at + 1).padStart(8, "0")}-1111-4000-8000-000000000000`,
  }),
);

/** The folder of the program; `people.yaml` is as it is today. */
export const PROGRAM = join(PROJECT, "scripts/pictures/story");
