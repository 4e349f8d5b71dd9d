// Writes down which number or length was painted when; runs in the page before anything else.
//
// A frame is one task of the page: its animation callbacks, then style, layout and paint. So what
// the page holds after a frame's last callback is what that frame paints, and a message posted in
// a callback arrives right after the paint. What a task between two frames changes (as the bare
// widget does) is seen by the callback of the frame that follows. Every callback of the page looks,
// since one of them may come after ours. `work` is what a frame keeps the page busy for.
(() => {
  const looks = {
    number: () => Number(find('[data-bench="number"]')?.textContent ?? 0),
    output: () => find('[data-part="output"]')?.textContent.length ?? 0,
  };
  const frame = globalThis.requestAnimationFrame.bind(globalThis);
  const painted = new MessageChannel();
  let look = null;
  let place = null;
  let offsetMs = 0;
  let held = 0;
  let frameStarted = null;
  let record = { painted: [], frames: [], work: [] };

  function find(selector) {
    if (!place?.isConnected) place = document.querySelector(selector);
    return place;
  }

  // performance.now() is finer than Date.now(); both run at the same pace.
  function measureOffset() {
    const before = Date.now();
    let now = before;
    while (now === before) now = Date.now();
    return now - performance.now();
  }

  function see() {
    if (look !== null) held = Math.max(held, look());
  }

  globalThis.requestAnimationFrame = (callback) =>
    frame((time) => {
      frameStarted ??= performance.now();
      try {
        callback(time);
      } finally {
        see();
      }
    });

  painted.port1.onmessage = () => {
    const now = performance.now();
    record.work.push(now - frameStarted);
    frameStarted = null;
    const last = record.painted.at(-1)?.[0] ?? 0;
    if (held > last) record.painted.push([held, now + offsetMs]);
  };

  function onFrame(time) {
    frameStarted ??= performance.now();
    if (look === null) return;
    see();
    record.frames.push(time + offsetMs);
    painted.port2.postMessage(null);
    frame(onFrame);
  }

  globalThis.bench = {
    start(kind) {
      offsetMs = measureOffset();
      place = null;
      held = 0;
      frameStarted = null;
      record = { painted: [], frames: [], work: [] };
      look = looks[kind];
      frame(onFrame);
    },
    take() {
      look = null;
      return record;
    },
  };
})();
