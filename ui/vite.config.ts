import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/** The webview of the app: WebKitGTK 2.40 or newer, WebView2, WKWebView. */
const TARGETS = ["es2022", "safari16"];

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  define: {
    // The account in memory is for tests and a plain browser; it never ships.
    __FAKE__: JSON.stringify(mode !== "production"),
  },
  build: {
    target: TARGETS,
    cssTarget: TARGETS,
    // The page's policy allows nothing inline, not even fonts as data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  resolve: mode === "test" ? { conditions: ["browser"] } : {},
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    // What every file needs is read once; setup.ts leaves nothing of a test to the next one.
    isolate: false,
    // A busy machine makes a test slow, not wrong.
    testTimeout: 60_000,
    // Some tests read the styles.
    css: { include: [/(tokens|base)\.css/] },
  },
}));
