// Brings the boxes of the editor to the server, one change after another, and keeps trying while that fails.
import { ApiError } from "./box-editor-api.js";

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30_000;

export class BoxSaver {
  #state;
  #api;
  #on;
  #running = false;
  #again = null;
  #wait = FIRST_WAIT;
  /** "saved", "saving" or "failed". */
  status = "saved";
  /** Grows with every request and answer, so that what was asked for before them can be told to be old. */
  requests = 0;

  /** `on`: status(status, error), saved(image_revision), conflict(), refused(words), refresh() → Promise. */
  constructor(state, api, on) {
    this.#state = state;
    this.#api = api;
    this.#on = on;
    addEventListener("online", () => this.retry());
  }

  get busy() {
    return this.#running;
  }

  /** Something has changed: save it, unless an earlier failure waits for its next try. */
  async wake() {
    if (this.#running || this.#again !== null) return;
    this.#running = true;
    try {
      for (let entry = this.#state.nextUnsaved(); entry; entry = this.#state.nextUnsaved()) {
        this.#tell("saving");
        await this.#save(entry);
      }
      this.#wait = FIRST_WAIT;
      this.#tell("saved");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#tell("failed", error);
      this.#again = setTimeout(() => this.retry(), this.#wait);
      this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
    } finally {
      this.#running = false;
    }
  }

  /** Try now what has failed. */
  retry() {
    clearTimeout(this.#again);
    this.#again = null;
    return this.wake();
  }

  /** Resolves once nothing is on its way; false where something could not be saved. */
  async settled() {
    while (this.#running) await new Promise((resolve) => setTimeout(resolve, 20));
    return !this.#state.unsaved;
  }

  #tell(status, error = null) {
    this.status = status;
    this.#on.status(status, error);
  }

  async #save({ key, local, saved, sent }) {
    if (sent && !saved) {
      await this.#on.refresh(); // was a box drawn whose answer got lost?
      if (this.#state.nextUnsaved()?.key !== key || this.#state.nextUnsaved().saved) return;
    }
    this.#state.sending(key);
    this.requests += 1;
    try {
      const answer = await this.#send(local, saved);
      this.#state.confirm(key, answer.box ?? null);
      this.#on.saved(answer.image_revision);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#fail(key, saved, error);
    } finally {
      this.requests += 1;
    }
  }

  #send(local, saved) {
    if (!saved) return this.#api.create(local);
    if (!local) return this.#api.remove(saved.id, saved.revision);
    return this.#api.change(saved.id, saved.revision, local);
  }

  #fail(key, saved, error) {
    const gone = error.status === 404 && saved;
    if (error.status === 409 || gone) {
      if (this.#state.meet(key, gone ? null : error.body.current)) this.#on.conflict();
    } else if (error.status === 400) {
      this.#state.refuse(key);
      this.#on.refused(error.message);
    } else throw error;
  }
}
