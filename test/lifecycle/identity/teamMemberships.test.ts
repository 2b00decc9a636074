import { describeKinds } from "./table.js";

describeKinds("TeamMembership", "TeamRoster");
