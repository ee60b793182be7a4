// What every page starts. Pages bring their own modules in the block `scripts`.
import { startCsrf } from "./csrf.js";
import { startKeys } from "./keys.js";
import { startTheme } from "./theme.js";

startCsrf();
startTheme();
startKeys();
