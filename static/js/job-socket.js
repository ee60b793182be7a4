// Follows one job: by a websocket, and by asking for its snapshot while there is none.
const POLL_EVERY = 2000;
const LONGEST_PAUSE = 15000;

/**
 * Call `onSnapshot` with the job's snapshot now and after each change, through lost connections.
 * `onConnection` is told each change of how it comes: "live", "asking" while there is no socket, "away" while
 * the server does not answer either. Returns a function that stops it.
 */
export function watchJob(jobId, onSnapshot, onConnection = () => {}) {
  let socket = null;
  let pause = 1000;
  let stopped = false;
  let polling = 0;
  let connection = "live";

  function tell(now) {
    if (stopped || now === connection) return;
    connection = now;
    onConnection(now);
  }

  function stop() {
    stopped = true;
    clearInterval(polling);
    socket?.close();
    removeEventListener("pagehide", stop);
  }

  async function poll() {
    try {
      const response = await fetch(`/jobs/${jobId}/snapshot/`, { redirect: "error", headers: { Accept: "application/json" } });
      if (polling) tell(response.ok ? "asking" : "away");
      if (response.ok) onSnapshot(await response.json());
      else if (response.status === 403 || response.status === 404) stop();
    } catch {
      // The server is away, or the session is over: the next round tries again.
      if (polling) tell("away");
    }
  }

  function connect() {
    if (stopped) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/ws/jobs/${jobId}/`);
    socket.addEventListener("message", (event) => {
      pause = 1000;
      clearInterval(polling);
      polling = 0;
      tell("live");
      onSnapshot(JSON.parse(event.data));
    });
    socket.addEventListener("close", () => {
      if (stopped) return;
      if (connection === "live") tell("asking");
      if (!polling) polling = setInterval(poll, POLL_EVERY);
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
  }

  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  connect();
  return stop;
}

/** Seconds as 0:07, 12:30 or 1:02:03; a dash for none. */
export function clock(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
