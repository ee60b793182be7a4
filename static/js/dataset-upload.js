// Sends a form with files and shows how far it is. The plain form works without this module.
const form = document.querySelector("form[data-upload]");
const bar = form.querySelector("[data-upload-bar]");
const errors = form.querySelector("[data-upload-errors]");
const button = form.querySelector('button[type="submit"]');

function refuse(sentences) {
  bar.hidden = true;
  button.disabled = false;
  errors.replaceChildren(
    ...sentences.map((sentence) => {
      const line = document.createElement("div");
      line.textContent = sentence;
      return line;
    }),
  );
}

function answered(request) {
  const body = request.response;
  if (request.status === 201 && body) location.assign(body.page);
  else refuse(body?.errors ? Object.values(body.errors).flat() : [form.dataset.lost]);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    if (total) bar.value = loaded / total;
  });
  request.addEventListener("loadend", () => answered(request));
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  errors.replaceChildren();
  bar.hidden = false;
  button.disabled = true;
  request.send(new FormData(form));
});
