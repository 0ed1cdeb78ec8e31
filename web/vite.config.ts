import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/",
  plugins: [react()],
  build: {
    outDir: "dist",
    assetsInlineLimit: 0, // the page's content security policy allows no data: scripts or styles
    target: "es2022",
    // What every page needs is one file, and one stylesheet in the order of main.tsx. Else each module that several rooms
    // import would be a file of its own, and the shared styles would come after those of panels.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "page", test: /src\/(main\.tsx$|shared\/)/ }] } } },
  },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: "http://127.0.0.1:8000" } },
  },
  test: {
    environment: "node",
    testTimeout: 60_000, // a slow machine is no fault
    include: ["src/**/*.test.ts"],
    css: true, // else stylesheets are empty to architecture.test.ts
  },
});
