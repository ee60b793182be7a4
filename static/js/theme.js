// The switch between light, dark and the system's theme. theme-early.js applies what is chosen here.
const KEY = "maskweb-theme";

function chosen() {
  try {
    return localStorage.getItem(KEY) || "auto";
  } catch {
    return "auto";
  }
}

function show() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen()));
  }
}

export function startTheme() {
  show();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    try {
      localStorage.setItem(KEY, button.dataset.themeChoice);
    } catch {
      // Storage is closed to us: the choice cannot be kept.
    }
    dispatchEvent(new Event("maskweb:theme"));
    show();
  });
}

/** The value of a CSS token such as "--mw-with" under the theme now shown, for canvases and charts. */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Call `listener` after the theme has changed, by the switch or by the system. */
export function onThemeChange(listener) {
  new MutationObserver(listener).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}
