// Scrolls `arguments[0]` by `arguments[2]` pixels a frame, for `arguments[3]` frames, and counts the
// frames that show a place where no row (`arguments[1]`) stands.
const [where, rows, step, frames, done] = arguments;
const scroller = document.querySelector(where);
const seen = { frames: 0, blank: 0, worst: 0, atEdge: 0, longest: 0 };
let last = performance.now();
const next = () => {
  const now = performance.now();
  seen.longest = Math.max(seen.longest, now - last);
  last = now;
  const before = scroller.scrollTop;
  scroller.scrollTop = before + step;
  if (scroller.scrollTop === before) seen.atEdge += 1;
  // As it is drawn: nothing of the page runs between here and the drawing but its observers.
  const missing = blank(scroller, rows);
  if (missing >= 2) seen.blank += 1;
  seen.worst = Math.max(seen.worst, missing);
  seen.frames += 1;
  if (seen.frames < frames) requestAnimationFrame(next);
  else done(seen);
};
requestAnimationFrame(next);
