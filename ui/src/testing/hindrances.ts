/** What hinders people who do not see the screen, or use no pointer, as axe finds it. */

import axe, { type AxeResults, type RunOptions } from "axe-core";

/** Nothing is fetched. Colours are computed by the test of contrast: there is no layout to look at here. */
const OPTIONS: RunOptions = {
  preload: false,
  resultTypes: ["violations"],
  rules: { "color-contrast": { enabled: false } },
};
/** The rules about names, texts for pictures, fields and languages: what another language could break. */
const WORDS = ["cat.name-role-value", "cat.text-alternatives", "cat.forms", "cat.language"];

const computedStyle = window.getComputedStyle.bind(window);

/** Nothing changes meanwhile: how an element looks is computed once, however many rules ask. */
async function run(within: Element | Document, options: RunOptions): Promise<AxeResults> {
  const known = new Map<Element, CSSStyleDeclaration>();
  window.getComputedStyle = (element, pseudo) => {
    if (typeof pseudo === "string") return computedStyle(element, pseudo);
    const style = known.get(element) ?? computedStyle(element);
    known.set(element, style);
    return style;
  };
  try {
    return await axe.run(within, options);
  } finally {
    window.getComputedStyle = computedStyle;
  }
}

async function found(within: Element | Document, options: RunOptions): Promise<string[]> {
  const { violations } = await run(within, options);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" ")}`);
}

/** Everything that hinders in the whole window, or in a part of it. */
export function hindrances(within: Element | Document = document): Promise<string[]> {
  return found(within, OPTIONS);
}

/** What hinders by its words: in the dialog in front, where there is one, else in the whole window. */
export function hinderingWords(): Promise<string[]> {
  const dialog = document.querySelector("[role=dialog], [role=alertdialog]");
  return found(dialog ?? document, { ...OPTIONS, runOnly: WORDS });
}
