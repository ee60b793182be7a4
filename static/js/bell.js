// The bell of the top bar is fetched anew every ten seconds; one that is open is left alone.

export function startBell() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "bell" && event.detail.target.querySelector(".dropdown-menu.show")) {
      event.detail.shouldSwap = false;
    }
  });
}
