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
