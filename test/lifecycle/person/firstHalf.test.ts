import { halves, rowTests } from "./rows.js";

rowTests(halves[0]);
