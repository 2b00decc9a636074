import { answersOf, html, inPlaceOf, refused, rowOf, without } from "../breaking.js";
import { type Broken, permissions } from "./common.js";

/** By the name of the statement that is broken. */
export const scopes: Readonly<Record<string, readonly Broken[]>> = {
  "scopes-are-reported": [
    {
      what: "the permissions have neither scopes nor toolsets",
      breaker: answersOf(permissions, (answer) => ({
        ...answer,
        body: without("scopes", "toolsets")(rowOf(answer.body)),
      })),
    },
    {
      what: "the scopes are one text",
      breaker: answersOf(permissions, (answer) => ({
        ...answer,
        body: {
          ...without("toolsets")(rowOf(answer.body)),
          scopes: "organizations.read organizations.write",
        },
      })),
    },
    { what: "there are no permissions", breaker: inPlaceOf(permissions, () => refused(404)) },
    {
      what: "the permissions are a page",
      breaker: inPlaceOf(permissions, () => html(200)),
      also: { "answers-are-json": "this read is HTML" },
    },
  ],
};
