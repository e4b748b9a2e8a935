// Shared by the scripts that measure inside the page.

/** Height in pixels of what no row covers in the view of a scroller. */
function blank(scroller, rows) {
  const view = scroller.getBoundingClientRect();
  const places = [...scroller.querySelectorAll(rows)]
    .map((row) => row.getBoundingClientRect())
    .filter((place) => place.bottom > view.top && place.top < view.bottom)
    .sort((a, b) => a.top - b.top);
  let [at, missing] = [view.top, 0];
  for (const place of places) {
    missing += Math.max(0, place.top - at);
    at = Math.max(at, place.bottom);
  }
  return missing + Math.max(0, view.bottom - at);
}

/** Milliseconds from `start` to the end of the first frame that `isThere`; -1 if there is none in 10 s. */
function painted(start, isThere, done) {
  const look = () => {
    if (isThere()) {
      // What this frame draws is drawn when the next task runs.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now() - start);
      port2.postMessage(null);
    } else if (performance.now() - start > 10_000) done(-1);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/**
 * Watches the page from now until `isDone`, which is asked in each frame: milliseconds until then (-1: not in
 * two minutes), the longest frame, and the longest time in which no timer had its turn.
 */
function watched(isDone, done) {
  const [TURN, PATIENCE] = [10, 120_000];
  const start = performance.now();
  const seen = { ms: -1, frame: 0, task: 0 };
  let [lastFrame, lastTurn] = [start, start];
  const turn = () => {
    const now = performance.now();
    seen.task = Math.max(seen.task, now - lastTurn - TURN);
    lastTurn = now;
  };
  const timer = setInterval(turn, TURN);
  const look = () => {
    const now = performance.now();
    seen.frame = Math.max(seen.frame, now - lastFrame);
    lastFrame = now;
    const isThere = isDone();
    if (!isThere && now - start < PATIENCE) {
      requestAnimationFrame(look);
      return;
    }
    turn();
    clearInterval(timer);
    if (isThere) seen.ms = now - start;
    done(seen);
  };
  requestAnimationFrame(look);
}
