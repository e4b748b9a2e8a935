/// <reference types="vite/client" />

/** Whether this build may use the account in memory. */
declare const __FAKE__: boolean;
