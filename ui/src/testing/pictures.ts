/** Pictures for a plain browser, which does not know the media scheme: the same for the same address. */

const SCHEME = "nous-media://";

/** A hill under a sun, in a colour of its own. */
function drawn(address: string): string {
  let hue = 7;
  for (const letter of address) hue = (hue * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  const parts = [
    `<rect width="400" height="300" fill="hsl(${hue} 40% 78%)"/>`,
    `<circle cx="${80 + (hue % 240)}" cy="90" r="36" fill="hsl(${(hue + 40) % 360} 70% 88%)"/>`,
    `<path d="M0 300V190Q110 120 220 190T400 170V300Z" fill="hsl(${(hue + 20) % 360} 35% 42%)"/>`,
  ];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600" viewBox="0 0 400 300">`;
  return `data:image/svg+xml,${encodeURIComponent(`${head}${parts.join("")}</svg>`)}`;
}

function show(node: Node): void {
  if (!(node instanceof Element)) return;
  for (const picture of [node, ...node.querySelectorAll("img")])
    if (picture instanceof HTMLImageElement && picture.src.startsWith(SCHEME)) picture.src = drawn(picture.src);
}

/** Draws every picture of the media scheme from now on. */
export function showPictures(): void {
  const observer = new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) for (const node of [target, ...addedNodes]) show(node);
  });
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
}
