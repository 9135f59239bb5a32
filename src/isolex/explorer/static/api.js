// Requests to the server that sent the page, and nowhere else.

let token = "";
let waiting = 0;

class ServerError extends Error {
  constructor(message, status) {
    super(String(message));
    this.status = status;
  }
}

export const isAbort = (error) => error?.name === "AbortError";

export function get(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams(parameters).toString();
  return request(query ? `${path}?${query}` : path, { signal });
}

/** As `get`, but again every second for as long as the answer is pending. */
export async function getWhenReady(path, parameters, signal, onPending) {
  for (;;) {
    const data = await get(path, parameters, signal);
    if (!data.pending) return data;
    onPending();
    await pause(1000, signal);
  }
}

export async function getAbout() {
  const about = await get("about");
  token = about.review?.token ?? "";
  return about;
}

export const post = (path, body) => send(path, JSON.stringify(body), "application/json");
// The bytes of the file as they are: the server tells if they are no UTF-8.
export const postTable = (path, file) => send(path, file, "text/tab-separated-values");

async function send(path, body, type) {
  const attempt = () => request(path, { method: "POST", body, headers: { "Content-Type": type, "X-Isolex-Token": token } });
  try {
    return await attempt();
  } catch (error) {
    if (error.status !== 403) throw error;
    // A server that was started anew has a new token.
    await getAbout();
    return attempt();
  }
}

async function request(path, options) {
  showWaiting(1);
  try {
    const response = await fetch(`api/${path}`, options);
    const data = await response.json().catch((error) => {
      if (isAbort(error)) throw error;
      return { error: `The server's answer (status ${response.status}) cannot be read.` };
    });
    if (response.ok && !data.error) return data;
    throw new ServerError(data.error ?? `The server answered with status ${response.status}.`, response.status);
  } catch (error) {
    if (isAbort(error) || error instanceof ServerError) throw error;
    throw new ServerError("The server does not answer. Please check that it is still running.", 0);
  } finally {
    showWaiting(-1);
  }
}

function showWaiting(change) {
  waiting += change;
  document.body.classList.toggle("waiting", waiting > 0);
}

export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** Gives a signal for each new request and aborts the one before: a slow answer never overwrites a newer one. */
export class Latest {
  #controller = null;

  next() {
    this.cancel();
    this.#controller = new AbortController();
    return this.#controller.signal;
  }

  cancel() {
    this.#controller?.abort();
  }
}
