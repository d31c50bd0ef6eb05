const PAUSES_MS = [250, 1_000, 3_000];

/**
 * `fetch` that sends a request again if the connection is lost, or after a response with 429 or 503, and waits for as
 * long as `Retry-After` says. Mutations that create something need an idempotency key.
 */
export const retryingFetch: typeof fetch = async (input, init) => {
  for (const pauseMs of PAUSES_MS) {
    const response = await attempt(input, init);
    if (response && response.status !== 429 && response.status !== 503) return response;
    const retryAfterMs = 1_000 * (Number(response?.headers.get('Retry-After')) || 0);
    await new Promise((resolve) => setTimeout(resolve, Math.max(pauseMs, retryAfterMs)));
  }
  return fetch(input, init);
};

/** A response with its whole body. Null if the connection was lost. */
async function attempt(...request: Parameters<typeof fetch>): Promise<Response | null> {
  try {
    const response = await fetch(...request);
    return new Response(await response.text(), response);
  } catch (error) {
    if (request[1]?.signal?.aborted) throw error;
    return null;
  }
}
