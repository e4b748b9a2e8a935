import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/** Who may not import whom: views → features → components; features never each other. */
const TAURI = { group: ["@tauri-apps/*"], message: "Only ipc/tauri.ts talks to Tauri." };

function layer(files, forbidden, message) {
  const patterns = [TAURI, { regex: forbidden, message }];
  return { files, rules: { "no-restricted-imports": ["error", { patterns }] } };
}

const layers = [
  layer(["src/components/**"], "/(features|views|state|ipc)/", "A primitive knows no domain and no backend."),
  layer(
    ["src/features/*/**"],
    "^\\.\\./(?!\\.\\./)|/(features|views)/|/App\\.svelte",
    "Features share through state/.",
  ),
  layer(["src/state/**"], "/(features|views|components)/", "State knows no screen."),
  layer(["src/ipc/**", "src/a11y/**"], "/(features|views|components|state)/", "This lies below the screens."),
  layer(["src/lib/**"], "/(features|views|components|state|a11y)/", "A helper knows no screen."),
];

export default ts.config(
  { ignores: ["dist/", "dist-fake/", "src/ipc/bindings.ts", "src/i18n/ids.ts"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, __FAKE__: "readonly" },
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "scripts/*.mjs"] },
        extraFileExtensions: [".svelte"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "no-restricted-imports": ["error", { patterns: [TAURI] }],
      // What is only looked up needs no reactivity.
      "svelte/prefer-svelte-reactivity": "off",
      "no-console": ["error", { allow: ["warn", "error"] }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Handlers and callbacks answer a promise that nobody waits for; what fails inside is shown there.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_$" }],
      "@typescript-eslint/consistent-type-definitions": "off",
      // WebKit ends a composition with key 229 and nothing else says so.
      "@typescript-eslint/no-deprecated": "off",
      "svelte/no-at-html-tags": "error",
      "svelte/require-each-key": "error",
    },
  },
  { files: ["**/*.svelte", "**/*.svelte.ts"], languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } } },
  // svelte-check sees the types of markup better than the parser here does.
  {
    files: ["**/*.svelte"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
    },
  },
  ...layers,
  { files: ["src/ipc/tauri.ts", "src/**/*.test.ts"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["src/ipc/fake.ts", "src/ipc/fake/**", "src/**/*.test.ts", "src/testing/**"],
    rules: { "@typescript-eslint/require-await": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: ["*.js", "scripts/*.mjs", "vite.config.ts"],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off" },
  },
);
