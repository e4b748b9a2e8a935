// Scrolls `arguments[0]` by `arguments[2]` pixels a frame, for `arguments[3]` frames, and counts the
// frames that show a place where no row (`arguments[1]`) stands. Ends before where there is nothing
// more. Downwards it begins at the top.
const [where, rows, step, frames, done] = arguments;
const END = 30;
const scroller = document.querySelector(where);
if (step > 0) scroller.scrollTop = 0;
const seen = { frames: 0, blank: 0, worst: 0, worstFrame: 0, atEdge: 0, longest: 0 };
let edge = 0;
let last = Infinity;
const next = () => {
  const now = performance.now();
  seen.longest = Math.max(seen.longest, now - last);
  last = now;
  const before = scroller.scrollTop;
  scroller.scrollTop = before + step;
  edge = scroller.scrollTop === before ? edge + 1 : 0;
  if (edge > 0) seen.atEdge += 1;
  // As it is drawn: nothing of the page runs between here and the drawing but its observers.
  const missing = blank(scroller, rows);
  if (missing >= 2) seen.blank += 1;
  if (missing > seen.worst) [seen.worst, seen.worstFrame] = [missing, seen.frames];
  seen.frames += 1;
  if (seen.frames < frames && edge < END) requestAnimationFrame(next);
  else done(seen);
};
// A jump to the top has time to come to rest.
setTimeout(() => requestAnimationFrame(next), 500);
