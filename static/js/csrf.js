// The token that Django wants with every request that writes.

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

/** Let htmx send it. */
export function startCsrf() {
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrfToken();
  });
}
