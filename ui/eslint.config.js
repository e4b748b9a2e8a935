import js from "@eslint/js";
import { importX } from "eslint-plugin-import-x";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/** Who may not import whom: views → features → components; features never each other. */
const zones = [
  { target: "./src/components", from: ["./src/features", "./src/views", "./src/state", "./src/ipc"] },
  { target: "./src/features", from: ["./src/views", "./src/App.svelte"] },
  { target: "./src/state", from: ["./src/features", "./src/views", "./src/components"] },
  { target: "./src/ipc", from: ["./src/features", "./src/views", "./src/components", "./src/state"] },
  { target: "./src/lib", from: ["./src/features", "./src/views", "./src/components", "./src/state"] },
  { target: "./src/a11y", from: ["./src/features", "./src/views", "./src/components", "./src/state"] },
  ...[
    "onboarding",
    "conversation-list",
    "conversation",
    "network",
    "settings",
    "new-message",
    "rail",
    "first-run",
    "dialogs",
  ].map((name) => ({ target: `./src/features/${name}`, from: "./src/features", except: [`./${name}`] })),
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
    plugins: { "import-x": importX },
    settings: { "import-x/resolver": { node: { extensions: [".ts", ".svelte", ".js"] } } },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["@tauri-apps/*"], message: "Only ipc/tauri.ts talks to Tauri." }] },
      ],
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
  { files: ["src/ipc/tauri.ts"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["src/ipc/fake.ts", "src/**/*.test.ts", "src/testing/**"],
    rules: { "@typescript-eslint/require-await": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: ["*.js", "scripts/*.mjs", "vite.config.ts"],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off" },
  },
);
