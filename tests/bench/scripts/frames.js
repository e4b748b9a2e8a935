// Scrolls `arguments[0]` by `arguments[1]` pixels a frame, for `arguments[2]` frames: how many there were in
// a second, how long the longest took, and in how many there was nothing more to scroll.
const [where, step, frames, done] = arguments;
const scroller = document.querySelector(where);
const seen = { perSecond: 0, longest: 0, atEdge: 0 };
let [count, begun, last] = [0, 0, 0];
const next = () => {
  const now = performance.now();
  if (count === 0) begun = now;
  else seen.longest = Math.max(seen.longest, now - last);
  last = now;
  if (count === frames) {
    seen.perSecond = (frames * 1000) / (now - begun);
    done(seen);
    return;
  }
  count += 1;
  const before = scroller.scrollTop;
  scroller.scrollTop = before + step;
  if (scroller.scrollTop === before) seen.atEdge += 1;
  requestAnimationFrame(next);
};
// A jump before this has time to come to rest.
setTimeout(() => requestAnimationFrame(next), 500);
