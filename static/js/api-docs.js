// The page of the API: Swagger UI over our own description, acting with the session of whoever looks.

import { csrfToken } from "./csrf.js";

const WRITES = ["POST", "PUT", "PATCH", "DELETE"];
const main = document.getElementById("api-docs");
const root = document.documentElement;

/** Swagger UI has a dark theme of its own, under a class. */
function followTheme() {
  root.classList.toggle("dark-mode", root.dataset.bsTheme === "dark");
}

function withToken(request) {
  if (WRITES.includes((request.method || "GET").toUpperCase())) request.headers["X-CSRFToken"] = csrfToken();
  return request;
}

followTheme();
new MutationObserver(followTheme).observe(root, { attributeFilter: ["data-bs-theme"] });
window.SwaggerUIBundle({
  url: main.dataset.schema,
  domNode: main,
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
  requestInterceptor: withToken,
});
