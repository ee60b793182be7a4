// What every page starts. Pages bring their own modules in the block `scripts`.
import { startBell } from "./bell.js";
import { startCsrf } from "./csrf.js";
import { startKeys } from "./keys.js";
import { startTheme } from "./theme.js";

startBell();
startCsrf();
startTheme();
startKeys();
