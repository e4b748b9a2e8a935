/** Whether the system asks for less motion. */
export function prefersStill(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Tells whether an element is in view, from then on. Where nobody can tell, it is. */
export function inView(element: Element, seen: (isSeen: boolean) => void): { destroy: () => void } {
  if (typeof IntersectionObserver === "undefined") {
    seen(true);
    return { destroy: () => undefined };
  }
  const observer = new IntersectionObserver((entries) => seen(entries.at(-1)?.isIntersecting === true));
  observer.observe(element);
  return { destroy: () => observer.disconnect() };
}
