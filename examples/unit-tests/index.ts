import { declareCrew } from "./crew.js";

export = async () => {
  const { roster } = await declareCrew("acme-robotics", "Field crew", {
    "ada@example.com": "lead",
    "linus@example.com": "member",
  });
  return { waiting: roster.waiting };
};
