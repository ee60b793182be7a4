// Classic script in the head: sets the theme before the first paint, so that no page flashes.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let choice = "auto";
    try {
      choice = localStorage.getItem("maskweb-theme") || "auto";
    } catch {
      // Storage is closed to us: follow the system.
    }
    const theme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    document.documentElement.dataset.bsTheme = theme;
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("maskweb:theme", apply);
})();
