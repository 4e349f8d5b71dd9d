/** The kernel's pace: ticks from a worker, which a busy or hidden page does not slow down. */

/** At most one message in so long: the widget's rule (DESIGN, section 3). */
export const MESSAGE_EVERY_MS = 16;
const TICKING = `setInterval(() => postMessage(null), ${MESSAGE_EVERY_MS});`;

/** Calls a feed with the time since the start at each tick until the returned function is called. */
export function startTicks(feed: (elapsedMs: number) => void): () => void {
  const url = URL.createObjectURL(new Blob([TICKING], { type: "text/javascript" }));
  const worker = new Worker(url);
  const startedMs = performance.now();
  worker.onmessage = () => feed(performance.now() - startedMs);
  return () => {
    worker.terminate();
    URL.revokeObjectURL(url);
  };
}

/** Calls a feed at each tick for so long; the number of calls. */
export function everyMessage(seconds: number, feed: (elapsedMs: number) => void): Promise<number> {
  let calls = 0;
  return new Promise((resolve) => {
    const stop = startTicks((elapsedMs) => {
      calls += 1;
      feed(elapsedMs);
      if (elapsedMs >= seconds * 1000) {
        stop();
        resolve(calls);
      }
    });
  });
}
