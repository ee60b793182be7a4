// What the box editor asks of the server. Failures are an ApiError with the answer's status, 0 where none came.
import { csrfToken } from "./csrf.js";

export class ApiError extends Error {
  constructor(status, body) {
    super(sentence(body) || `HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** The words of an error's JSON: {detail}, or {field: [sentences]}. */
function sentence(body) {
  if (!body || typeof body !== "object") return "";
  return Object.values(body).flat().filter((each) => typeof each === "string").join(" ");
}

async function ask(url, method = "GET", body = undefined) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") Object.assign(headers, { "X-CSRFToken": csrfToken(), "X-Maskweb-Source": "editor" });
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const request = { method, headers, credentials: "same-origin", cache: "no-store", keepalive: method !== "GET" };
  let response;
  try {
    response = await fetch(url, { ...request, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new ApiError(0, null);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}

/** The API of one image: `image` and `root` are addresses that end in a slash. */
export function editorApi(image, root) {
  return {
    image: () => ask(image),
    setLabelled: (labelled) => ask(image, "PATCH", { labelled }),
    history: (page = "") => ask(`${image}history/${page}`),
    create: (box) => ask(`${image}boxes/`, "POST", box),
    change: (id, revision, box) => ask(`${root}boxes/${id}/`, "PATCH", { ...box, revision }),
    remove: (id, revision) => ask(`${root}boxes/${id}/?revision=${revision}`, "DELETE"),
    accept: (id) => ask(`${root}proposals/${id}/accept/`, "POST"),
    reject: (id) => ask(`${root}proposals/${id}/reject/`, "POST"),
    decideAll: (action, leastScore) => ask(`${image}proposals/`, "POST", { action, least_score: leastScore }),
  };
}
